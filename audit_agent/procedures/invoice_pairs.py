"""Pairs of invoices that agree in three of supplier, number, amount and date, found in blocks of neighbours."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from audit_agent.matching.numbers import alike, as_scanned, written
from audit_agent.procedures.particulars import HARD, hard_keys, ordered_rows
from audit_agent.procedures.procedure import Books

_SCHEMA = pa.schema(
    [
        *((f"{side}_{field}", kind) for side in ("one", "two") for field, kind in (
            ("file", pa.string()), ("row", pa.int64())
        )),
        ("same_supplier", pa.bool_()),
        ("same_bank", pa.bool_()),
        ("same_number", pa.bool_()),
        ("same_amount", pa.bool_()),
        ("same_date", pa.bool_()),
        ("days", pa.int64()),
        ("score", pa.int64()),
    ]
)  # fmt: skip
_COLUMNS = ("Invoice_ID", "Invoice_Number", "Invoice_Date", "Supplier_Account_ID", "Invoice_Amount", "Amount_Currency")
_BY_AMOUNT, _BY_NUMBER = 50, 5
"""With how many that follow it in its block an invoice is compared at most, so that no block is compared in full."""


@dataclass(frozen=True)
class Likeness:
    """When numbers, amounts and dates agree, and which score makes a pair; percentages and scores of 100."""

    number_percent: int
    amount_percent: Decimal
    days: int
    minimum_score: int
    inexact: int
    """How many of supplier, number and amount may differ, or agree only nearly."""


@dataclass(frozen=True)
class _Invoice:
    file: str
    row: int
    id: str
    supplier: str
    party: str
    """The supplier's bank account, or the supplier where none is known: who gets the money."""
    number: str
    scanned: str
    amount: Decimal
    """Without its sign, so that a credit note stands beside what it takes back."""
    day: date
    currency: str


def invoice_pairs(books: Books, likeness: Likeness) -> pa.Table:
    """One row per pair, with what agrees and a score from 0 to 10,000; in the order of the invoices."""
    invoices = list(_invoices(books))
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for one, two in _candidates(invoices, likeness):
        pair = (min(one, two), max(one, two))
        if pair not in found and (row := _compared(invoices[pair[0]], invoices[pair[1]], likeness)):
            found[pair] = row
    return pa.Table.from_pylist([found[pair] for pair in sorted(found)], schema=_SCHEMA)


def _invoices(books: Books) -> Iterator[_Invoice]:
    accounts: dict[str, str] = {}
    if books.has("Supplier_Listing"):
        listing = ordered_rows(books.whole("Supplier_Listing"), ("Supplier_Account_ID", *HARD))
        accounts = {row["Supplier_Account_ID"]: hard_keys(row).get("same_bank", "") for row in listing}
    for row in ordered_rows(books.whole("Invoices_Received"), _COLUMNS):
        supplier, number = row["Supplier_Account_ID"], written(row["Invoice_Number"])
        account = accounts.get(supplier)
        party = f"bank {account}" if account else f"supplier {supplier}"
        amount = abs(row["Invoice_Amount"])
        yield _Invoice(
            row["Source_File"], row["Source_Row"], row["Invoice_ID"], supplier, party, number, as_scanned(number),
            amount, row["Invoice_Date"], row["Amount_Currency"] or books.currency,
        )  # fmt: skip


def _candidates(invoices: list[_Invoice], likeness: Likeness) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: near in amount for one party or one number, or near in number for one party."""

    def near(one: _Invoice, two: _Invoice) -> bool:
        return two.amount * 100 <= one.amount * (100 + likeness.amount_percent)

    def any_two(one: _Invoice, two: _Invoice) -> bool:
        return True

    by_amount = ((invoice.party, (invoice.amount, invoice.day, number)) for number, invoice in enumerate(invoices))
    yield from _neighbours(invoices, by_amount, _BY_AMOUNT, near)
    numbered = [(number, invoice) for number, invoice in enumerate(invoices) if invoice.scanned]
    of_number = ((invoice.scanned, (invoice.amount, invoice.day, number)) for number, invoice in numbered)
    yield from _neighbours(invoices, of_number, _BY_AMOUNT, near)
    by_number = ((invoice.party, (invoice.scanned, invoice.day, number)) for number, invoice in numbered)
    yield from _neighbours(invoices, by_number, _BY_NUMBER, any_two)


def _neighbours(
    invoices: list[_Invoice],
    placed: Iterable[tuple[str, tuple[Any, date, int]]],
    most: int,
    near: Callable[[_Invoice, _Invoice], bool],
) -> Iterator[tuple[int, int]]:
    """Each invoice with those that follow it in its block, in order, at most so many and while they are near."""
    blocks: dict[str, list[tuple[Any, date, int]]] = defaultdict(list)
    for name, place in placed:
        blocks[name].append(place)
    for block in blocks.values():
        block.sort()
        for position, (_, _, one) in enumerate(block):
            for _, _, two in block[position + 1 : position + 1 + most]:
                if not near(invoices[one], invoices[two]):
                    break
                yield one, two


def _compared(one: _Invoice, two: _Invoice, likeness: Likeness) -> dict[str, Any] | None:
    """What agrees, where three of four do and the score is high enough; exact duplicates are P2P-01's."""
    supplier, number = one.supplier == two.supplier, alike(one.number, two.number, likeness.number_percent / 100)
    bank = not supplier and one.party == two.party
    amount, amount_points = _amounts(one.amount, two.amount, likeness.amount_percent)
    days = abs((one.day - two.day).days)
    near = days <= likeness.days
    if (supplier or bank) + number + amount + near < 3:
        return None
    inexact = (not (supplier or bank)) + (one.number != two.number or not number) + (one.amount != two.amount)
    if inexact > likeness.inexact:
        return None
    exact = one.amount == two.amount and one.currency == two.currency and one.number == two.number != ""
    if supplier and exact:
        return None
    points = 2500 if supplier else 2250 if bank else 0
    points += 0 if not number else 2500 if one.number == two.number else 2250
    points += amount_points + (2500 - 1250 * days // max(likeness.days, 1) if near else 0)
    if points < likeness.minimum_score * 100:
        return None
    return {
        "one_file": one.file,
        "one_row": one.row,
        "two_file": two.file,
        "two_row": two.row,
        "same_supplier": supplier,
        "same_bank": bank,
        "same_number": number,
        "same_amount": amount,
        "same_date": near,
        "days": days,
        "score": points,
    }


def _amounts(one: Decimal, two: Decimal, percent: Decimal) -> tuple[bool, int]:
    """Whether amounts agree, and the points for it: 2500 for equal ones, 500 fewer at the limit."""
    apart, larger = abs(one - two) * 100, max(one, two)
    if one == two:
        return one != 0, 2500 if one else 0
    if apart > larger * percent:
        return False, 0
    return True, 2500 - int(500 * apart / (larger * percent))
