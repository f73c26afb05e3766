"""A document as its sender writes it: strings in their order, which layouts only have to place."""

from dataclasses import dataclass

from audit_agent.sample.documents.bill import Bill
from audit_agent.sample.documents.house import House

RECIPIENT = ("Ostervang Kitchenware GmbH", "Kreditorenbuchhaltung", "Kesselbrink 4", "20099 Ostervang")
_LINES_PER_PAGE = 24
_VAT_PERCENT = 19

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Lines that stand on one page; `brought` and `carried` are the running sum above and below them."""

    rows: tuple[tuple[str, ...], ...]
    brought: Pair | None = None
    carried: Pair | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed."""

    language: str
    layout: int
    font: str
    sender: str
    place: str
    title: str
    recipient_label: str
    recipient: tuple[str, ...]
    facts: tuple[Pair, ...]
    intro: str
    columns: tuple[str, ...]
    pages: tuple[Page, ...]
    sums: tuple[Pair, ...]
    remarks: tuple[str, ...]
    footer: tuple[str, ...]


def sheet_of(bill: Bill, house: House) -> Sheet:
    """A document in the words of its sender."""
    words = house.words
    kind = words["credit" if bill.credit else "invoice"]
    return Sheet(
        language=house.language,
        layout=house.layout,
        font=house.font,
        sender=bill.sender.name,
        place=house.place,
        title=words["titled"].format(kind, bill.number) if house.compact else kind,
        recipient_label=words["recipient"],
        recipient=RECIPIENT,
        facts=_facts(bill, house),
        intro="" if house.names_currency_beside_amounts else _IN_CURRENCY[house.language].format(bill.currency),
        columns=tuple(words[name] for name in ("position", "description", "quantity", "price", "amount")),
        pages=_pages(bill, house),
        sums=_sums(bill, house),
        remarks=_remarks(bill, house),
        footer=(
            f"{bill.sender.name}, {house.place}",
            f"{words['tax_id']}: {bill.sender.tax_number}",
            f"{words['bank']}: {bill.sender.bank_account}",
            words["contact"].format(f"buchhaltung@{_domain(bill.sender.name)}.example"),
        ),
    )


_IN_CURRENCY = {"de": "Alle Beträge in {}", "en": "All amounts in {}", "nl": "Alle bedragen in {}"}


def _facts(bill: Bill, house: House) -> tuple[Pair, ...]:
    words = house.words
    number = (words["credit_number" if bill.credit else "number"], bill.number)
    facts = [
        *([] if house.compact else [number]),
        (words["date"], house.day(bill.day)),
        (words["client"], house.client),
    ]
    if bill.order:
        facts.append((words["order"], bill.order))
    if not bill.credit:
        facts.append((words["due"], house.day(bill.due)))
    return tuple(facts)


def _pages(bill: Bill, house: House) -> tuple[Page, ...]:
    pages: list[Page] = []
    running, brought = 0, None
    for first in range(0, len(bill.lines), _LINES_PER_PAGE):
        lines = bill.lines[first : first + _LINES_PER_PAGE]
        rows = tuple(
            (
                str(number),
                line.description,
                str(line.quantity),
                house.figure(line.unit_price),
                house.figure(line.amount),
            )
            for number, line in enumerate(lines, start=first + 1)
        )
        running += sum(line.amount for line in lines)
        is_last = first + _LINES_PER_PAGE >= len(bill.lines)
        carried = None if is_last else (house.words["carried"], house.figure(running))
        pages.append(Page(rows, brought, carried))
        brought = carried
    return tuple(pages)


def _sums(bill: Bill, house: House) -> tuple[Pair, ...]:
    words = house.words
    total = (words["total"], house.money(bill.total, bill.currency))
    if not bill.taxed:
        return (total,)
    return (
        (words["net"], house.money(bill.net, bill.currency)),
        (words["tax"].format(_VAT_PERCENT), house.money(bill.tax, bill.currency)),
        total,
    )


def _remarks(bill: Bill, house: House) -> tuple[str, ...]:
    words = house.words
    terms = "" if bill.credit else words["terms"].format((bill.due - bill.day).days)
    untaxed = "" if bill.taxed else words["untaxed"]
    discount = "" if bill.credit else words["discount"]
    return tuple(remark for remark in (untaxed, terms, discount, words["thanks"]) if remark)


def _domain(name: str) -> str:
    return name.split()[0].lower()
