"""Which sources were seen, and in what order they belong: on disk, so that memory does not grow with them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.domain.documents import RejectedDocument

_CACHE_KILOBYTES = 8_192


class Spool:
    """A SQLite file of its own, gone when left. It serves either to sort a set, or to find its duplicates."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "spool.db"

    def __enter__(self) -> Self:
        self._rows = sqlite3.connect(self._path, isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
        self._rows.execute("CREATE TABLE seen (source TEXT PRIMARY KEY, number, reason) WITHOUT ROWID")
        self._rows.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()
        self._path.unlink(missing_ok=True)

    def sorted(self, found: Iterator[Found]) -> Iterator[Found]:
        """The same, by the bytes of the source. For sets whose sources are their own places: folders and prefixes."""
        for item in found:
            if isinstance(item, Candidate):
                self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, NULL)", (item.source, item.size))
            else:
                self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, NULL, ?)", (item.value, item.reason))
        for source, size, reason in self._rows.execute("SELECT * FROM seen ORDER BY source"):
            if reason is None:
                yield Candidate(source, source, size=size)
            else:
                yield RejectedDocument(file=source, value=source, reason=reason)

    def number_of(self, source: str) -> int | None:
        """The number a source was kept with, if it was."""
        kept = self._rows.execute("SELECT number FROM seen WHERE source = ?", (source,)).fetchone()
        return None if kept is None else int(kept[0])

    def keep(self, source: str, number: int) -> None:
        """Remember the number of a source."""
        self._rows.execute("INSERT INTO seen VALUES (?, ?, NULL)", (source, number))
