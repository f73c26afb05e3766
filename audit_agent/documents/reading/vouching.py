"""A document against the row of the books that it is to support."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from audit_agent.documents.reading.currencies import SHARED_SIGNS, written_currency
from audit_agent.documents.reading.dates import dates_in, plain
from audit_agent.documents.reading.result import DocumentResult, Field, Kind, Quotation
from audit_agent.domain.money import show
from audit_agent.domain.record import Record

_FORMS = re.compile(
    r"\b(gmbh|co kg|kg|ag|ohg|ug|se|ltd|limited|llc|llp|plc|inc|incorporated|corp|corporation|company|pvt|private|bv|nv"
    r"|sarl|sas|sa|eurl|srl|spa|sl|ab|as|aps|oy)\b"
)

_SHORTEST = 3
"""An initial with its full stop says too little."""


SEEN = "A model read it off a picture; code cannot check that."


class Verdict(StrEnum):
    """What a comparison came to."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_FOUND = "not found"


class Vouched(Record):
    """One column of the row: what the books say, what the document says, and the reason in words."""

    column: str
    verdict: Verdict
    books: str
    document: str = ""
    reason: str
    quotation: Quotation | None = None


def vouch(result: DocumentResult, row: Mapping[str, object]) -> tuple[Vouched, ...]:
    """Compare with a row of Invoices_Received, to which `Supplier_Name` may be added. Blank columns are left out."""
    fields: dict[str, Field[str] | Field[date] | Field[Decimal]] = {
        "Invoice_Number": result.invoice_number,
        "Invoice_Date": result.invoice_date,
        "Invoice_Due_Date": result.due_date,
        "Invoice_Amount": result.total,
        "Amount_Currency": result.currency,
        "Tax_Amount": result.tax,
        "PO_ID": result.order_number,
        "Supplier_Name": result.supplier.name,
    }
    given = {column: row[column] for column in fields if row.get(column) not in (None, "")}
    return tuple(_vouched(column, value, fields[column], result) for column, value in given.items())


def _vouched(
    column: str, value: object, field: Field[str] | Field[date] | Field[Decimal], result: DocumentResult
) -> Vouched:
    books = value.isoformat() if isinstance(value, date) else str(value)
    if field.value is None:
        return Vouched(
            column=column, verdict=Verdict.NOT_FOUND, books=books, reason=field.reason or "The document does not say."
        )
    verdict, reason = _compared(column, books, field, result)
    if field.quotation and field.quotation.in_picture:
        reason += f" {SEEN}"
    shown = str(field.value)
    return Vouched(
        column=column, verdict=verdict, books=books, document=shown, reason=reason, quotation=field.quotation
    )


def _compared(
    column: str, books: str, field: Field[str] | Field[date] | Field[Decimal], result: DocumentResult
) -> tuple[Verdict, str]:
    said = field.value
    if isinstance(said, Decimal):
        return _amounts(column, books, said, result)
    if isinstance(said, date):
        same = [said] == dates_in(books)
        return _verdict(same, "The same day.", f"The books say {books}, the document {said}.")
    if column == "Amount_Currency":
        return _currencies(books, str(said), field.quotation)
    if column == "Supplier_Name":
        return _names(books, str(said))
    same = _letters(books) == _letters(str(said))
    return _verdict(same, "The same number.", f"The books say {books}, the document {said}.")


def _amounts(column: str, books: str, said: Decimal, result: DocumentResult) -> tuple[Verdict, str]:
    try:
        booked = Decimal(books)
    except InvalidOperation:
        return Verdict.NOT_FOUND, f"What the books say, {books}, is no amount."
    currency = result.currency.value or ""
    if booked == said:
        return Verdict.AGREES, "The same amount."
    if result.kind.value == Kind.CREDIT_NOTE and booked == -abs(said):
        return Verdict.AGREES, "The same amount; the books show a credit note below zero."
    reason = f"The books are {show(abs(booked - said), currency)} {'above' if booked > said else 'below'} the document."
    if column == "Invoice_Amount" and booked == result.net.value:
        reason += " They carry its amount without tax."
    return Verdict.DIFFERS, reason


def _currencies(books: str, said: str, quotation: Quotation | None) -> tuple[Verdict, str]:
    written = written_currency(quotation.text) if quotation else None
    if books.upper() == said:
        return Verdict.AGREES, "The same currency."
    if written and written[1] in SHARED_SIGNS:
        return Verdict.NOT_FOUND, f"The document shows only {written[1]}, the sign of several currencies."
    return Verdict.DIFFERS, f"The books say {books}, the document {said}."


def _names(books: str, said: str) -> tuple[Verdict, str]:
    """Legal forms, punctuation and case do not count."""
    ours, theirs = _bare(books) or _letters(books), _bare(said) or _letters(said)
    if ours == theirs:
        return Verdict.AGREES, "The same name, but for its legal form or punctuation at most."
    if _abbreviated(books, said):
        return Verdict.AGREES, "The same name, but for words cut short with a full stop."
    shorter, longer = sorted((ours, theirs), key=len)
    part = " One is the beginning of the other." if longer.startswith(f"{shorter} ") else ""
    return Verdict.DIFFERS, f"The books say {books}, the document {said}.{part}"


def _abbreviated(ours: str, theirs: str) -> bool:
    """Word by word the same, or one the beginning of the other that ends with a full stop: `Metallw.`."""
    first, second = (_words(name) for name in (ours, theirs))
    return len(first) == len(second) and all(
        one == other or _cut_short(one, other) or _cut_short(other, one)
        for one, other in zip(first, second, strict=True)
    )


def _words(name: str) -> list[str]:
    return [word for word in plain(name).split() if not _FORMS.fullmatch(word.replace(".", ""))]


def _cut_short(short: str, whole: str) -> bool:
    return short.endswith(".") and len(short) > _SHORTEST and whole.startswith(short[:-1])


def _bare(name: str) -> str:
    words = re.sub(r"[^\w ]", " ", plain(name.replace(".", "")))
    return " ".join(_FORMS.sub(" ", words).split())


def _letters(text: str) -> str:
    return "".join(letter for letter in plain(text) if letter.isalnum())


def _verdict(same: bool, agrees: str, differs: str) -> tuple[Verdict, str]:
    return (Verdict.AGREES, agrees) if same else (Verdict.DIFFERS, differs)
