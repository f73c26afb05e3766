"""The supplier master: invented companies, their terms and what is bought from them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from audit_agent.sample import chart

_INVENTED = (
    "Norrwick Bellhaven Quillmark Ostermoor Tarnfels Lyndhagen Marrowgate Fennholt Grauwalden Pikesholm Zellbruck "
    "Hartwenden Ulvenau Corvingen Dornhoek Wespelaar Thornacker Vellmeer Skarnby Ambergau Rostwinkel Kaltenrode "
    "Bruchdamm Eschenloh Fuhrendal Gollwitten Hexenhagen Irrsbach Jessenburg Klinkmoor Lohwarden Moorgrund Nesselthal "
    "Ohlbrugge Pellworden Querenfeld Runkelau Sandvorde Tiefenrade Uhlenkamp Varnsdal Wittmoor Xelbroek Ysenhaus "
    "Zarpendorf Birkwald Drosselheim Ebbendal Flintrup Gamsried"
).split()

_TRADES = (
    ("Metallwaren GmbH", chart.INVENTORY[0]),
    ("Giesserei AG", chart.INVENTORY[0]),
    ("Porzellan GmbH", chart.INVENTORY[1]),
    ("Ceramics BV", chart.INVENTORY[1]),
    ("Glashuette KG", chart.INVENTORY[1]),
    ("Elektrotechnik GmbH", chart.INVENTORY[2]),
    ("Antriebe GmbH", chart.INVENTORY[2]),
)

_NUMBERING = ("RE-2025-{:04d}", "INV{:05d}", "2025/{:04d}", "R25-{:05d}", "{:06d}", "AR-{:06d}", "F25.{:05d}")


class Service(NamedTuple):
    """Something bought every month without an order: from whom, on which account, the usual net amount."""

    supplier: str
    account: str
    median: int
    sigma: str
    per_year: int


SERVICES = (
    Service("Haldenmoor Stadtwerke GmbH", "610200", 9_800, "0.35", 12),
    Service("Haldenmoor Wasserverband", "610300", 1_450, "0.3", 12),
    Service("Brennicke Instandhaltung GmbH", "610500", 1_300, "1.3", 34),
    Service("Fahrwohl Autoleasing GmbH", "620200", 640, "1.1", 30),
    Service("Lautstark Werbeagentur GmbH", "630100", 4_200, "1.3", 26),
    Service("Messehaus Ostermoor GmbH", "630200", 7_500, "1.2", 8),
    Service("Kanzlei Drostenfels Partnerschaft", "640100", 2_700, "1.3", 12),
    Service("Ahrenkiel Beratung GmbH", "640200", 6_300, "1.2", 18),
    Service("Pruefhaus Kollwart AG", "640300", 16_500, "0.4", 3),
    Service("Zeitwerk Personal GmbH", "640400", 3_900, "1.1", 24),
    Service("Fernklang Telekom GmbH", "650100", 880, "0.5", 24),
    Service("Wolkenrand Software SE", "650200", 1_250, "1.3", 30),
    Service("Papierhof Buerobedarf KG", "650300", 210, "1.3", 36),
    Service("Eilbote Nord GmbH", "650400", 480, "1.1", 36),
    Service("Lernhaus Kellring GmbH", "650600", 1_100, "1.2", 10),
    Service("Lastenberg Spedition GmbH", "660100", 2_900, "1.4", 60),
    Service("Hafenlog Transport BV", "510100", 3_600, "1.4", 40),
    Service("Schachtelmann Verpackung GmbH", "660200", 1_700, "1.4", 44),
)

LANDLORD = "Grundfeste Immobilien KG"
CLEANER = "Blankpol Gebaeudereinigung GmbH"
INSURER = "Weitblick Versicherung AG"
SYSTEM_HOUSE = "Rechenhof Systemhaus GmbH"
MACHINE_BUILDER = "Stanzmeister Maschinenbau AG"
ADVISERS = ("Brightmere Advisory Ltd", "Calderwick Services Ltd", "Lunford Support Ltd")
"""Foreign, so their invoices carry no VAT."""


@dataclass(eq=False, slots=True)
class Supplier:
    """One row of Supplier_Listing. `account` is debited when its invoices are posted without an order."""

    name: str
    account: str
    numbering: str
    terms: int
    domestic: bool
    bank_account: str
    tax_number: str
    created: date
    id: str = ""
    last_number: int = field(default=0)

    def next_number(self, rng: Random) -> str:
        """The number of its next invoice; it has other customers, so numbers jump."""
        self.last_number += rng.randrange(3, 41)
        return self.numbering.format(self.last_number)


@dataclass
class Suppliers:
    """All suppliers: those of goods, and the others by name."""

    goods: list[Supplier]
    by_name: dict[str, Supplier]

    def all(self) -> list[Supplier]:
        """Every supplier, by account id."""
        return sorted((*self.goods, *self.by_name.values()), key=lambda supplier: supplier.id)


def found_suppliers(rng: Random) -> Suppliers:
    """Draw the supplier master."""
    names = rng.sample(_INVENTED, 42)
    goods = []
    for index, name in enumerate(names):
        trade, account = _TRADES[index % len(_TRADES)]
        goods.append(_supplier(rng, f"{name} {trade}", account, domestic="BV" not in trade))
    others = [(service.supplier, service.account) for service in SERVICES]
    others += [(LANDLORD, "610100"), (CLEANER, "610400"), (INSURER, "140200"), (MACHINE_BUILDER, "010200")]
    others += [(SYSTEM_HOUSE, "010500")]
    others += [(name, chart.CONSULTING) for name in ADVISERS]
    by_name = {name: _supplier(rng, name, account, domestic=name not in ADVISERS) for name, account in others}
    everyone = [*goods, *by_name.values()]
    rng.shuffle(everyone)
    for number, supplier in enumerate(everyone, start=1):
        supplier.id = f"00{70000 + number}"
    return Suppliers(goods, by_name)


def _supplier(rng: Random, name: str, account: str, *, domestic: bool) -> Supplier:
    # Check digits 00 do not occur in a real IBAN, so no account here can be anybody's.
    country = "DE" if domestic else "NL" if "BV" in name else "IE"
    return Supplier(
        name=name,
        account=account,
        numbering=rng.choice(_NUMBERING),
        terms=rng.choice((14, 30, 30, 30, 45)),
        domestic=domestic,
        bank_account=f"{country}00{rng.randrange(10**17, 10**18)}",
        tax_number=f"{country}{rng.randrange(10**8, 10**9)}",
        created=date(2016, 1, 4) + timedelta(days=rng.randrange(3200)),
        last_number=rng.randrange(20, 900),
    )
