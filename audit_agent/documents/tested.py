"""Which documents are exceptions, and the row each of them becomes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.booked import INVOICES
from audit_agent.documents.comparison import Comparison
from audit_agent.documents.reading.vouching import Verdict
from audit_agent.domain.record import Digest

DOCUMENTS = "Documents"
"""The table an exception's row belongs to where the books have none for it: the frozen set."""

FACTS = (
    "Document",
    "Document_SHA256",
    "Page",
    "Supplier_Name",
    "Invoice_Number",
    "Document_Amount",
    "Books_Amount",
)
_AMOUNT = pa.decimal128(38, 4)
SCHEMA = pa.schema(
    [
        ("exception_key", pa.string()),
        ("exception_amount", _AMOUNT),
        ("exception_currency", pa.string()),
        ("exception_day", pa.date32()),
        ("exception_weight", _AMOUNT),
        ("exception_part", pa.int64()),
        ("Source_Table", pa.string()),
        ("Source_File", pa.string()),
        ("Source_File_SHA256", pa.string()),
        ("Source_Row", pa.int64()),
        ("why", pa.string()),
        ("Document", pa.string()),
        ("Document_SHA256", pa.string()),
        ("Page", pa.int64()),
        ("Supplier_Name", pa.string()),
        ("Invoice_Number", pa.string()),
        ("Document_Amount", _AMOUNT),
        ("Books_Amount", pa.string()),
    ]
)
_DIFFERS, _CONTRADICTS, _NOT_FOUND, _NOT_READ = 4, 3, 2, 1
"""How unusual each is, compared with the others."""
_WHOLE = 34
"""Digits before the point that an amount of the schema has room for."""


@dataclass
class Tested:
    """Walks outcomes and counts them; only those that are exceptions become rows."""

    documents: Digest
    files: Mapping[str, Digest]
    """The digest of each source file of the books."""
    currency: str
    read: int = 0
    inside: int = 0
    """Documents inside others; the other counts include them."""
    agreed: int = 0
    differed: int = 0
    not_found: int = 0
    contradicted: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    def rows(self, outcomes: Iterator[DocumentOutcome]) -> Iterator[dict[str, Any]]:
        """A row for each document that is an exception."""
        for outcome in outcomes:
            for one in outcome.with_inside():
                self.inside += one is not outcome
                weight, why = self._judge(one)
                if weight:
                    yield self._row(one, weight, why)

    def _judge(self, outcome: DocumentOutcome) -> tuple[int, str]:
        """How unusual it is, and why, in words; zero where nothing is wrong."""
        if outcome.failure or outcome.result is None:
            self.failed[outcome.failure.partition(":")[0]] += 1
            return _NOT_READ, f"It could not be read: {outcome.failure}"
        self.read += 1
        contradictions = outcome.result.problems
        self.contradicted += bool(contradictions)
        found, why = self._compared(outcome.books)
        weight = max(found, _CONTRADICTS if contradictions else 0)
        return weight, " ".join([*([why] if found else []), *contradictions])

    def _compared(self, books: Comparison | None) -> tuple[int, str]:
        match books.verdict if books is not None else None:
            case Verdict.DIFFERS:
                self.differed += 1
                return _DIFFERS, books.reason if books else ""
            case Verdict.NOT_FOUND:
                self.not_found += 1
                return _NOT_FOUND, books.reason if books else ""
            case Verdict.AGREES:
                self.agreed += 1
        return 0, ""

    def _row(self, outcome: DocumentOutcome, weight: int, why: str) -> dict[str, Any]:
        entry, result, books = outcome.entry, outcome.result, outcome.books
        own = getattr(outcome.fetched, "sha256", None) or entry.sha256
        row: dict[str, Any] = {
            "exception_key": f"Document {entry.number + 1}: {entry.name}",
            "exception_currency": self.currency,
            "exception_weight": Decimal(weight),
            "exception_part": 0,
            "Source_Table": DOCUMENTS,
            "Source_File": entry.source,
            "Source_File_SHA256": own or self.documents,
            "Source_Row": entry.number + 1,
            "why": why,
            "Document": entry.source,
            "Document_SHA256": own,
        }
        if result is not None and outcome.read:
            total = _room(result.total.value)
            quotation = result.total.quotation
            row |= {
                "exception_amount": total if weight <= _CONTRADICTS else None,
                "exception_currency": result.currency.value or self.currency,
                "exception_day": result.invoice_date.value,
                "Page": quotation.place.page if quotation is not None else None,
                "Supplier_Name": result.supplier.name.value,
                "Invoice_Number": result.invoice_number.value,
                "Document_Amount": total,
            }
        if books is not None and books.source_file is not None:
            row |= _of_books(books, self.files) | (
                {"exception_amount": _difference(books)} if weight == _DIFFERS else {}
            )
        return row


def _of_books(books: Comparison, files: Mapping[str, Digest]) -> dict[str, Any]:
    amounts = [column.books for column in books.columns if column.column == "Invoice_Amount"]
    return {
        "Source_Table": INVOICES,
        "Source_File": books.source_file,
        "Source_File_SHA256": files.get(books.source_file or "", ""),
        "Source_Row": books.source_row,
        "Books_Amount": amounts[0] if amounts else None,
    }


def _difference(books: Comparison) -> Decimal | None:
    """By how much the books and the document are apart; None where the amounts are the same."""
    for column in books.columns:
        if column.column == "Invoice_Amount" and column.verdict is Verdict.DIFFERS:
            return _room(abs(Decimal(column.books) - Decimal(column.document)))
    return None


def _room(amount: Decimal | None) -> Decimal | None:
    """The amount to four places; None for one that is beyond every amount of money."""
    if amount is None or amount.copy_abs().adjusted() >= _WHOLE:
        return None
    return amount.quantize(Decimal("0.0001"))
