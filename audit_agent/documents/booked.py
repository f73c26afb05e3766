"""The rows of the books that documents support, and which of them a document belongs to."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import ibis

from audit_agent.books.tables import Tables
from audit_agent.documents.reading.dates import plain
from audit_agent.domain.documents import BooksRow

INVOICES, SUPPLIERS = "Invoices_Received", "Supplier_Listing"
_SEVERAL = 20
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
    """Looks rows of Invoices_Received up; at most a few, since more than one is no match anyway."""

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        """The rows that whoever named the document meant, or why there can be none, in words."""
        ...

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """The rows with an invoice number, whatever its case and punctuation."""
        ...


class TableInvoices:
    """The invoices of imported books."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        """The rows that whoever named the document meant, or why there can be none, in words."""
        if row.table not in (None, INVOICES):
            return f"It is said to support a row of {row.table}; only those of {INVOICES} are compared."
        if not self._tables.has(INVOICES):
            return f"The books carry no table {INVOICES}."
        table = self._tables.whole(INVOICES)
        places = {"Source_File": row.source_file, "Source_Row": None if row.source_row is None else str(row.source_row)}
        wanted = row.keys | {column: value for column, value in places.items() if value is not None}
        unknown = [column for column in wanted if column not in table.columns]
        if unknown:
            return f"{INVOICES} has no column {', '.join(unknown)}."
        return self._found(table[column].cast("string") == value for column, value in wanted.items())

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """The rows with an invoice number; where the books give none, their own id counts."""
        letters = re.sub(_SEPARATORS, "", plain(number))
        if not letters or not self._tables.has(INVOICES):
            return ()
        table = self._tables.whole(INVOICES)
        booked = ibis.coalesce(table["Invoice_Number"], table["Invoice_ID"])
        return self._found([booked.re_replace(_SEPARATORS, "").lower() == letters.lower()])

    def _found(self, conditions: Iterable[ibis.expr.types.BooleanValue]) -> tuple[BookedInvoice, ...]:
        table = self._tables.whole(INVOICES)
        for condition in conditions:
            table = table.filter(condition)
        rows = table.order_by("Source_File", "Source_Row").limit(_SEVERAL).to_pyarrow().to_pylist()
        return tuple(
            BookedInvoice(row["Source_File"], row["Source_Row"], row | self._supplier(row["Supplier_Account_ID"]))
            for row in rows
        )

    def _supplier(self, account: str) -> dict[str, str]:
        if not self._tables.has(SUPPLIERS):
            return {}
        table = self._tables.whole(SUPPLIERS)
        named = table.filter(table["Supplier_Account_ID"] == account).limit(1).to_pyarrow().to_pylist()
        return {"Supplier_Name": named[0]["Supplier_Name"]} if named else {}
