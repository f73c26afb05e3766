"""Books once they are frozen: what they consist of, what was refused, and their profile."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from audit_agent.domain.record import Digest, Record


class ControlTotals(Record):
    """Rows and sums that must agree between a source and its canonical table.

    `debits` and `credits` are both given as positive sums; None where the table has no amounts.
    """

    rows: int
    debits: Decimal | None = None
    credits: Decimal | None = None


class FilePart(Record):
    """One of many files that are read as one table."""

    name: str
    sha256: Digest
    size: int


class SourceFile(Record):
    """One file as it was given: its name, the SHA-256 of its bytes, and what became of its rows.

    Where many files are read as one table, `parts` names each, and `sha256` is of the list of them.
    """

    name: str
    sha256: Digest
    size: int
    table: str
    mapping: dict[str, str]
    source_totals: ControlTotals
    imported_totals: ControlTotals
    rejected_rows: int
    notes: tuple[str, ...] = ()
    parts: tuple[FilePart, ...] = ()

    @model_serializer(mode="wrap")
    def _without_no_parts(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Books frozen before there were parts keep their digest."""
        content: dict[str, Any] = serialise(self)
        if not self.parts:
            content.pop("parts", None)
        return content


class FrozenTable(Record):
    """A canonical table frozen as one Parquet blob, addressed by the digest of its bytes."""

    name: str
    digest: Digest
    rows: int
    columns: tuple[str, ...]


class BooksManifest(Record):
    """Everything that makes up frozen books. Its own digest names the books."""

    schema_version: int = 1
    tables: tuple[FrozenTable, ...]
    sources: tuple[SourceFile, ...]
    rejects: FrozenTable | None = None

    def table(self, name: str) -> FrozenTable | None:
        """The frozen table of that name, if the books carry it."""
        return next((table for table in self.tables if table.name == name), None)


class TableProfile(Record):
    """What a planner may know of a table: columns that hold data, rows, dates, totals."""

    name: str
    rows: int
    columns: tuple[str, ...]
    empty_columns: tuple[str, ...] = ()
    first_date: date | None = None
    last_date: date | None = None
    debits: Decimal | None = None
    credits: Decimal | None = None
    distinct: dict[str, int] = {}
    """Number of distinct values of key columns (users, accounts, sources, ...)."""
    sample: tuple[dict[str, str], ...] = ()
    """At most five rows; free text and names of people masked."""


class BooksProfile(Record):
    """A bounded summary of frozen books; carries no confidential rows beyond the samples."""

    books: Digest
    currency: str
    tables: tuple[TableProfile, ...]
    measures: dict[str, Decimal]
    """Bases for materiality: `revenue`, `assets`, `total_debits`, `purchases`, where the books tell."""
    rejected_rows: int = 0

    def table(self, name: str) -> TableProfile | None:
        """The profile of that table, if the books carry it."""
        return next((table for table in self.tables if table.name == name), None)
