"""What every kind of set yields, one at a time, before it is frozen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit_agent.domain.documents import BooksRow, RejectedDocument, SetKind


@dataclass(frozen=True)
class Candidate:
    """Something that was named as a document."""

    source: str
    """As it was written: an address, or a path."""
    file: str = ""
    """The list or table that names it; rejects are said to be of this file."""
    row: int | None = None
    supports: BooksRow | None = None
    size: int | None = None
    """Where the listing says it."""


Found = Candidate | RejectedDocument


class DocumentSet(Protocol):
    """A set as given."""

    @property
    def kind(self) -> SetKind:
        """What it was given as."""
        ...

    @property
    def root(self) -> Path | None:
        """The folder its paths are relative to; None where it names no files."""
        ...

    @property
    def ordered(self) -> bool:
        """Whether the order of the set is its own; if not, it is sorted by source."""
        ...

    def found(self) -> Iterator[Found]:
        """Everything in it, streamed."""
        ...
