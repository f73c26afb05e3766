"""The types of canonical tables; the tables themselves are declared in `canonical.py`."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from audit_agent.domain.errors import NotFoundError


class UnknownTableError(NotFoundError):
    """There is no canonical table of that name."""


class Kind(StrEnum):
    """What a canonical field holds; decides its type and how source text is read."""

    TEXT = "text"
    """An identifier or code; kept exactly as written."""
    PERSON = "person"
    """A name, user id, address or bank account of a person or party; masked in samples."""
    NARRATIVE = "narrative"
    """Free text; masked in samples."""
    AMOUNT = "amount"
    QUANTITY = "quantity"
    """Quantities and unit prices."""
    DATE = "date"
    TIME = "time"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    INDICATOR = "indicator"
    """Debit or credit; `D` or `C` once imported."""


SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.PERSON: "VARCHAR",
    Kind.NARRATIVE: "VARCHAR",
    Kind.AMOUNT: "DECIMAL(18,4)",
    Kind.QUANTITY: "DECIMAL(18,6)",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.INTEGER: "INTEGER",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INDICATOR: "VARCHAR",
}
"""The DuckDB type of each kind."""


@dataclass(frozen=True)
class Field:
    """One canonical column. A row without a value in a required one is rejected."""

    name: str
    kind: Kind
    required: bool = False

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the frozen column."""
        return SQL_TYPES[self.kind]


SOURCE_COLUMNS = {"Source_File_SHA256": "VARCHAR", "Source_File": "VARCHAR", "Source_Row": "BIGINT"}
"""Where a row comes from; the last columns of every frozen table. `Source_Row` counts from 1, header included."""


@dataclass(frozen=True)
class TableSchema:
    """One canonical table.

    `period_column` is the date by which the table is cut to the audit's period; None for tables that are
    always read whole (orders, goods received, master data).
    `amount` and `indicator` name the columns control totals are taken from.
    """

    name: str
    fields: tuple[Field, ...]
    period_column: str | None = None
    amount: str | None = None
    indicator: str | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns as frozen, source columns last."""
        return (*(field.name for field in self.fields), *SOURCE_COLUMNS)

    @cached_property
    def sql_types(self) -> dict[str, str]:
        """Every frozen column with its DuckDB type, in order."""
        return {field.name: field.sql_type for field in self.fields} | SOURCE_COLUMNS

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields no row may lack."""
        return tuple(field.name for field in self.fields if field.required)

    def field(self, name: str) -> Field | None:
        """The field of that name, if the table has it."""
        return next((field for field in self.fields if field.name == name), None)


def schema_of(name: str) -> TableSchema:
    """The canonical table of that name; raises UnknownTableError."""
    from audit_agent.books.canonical import CANONICAL

    try:
        return CANONICAL[name]
    except KeyError:
        known = ", ".join(CANONICAL)
        raise UnknownTableError(f"There is no canonical table {name!r}.", f"Use one of: {known}.") from None
