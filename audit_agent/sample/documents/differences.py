"""What is seeded into documents: differences to the books, and look-alikes that are no differences."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from audit_agent.sample.documents.bill import Bill, BillLine, Sender
from audit_agent.sample.documents.form import Form
from audit_agent.sample.purchasing import Invoice

_STRANGERS = ("Querbach Handels GmbH", "Tidewell Trading Ltd", "Meerzicht Techniek BV", "Sommerau Technik AG")
_CURRENCIES = ("USD", "GBP", "CHF")
_MANY_LINES = (40, 75)


@dataclass(frozen=True)
class Seed:
    """One kind of seeded document: how often, in which forms, and how it differs from what was booked.

    `named` says whether the list names the row: always, never, or by chance where it is None.
    """

    kind: str
    count: int
    description: str
    change: Callable[[Random, Bill], Bill]
    why: str = ""
    forms: tuple[Form, ...] = tuple(Form)
    named: bool | None = None
    fits: Callable[[Invoice], bool] = lambda invoice: invoice.net > 0
    parts: tuple[int, int] = (1, 8)
    booked: bool = True
    """The books have the invoice."""
    written: bool = True
    """The file is there, though it may be damaged."""
    damaged: bool = False


def _other_amount(rng: Random, bill: Bill) -> Bill:
    return bill.charging(rng, bill.net * rng.choice((83, 91, 109, 118)) // 100)


def _other_day(rng: Random, bill: Bill) -> Bill:
    moved = timedelta(days=rng.choice((-1, 1)) * rng.randrange(34, 75))
    return replace(bill, day=bill.day + moved, due=bill.due + moved)


def _other_number(rng: Random, bill: Bill) -> Bill:
    last = int(bill.number[-1])
    return replace(bill, number=bill.number[:-1] + str((last + rng.randrange(1, 10)) % 10))


def _other_currency(rng: Random, bill: Bill) -> Bill:
    return replace(bill, currency=rng.choice(_CURRENCIES))


def _other_supplier(rng: Random, bill: Bill) -> Bill:
    stranger = rng.choice(_STRANGERS)
    country = "IE" if "Ltd" in stranger else "NL" if "BV" in stranger else "DE"
    number, account = rng.randrange(10**8, 10**9), rng.randrange(10**17, 10**18)
    return replace(bill, sender=Sender(stranger, f"{country}{number}", f"{country}00{account}"))


def _wrong_sum(rng: Random, bill: Bill) -> Bill:
    """The total is the one that was booked; what it is made of comes to less."""
    smaller = bill.charging(rng, bill.net * rng.choice((88, 93, 96)) // 100)
    return replace(smaller, total=bill.total)


def _never_booked(rng: Random, bill: Bill) -> Bill:
    number = "".join(str(9 - int(sign)) if sign.isdigit() else sign for sign in bill.number[-3:])
    return replace(bill.charging(rng, bill.net + rng.randrange(1_000, 90_000)), number=f"{bill.number[:-3]}{number}9")


def _as_it_is(_: Random, bill: Bill) -> Bill:
    return bill


def _a_cent_off(rng: Random, bill: Bill) -> Bill:
    *others, last = bill.lines
    cent = rng.choice((-1, 1))
    return replace(bill, lines=(*others, BillLine(last.description, 1, last.amount + cent)))


def _number_written_otherwise(rng: Random, bill: Bill) -> Bill:
    mark = rng.choice([mark for mark in "/-." if mark not in bill.number])
    return replace(bill, number=bill.number.translate(str.maketrans("-/.", mark * 3)))


def _shortened_name(_: Random, bill: Bill) -> Bill:
    first, trade, *form = bill.sender.name.split()
    short = f"{first} {trade[:6]}. {' '.join(form)}".strip()
    return replace(bill, sender=replace(bill.sender, name=short))


def _bought_on_order(invoice: Invoice) -> bool:
    return invoice.net > 0 and invoice.order is not None


def _charges_for_much(invoice: Invoice) -> bool:
    return invoice.net > 50_000 and invoice.quantity is None


def _has_long_name(invoice: Invoice) -> bool:
    words = invoice.supplier.name.split()
    return invoice.net > 0 and len(words) == 3 and len(words[1]) > 8


def _has_marks(invoice: Invoice) -> bool:
    return invoice.net > 0 and any(mark in invoice.number for mark in "-/.")


def _is_credit_note(invoice: Invoice) -> bool:
    return invoice.net < 0


_PAPER = (Form.PDF, Form.HTML)

DIFFERENCES = (
    Seed("amount", 4, "charges another amount than was booked", _other_amount),
    Seed("date", 3, "bears another date than was booked", _other_day),
    Seed("number", 3, "bears another number than the row it is filed for", _other_number, named=True),
    Seed("currency", 2, "charges in another currency than was booked", _other_currency, fits=_bought_on_order),
    Seed("supplier", 3, "comes from another company than was booked", _other_supplier),
    Seed("sum", 3, "does not add up to the total, which is the one booked", _wrong_sum),
    Seed("not booked", 3, "charges for what the books do not have", _never_booked, named=False, booked=False),
    Seed("missing", 2, "is listed, and the file is not there", _as_it_is, written=False, named=True),
    Seed("unreadable", 2, "breaks off", _as_it_is, forms=(Form.PDF, Form.UBL), damaged=True, named=True),
)

LOOK_ALIKES = (
    Seed(
        "rounding cent",
        2,
        "has lines that add up to a cent more or less",
        _a_cent_off,
        why="Each line is rounded by itself; net, tax and total are as booked.",
        forms=_PAPER,
        fits=_charges_for_much,
        parts=(3, 8),
    ),
    Seed(
        "number written otherwise",
        3,
        "writes the number with other separators",
        _number_written_otherwise,
        why="The same letters and digits in the same order.",
        fits=_has_marks,
    ),
    Seed(
        "shortened name",
        3,
        "shortens its sender's name",
        _shortened_name,
        why="The name is abbreviated with a full stop; number and amount are as booked.",
        fits=_has_long_name,
    ),
    Seed(
        "several pages",
        3,
        "goes on over several pages with running sums",
        _as_it_is,
        why="What is carried from page to page is charged once.",
        forms=(Form.PDF,),
        fits=_charges_for_much,
        parts=_MANY_LINES,
    ),
    Seed(
        "credit note",
        1,
        "shows above zero what is booked below",
        _as_it_is,
        why="It is a credit note.",
        fits=_is_credit_note,
        named=True,
    ),
)
