"""The rows of the books that documents support, and which of them a document belongs to."""

import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import ibis

from audit_agent.books.tables import Tables
from audit_agent.documents.reading.dates import plain
from audit_agent.domain.documents import BooksRow

INVOICES, SUPPLIERS = "Invoices_Received", "Supplier_Listing"
_PLACE = ("Source_File", "Source_Row")
_SEVERAL = 2
_SEPARATORS = r"[^0-9A-Za-z]"


class BookedInvoice(NamedTuple):
    """One row of Invoices_Received, with `Supplier_Name` added where the books name the supplier."""

    source_file: str
    source_row: int
    values: dict[str, Any]

    @property
    def place(self) -> str:
        """Where the row came from, in words."""
        return f"{self.source_file}, row {self.source_row}"


class BookedInvoices(Protocol):
    """Looks rows of Invoices_Received up."""

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        """The rows that whoever named the document meant, or why there can be none, in words.

        At most two, since more than one is no match.
        """
        ...

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """All rows with an invoice number, whatever its case and punctuation: suppliers number alike."""
        ...


class TableInvoices:
    """The invoices of imported books, while entered."""

    def __init__(self, tables: Tables) -> None:
        """Raises TableMissingError when the books carry none."""
        self._invoices = tables.whole(INVOICES)
        self._suppliers = tables.whole(SUPPLIERS) if tables.has(SUPPLIERS) else None
        self._letters: ibis.expr.types.CachedTable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._letters is not None:
            # Before the tables close, since letting go of it asks their database.
            self._letters.release()

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        """The rows that whoever named the document meant, or why there can be none, in words."""
        if row.table not in (None, INVOICES):
            return f"It is said to support a row of {row.table}; only those of {INVOICES} are compared."
        table = self._invoices
        places = {"Source_File": row.source_file, "Source_Row": None if row.source_row is None else str(row.source_row)}
        wanted = row.keys | {column: value for column, value in places.items() if value is not None}
        unknown = [column for column in wanted if column not in table.columns]
        if unknown:
            return f"{INVOICES} has no column {', '.join(unknown)}."
        for column, value in wanted.items():
            table = table.filter(table[column].cast("string") == value)
        return self._rows(table.order_by(*_PLACE).limit(_SEVERAL))

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """The rows with an invoice number; where the books give none, their own id counts."""
        letters = re.sub(_SEPARATORS, "", plain(number))
        if not letters:
            return ()
        fitting = self._numbers().filter(ibis._["Letters"] == letters.lower())
        return self._rows(self._invoices.semi_join(fitting, _PLACE))

    def _numbers(self) -> ibis.Table:
        """The number of every row without separators, worked out once: a set asks for thousands."""
        if self._letters is None:
            table = self._invoices
            booked = ibis.coalesce(table["Invoice_Number"], table["Invoice_ID"])
            self._letters = table.select(*_PLACE, Letters=booked.re_replace(_SEPARATORS, "").lower()).cache()
        return self._letters

    def _rows(self, table: ibis.Table) -> tuple[BookedInvoice, ...]:
        """With the suppliers' names joined on, as one question each would be slow where many rows share a number."""
        account, name = "Supplier_Account_ID", "Supplier_Name"
        if self._suppliers is not None:
            names = self._suppliers.group_by(account).aggregate(**{name: self._suppliers[name].min()})
            table = table.left_join(names, account).drop(f"{account}_right")
        rows = table.order_by(*_PLACE).to_pyarrow().to_pylist()
        return tuple(BookedInvoice(row["Source_File"], row["Source_Row"], row) for row in rows)
