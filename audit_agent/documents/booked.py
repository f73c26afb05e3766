"""The rows of the books that documents support, and which of them a document belongs to."""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import ibis
from sqlglot import exp, select

from audit_agent.books.tables import Tables
from audit_agent.documents.reading.dates import plain
from audit_agent.domain.documents import BooksRow

INVOICES, SUPPLIERS = "Invoices_Received", "Supplier_Listing"
_PLACE = ("Source_File", "Source_Row")
_SEVERAL = 2
_SEPARATORS = r"[^0-9A-Za-z]"
_LETTERS = "Invoice_Number_Letters"
"""The number without separators, as a column of its own."""


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
    """The invoices of imported books, while entered.

    They are joined with their suppliers' names and kept in DuckDB once: a set asks thousands of times.
    """

    def __init__(self, tables: Tables) -> None:
        """Raises TableMissingError when the books carry none."""
        self._invoices = tables.whole(INVOICES)
        self._suppliers = tables.whole(SUPPLIERS) if tables.has(SUPPLIERS) else None
        self._joined: ibis.expr.types.CachedTable | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._joined is not None:
            # Before the tables close, since letting go of it asks their database.
            self._joined.release()

    def named(self, row: BooksRow) -> Sequence[BookedInvoice] | str:
        """The rows that whoever named the document meant, or why there can be none, in words."""
        if row.table not in (None, INVOICES):
            return f"It is said to support a row of {row.table}; only those of {INVOICES} are compared."
        places = {"Source_File": row.source_file, "Source_Row": None if row.source_row is None else str(row.source_row)}
        wanted = row.keys | {column: value for column, value in places.items() if value is not None}
        unknown = [column for column in wanted if column not in self._invoices.columns]
        if unknown:
            return f"{INVOICES} has no column {', '.join(unknown)}."
        return self._rows(tuple(wanted), list(wanted.values()), _SEVERAL)

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """The rows with an invoice number; where the books give none, their own id counts."""
        letters = re.sub(_SEPARATORS, "", plain(number))
        if not letters:
            return ()
        return self._rows((_LETTERS,), [letters.lower()])

    def _rows(self, columns: tuple[str, ...], values: list[str], most: int | None = None) -> tuple[BookedInvoice, ...]:
        """Asked of DuckDB itself: wording a question by Ibis takes twenty times longer than answering it."""
        table = self._with_suppliers()
        asked = table.get_backend().con.execute(_question(table.get_name(), columns, most), values)
        rows = asked.to_arrow_table().drop_columns(_LETTERS).to_pylist()
        return tuple(BookedInvoice(row["Source_File"], row["Source_Row"], row) for row in rows)

    def _with_suppliers(self) -> ibis.expr.types.CachedTable:
        if self._joined is None:
            table, account, name = self._invoices, "Supplier_Account_ID", "Supplier_Name"
            booked = ibis.coalesce(table["Invoice_Number"], table["Invoice_ID"])
            table = table.mutate(**{_LETTERS: booked.re_replace(_SEPARATORS, "").lower()})
            if self._suppliers is not None:
                names = self._suppliers.group_by(account).aggregate(**{name: self._suppliers[name].min()})
                table = table.left_join(names, account).drop(f"{account}_right")
            self._joined = table.cache()
        return self._joined


@lru_cache(maxsize=64)
def _question(table: str, columns: tuple[str, ...], most: int | None) -> str:
    """The rows whose columns have the values given with it, written as text."""
    question = select("*").from_(exp.to_table(table)).order_by(*_PLACE)
    for column in columns:
        question = question.where(exp.cast(exp.column(column, quoted=True), "text").eq(exp.Placeholder()))
    return (question.limit(most) if most else question).sql("duckdb")
