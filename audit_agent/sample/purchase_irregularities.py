"""Irregularities in procure to pay: invoices entered twice, three-way mismatches, and a limit stayed under."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from audit_agent.sample import people
from audit_agent.sample.calendar import working_day, working_days
from audit_agent.sample.chance import permille
from audit_agent.sample.purchasing import Invoice, Order, Purchasing
from audit_agent.sample.seeded import Seeded
from audit_agent.sample.suppliers import ADVISERS, Supplier, Suppliers

APPROVAL_LIMIT = 50_000
"""Cents up to which an accounts payable clerk may release an invoice alone."""

_UNDER_THE_LIMIT = 500


def seed_purchases(rng: Random, purchasing: Purchasing, suppliers: Suppliers) -> Iterator[Seeded]:
    """Write the irregular documents; each supplier is used once."""
    chosen = rng.sample([supplier for supplier in suppliers.goods if supplier.domestic], 8)
    yield from _entered_twice(rng, purchasing, chosen[:3])
    yield from _mismatches(purchasing, chosen[3:])
    yield _under_the_limit(rng, purchasing, [suppliers.by_name[name] for name in ADVISERS])


def _entered_twice(rng: Random, purchasing: Purchasing, chosen: list[Supplier]) -> Iterator[Seeded]:
    cases = (
        ("separators changed", "RE-2025-7{:03d}", "RE/2025 7{:03d}", date(2025, 3, 11), 1_248_730),
        ("lower case and no separators", "INV-25-9{:03d}", "inv259{:03d}", date(2025, 6, 4), 3_817_265),
        ("same number again", "2025/8{:03d}", "2025/8{:03d}", date(2025, 10, 8), 746_980),
    )
    for supplier, (kind, first, again, day, net) in zip(chosen, cases, strict=True):
        digits = rng.randrange(100, 1000)
        original = _booked(purchasing.bill(supplier, day, net, number=first.format(digits)))
        # Long enough for the first one to be paid before the second comes in.
        later = working_day(original.entered + timedelta(days=rng.randrange(46, 58)))
        copy = _booked(purchasing.bill(supplier, day, net, number=again.format(digits), entered=later))
        yield Seeded(
            "P2P-01",
            f"invoice entered twice, {kind}",
            f"{supplier.name}: {original.number} came again as {copy.number}.",
            invoices=(original, copy),
            fields={"Supplier_Account_ID": (supplier.id,)},
            amount=copy.gross,
        )


def _mismatches(purchasing: Purchasing, chosen: list[Supplier]) -> Iterator[Seeded]:
    dear, dearer, short, early, ghost = chosen
    order = _ordered(purchasing, dear, date(2025, 4, 2), 240, 5_985)
    yield _mismatch(
        "price above order", "Billed 12 percent above the order's price.", purchasing, order, 240, permille(5_985, 1120)
    )
    order = _ordered(purchasing, dearer, date(2025, 7, 7), 96, 41_250)
    yield _mismatch(
        "price above order", "Billed 7 percent above the order's price.", purchasing, order, 96, permille(41_250, 1070)
    )
    order = _ordered(purchasing, short, date(2025, 5, 19), 500, 3_890, received=300)
    yield _mismatch("quantity not received", "500 billed, 300 received.", purchasing, order, 500, 3_890)
    order = _ordered(purchasing, early, date(2025, 9, 15), 150, 8_435, received=0)
    yield _mismatch("nothing received", "150 billed, nothing received.", purchasing, order, 150, 8_435)
    invoice = _booked(purchasing.bill(ghost, date(2025, 8, 12), 1_874_350))
    invoice.unknown_order = "4500987654"
    yield Seeded(
        "P2P-04",
        "order does not exist",
        f"{ghost.name} refers to order {invoice.unknown_order}, which was never placed.",
        invoices=(invoice,),
        fields={"PO_ID": (invoice.unknown_order,)},
        amount=invoice.gross,
    )


def _ordered(
    purchasing: Purchasing, supplier: Supplier, day: date, quantity: int, price: int, received: int | None = None
) -> Order:
    order = purchasing.order(supplier, day, quantity, price)
    arrived = quantity if received is None else received
    if arrived:
        purchasing.receive(order, working_day(day + timedelta(days=14)), arrived)
    return order


def _mismatch(kind: str, description: str, purchasing: Purchasing, order: Order, quantity: int, price: int) -> Seeded:
    billed = order.day + timedelta(days=18)
    invoice = _booked(purchasing.bill_order(order, billed, quantity, unit_price=price))
    return Seeded(
        "P2P-04",
        kind,
        f"{order.supplier.name}: {description}",
        invoices=(invoice,),
        orders=(order,),
        amount=invoice.net,
    )


def _under_the_limit(rng: Random, purchasing: Purchasing, advisers: list[Supplier]) -> Seeded:
    # Enough of them that the first two digits of the whole ledger no longer conform (MAD above 0.0022).
    days = sorted(rng.choices([day for day in working_days() if day.month < 12], k=_UNDER_THE_LIMIT))
    # Each amount once, so that none looks like a duplicate of another.
    amounts = rng.sample(range(permille(APPROVAL_LIMIT, 980), APPROVAL_LIMIT), k=_UNDER_THE_LIMIT)
    invoices = [
        _booked(purchasing.bill(rng.choice(advisers), day, net, by=people.AP_2))
        for day, net in zip(days, amounts, strict=True)
    ]
    names = ", ".join(supplier.name for supplier in advisers)
    return Seeded(
        "JE-15",
        "amounts just under an approval limit",
        f"{people.AP_2.id} books {len(invoices)} invoices of {names} between 490 and 500, which a clerk may release "
        "alone: amounts that begin with 49 are far more frequent than Benford's law has them.",
        fields={"First_Two_Digits": ("49",)},
        amount=sum(invoice.gross for invoice in invoices),
    )


def _booked(invoice: Invoice | None) -> Invoice:
    if invoice is None:
        raise ValueError("An irregular invoice would be entered after the year's end.")
    return invoice
