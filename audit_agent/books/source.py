"""What every kind of file becomes before it is mapped: headers, sample values, and text in a DuckDB table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from audit_agent.books.workbench import Workbench, identifier
from audit_agent.domain.books import FilePart
from audit_agent.domain.record import Digest


@dataclass(frozen=True)
class RawTable:
    """A DuckDB relation of source text, one VARCHAR column per source column that is wanted."""

    name: str
    columns: dict[str, str]
    """Source header -> quoted SQL column."""
    row: str
    """SQL of the source row, counted from 1 with the header."""
    rows: int
    file: str = ""
    """SQL of the name of the file a row is from, where the source stands for many files."""
    sha256: str = ""
    """SQL of that file's digest."""


@dataclass(frozen=True)
class Layout:
    """What a file of a known format carries: its table and columns are known and need not be guessed."""

    format: str
    """What people call the format, such as `FEC`."""
    table: str
    columns: Mapping[str, str]
    """Canonical field, or Debit_Amount and Credit_Amount, -> source column."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Canonical field -> the one value the format gives to every row."""
    decimal: Literal[".", ","] | None = None
    """The decimal sign, where the format knows only one."""


@dataclass(frozen=True)
class BadRow:
    """A row that could not be split into the header's columns."""

    row: int
    value: str
    reason: str
    file: str = ""
    """The file it is in, where the source stands for many files."""
    sha256: str = ""


@dataclass(frozen=True)
class Loaded:
    """A raw table, and the rows that could not be read into it."""

    raw: RawTable
    bad_rows: tuple[BadRow, ...] = ()
    parts: tuple[FilePart, ...] = ()
    """The files it was read from, where those are many."""


class Source(Protocol):
    """One table as given: a text file, a sheet of a workbook, a Parquet file, or one table of a file of several."""

    @property
    def name(self) -> str:
        """How people know it: its path in the folder, with `#` and sheet or table where it holds several."""
        ...

    @property
    def sha256(self) -> Digest:
        """Of the file's bytes as given."""
        ...

    @property
    def size(self) -> int:
        """Of the file as given, in bytes."""
        ...

    @property
    def headers(self) -> tuple[str, ...]:
        """Column names as written; blank ones are left out."""
        ...

    @property
    def layout(self) -> Layout | None:
        """What the format says it carries; None where that has to be found by looking."""
        ...

    @property
    def comma_hint(self) -> bool:
        """Whether the format suggests decimal commas and day before month."""
        ...

    def sample(self) -> dict[str, list[str]]:
        """Up to a few hundred values per column, in order; none for a table without rows."""
        ...

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """The file as a relation that can be read without loading it first, where there is one."""
        ...

    def notes(self) -> tuple[str, ...]:
        """What a person should know of how it is read."""
        ...

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        ...


def internal_columns(headers: Sequence[str]) -> list[str]:
    """Safe column names by position, whatever the headers say."""
    return [f"c{position}" for position in range(len(headers))]


def pick(headers: Sequence[str], wanted: Sequence[str]) -> dict[str, str]:
    """Header -> quoted internal column, for the wanted headers."""
    names = dict(zip(headers, internal_columns(headers), strict=True))
    return {header: identifier(names[header]) for header in dict.fromkeys(wanted)}
