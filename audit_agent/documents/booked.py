"""The rows of the books that documents support, and which of them a document belongs to."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
        return self.all_named([row])[0]

    def all_named(self, rows: Sequence[BooksRow]) -> list[Sequence[BookedInvoice] | str]:
        """What `named` says of each of these, in as many questions as there are ways of naming a row."""
        wanted = [self._wanted(row) for row in rows]
        by_columns: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        for one in wanted:
            if not isinstance(one, str):
                by_columns[tuple(one)].add(tuple(one.values()))
        found = {columns: self._with(columns, values) for columns, values in by_columns.items()}
        return [one if isinstance(one, str) else found[tuple(one)][tuple(one.values())][:_SEVERAL] for one in wanted]

    def numbered(self, number: str) -> Sequence[BookedInvoice]:
        """The rows with an invoice number; where the books give none, their own id counts."""
        return self.all_numbered([number])[number]

    def all_numbered(self, numbers: Iterable[str]) -> dict[str, Sequence[BookedInvoice]]:
        """What `numbered` says of each of these, in one question."""
        letters = {number: re.sub(_SEPARATORS, "", plain(number)).lower() for number in numbers}
        wanted = sorted({found for found in letters.values() if found})
        by_letters: dict[str, list[BookedInvoice]] = defaultdict(list)
        if wanted:
            fitting = self._numbers().filter(ibis._["Letters"].isin(wanted))
            for row in self._rows(self._invoices.inner_join(fitting, _PLACE)):
                by_letters[row.values.pop("Letters")].append(row)
        return {number: tuple(by_letters[found]) for number, found in letters.items()}

    def _wanted(self, row: BooksRow) -> dict[str, str] | str:
        """What the columns of the row meant hold, as text, by column; or why there can be no such row."""
        if row.table not in (None, INVOICES):
            return f"It is said to support a row of {row.table}; only those of {INVOICES} are compared."
        places = {"Source_File": row.source_file, "Source_Row": None if row.source_row is None else str(row.source_row)}
        wanted = row.keys | {column: value for column, value in places.items() if value is not None}
        unknown = [column for column in wanted if column not in self._invoices.columns]
        return f"{INVOICES} has no column {', '.join(unknown)}." if unknown else dict(sorted(wanted.items()))

    def _with(
        self, columns: tuple[str, ...], values: set[tuple[str, ...]]
    ) -> dict[tuple[str, ...], tuple[BookedInvoice, ...]]:
        """The rows whose columns hold one of these combinations, by the combination."""
        found: dict[tuple[str, ...], list[BookedInvoice]] = defaultdict(list)
        texts = {f"as_text_{place}": self._invoices[column].cast("string") for place, column in enumerate(columns)}
        table = self._invoices.mutate(**texts)
        for place, name in enumerate(texts):
            table = table.filter(table[name].isin(sorted({one[place] for one in values})))
        for row in self._rows(table if columns else table.limit(_SEVERAL)):
            found[tuple(row.values.pop(name) for name in texts)].append(row)
        return {one: tuple(found[one]) for one in values}

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
