"""Delimited text: straight into DuckDB when it is well-formed, through a careful rewrite when it is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from audit_agent.books.dialect import SNIFF_BYTES, Dialect, decide_encoding, refuse_binary, sniff
from audit_agent.books.errors import unreadable
from audit_agent.books.limits import ImportLimits
from audit_agent.books.rewrite import rewrite
from audit_agent.books.source import Layout, Loaded, RawTable, internal_columns, pick
from audit_agent.books.survey import Survey, survey
from audit_agent.books.workbench import Workbench, file_literal, literal
from audit_agent.domain.record import Digest

_SAMPLE_ROWS = 300


@dataclass(frozen=True)
class TextSource:
    """One delimited text file. `path` is the text itself, already expanded when it came compressed."""

    name: str
    sha256: Digest
    size: int
    path: Path
    dialect: Dialect
    found: Survey

    @property
    def headers(self) -> tuple[str, ...]:
        """Column names as written; blank ones are left out."""
        return tuple(header for header in self.dialect.headers if header)

    @property
    def layout(self) -> Layout | None:
        """None: its columns can be called anything."""
        return None

    @property
    def comma_hint(self) -> bool:
        """A semicolon separates fields where the comma separates decimals."""
        return self.dialect.delimiter == ";"

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        values: dict[str, list[str]] = {header: [] for header in self.headers}
        rows = rewrite(self.path, self.name, self.dialect, self.found)
        for row, _ in zip((row for row in rows if isinstance(row, list)), range(_SAMPLE_ROWS), strict=False):
            for header, cell in zip(self.dialect.headers, row[1:], strict=True):
                if header:
                    values[header].append(cell.strip())
        return values

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        if self._looks_clean():
            raw = self._load_directly(bench, columns)
            if raw is not None:
                return Loaded(raw)
        return self._load_rewritten(bench, columns)

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """The file itself as a relation, where nothing speaks against one record per line.

        Reading it may yet fail, or give another number of rows than this promises.
        """
        if not self._looks_clean():
            return None
        return RawTable(self._relation(self.path), pick(self.dialect.headers, columns), "NULL", self.found.lines - 1)

    def _looks_clean(self) -> bool:
        dialect = self.dialect
        plain = dialect.encoding in ("utf-8", "utf-8-sig") and dialect.errors == "strict"
        return plain and dialect.header_line == 1 and self.found.line_end is not None

    def _load_directly(self, bench: Workbench, columns: Sequence[str]) -> RawTable | None:
        """None when DuckDB's strict reader objects, or does not see one record per line."""
        name = bench.fresh_name("raw")
        try:
            bench.run(f"CREATE TABLE {name} AS SELECT {self._selected(columns)} FROM {self._relation(self.path)}")
        except duckdb.InvalidInputException:
            return None
        (rows,) = bench.one(f"SELECT count(*) FROM {name}")
        if rows != self.found.lines - 1:
            bench.run(f"DROP TABLE {name}")
            return None
        return RawTable(name, pick(self.dialect.headers, columns), "rowid + 2", rows)

    def _load_rewritten(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        clean = bench.folder / bench.fresh_name("clean")
        bad = tuple(
            row for row in rewrite(self.path, self.name, self.dialect, self.found, clean) if not isinstance(row, list)
        )
        name = bench.fresh_name("raw")
        relation = self._relation(clean, rewritten=True)
        bench.run(f'CREATE TABLE {name} AS SELECT "row", {self._selected(columns)} FROM {relation}')
        clean.unlink()
        (rows,) = bench.one(f"SELECT count(*) FROM {name}")
        raw = RawTable(name, pick(self.dialect.headers, columns), 'CAST("row" AS BIGINT)', rows)
        return Loaded(raw, bad)

    def _selected(self, columns: Sequence[str]) -> str:
        return ", ".join(pick(self.dialect.headers, columns).values())

    def _relation(self, path: Path, rewritten: bool = False) -> str:
        """SQL that reads the file, or its rewritten copy with row numbers, strictly and as text."""
        names = [*(["row"] if rewritten else []), *internal_columns(self.dialect.headers)]
        declared = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        header, delimiter = ("false", ",") if rewritten else ("true", self.dialect.delimiter)
        return (
            f"read_csv({file_literal(path)}, header = {header}, auto_detect = false, delim = {literal(delimiter)}, "
            f"quote = '\"', escape = '\"', strict_mode = true, columns = {{{declared}}})"
        )

    def notes(self) -> tuple[str, ...]:
        """How the file is written, where that is not the usual way."""
        encoding, delimiter = self.dialect.encoding, self.dialect.delimiter
        notes = []
        if encoding not in ("utf-8", "utf-8-sig"):
            notes.append(f"Read as {encoding}.")
        if delimiter != ",":
            shown = {"\t": "a tab", " ": "a blank"}.get(delimiter, repr(delimiter))
            notes.append(f"Fields are separated by {shown}.")
        if self.dialect.header_line > 1:
            notes.append(f"The header is in line {self.dialect.header_line}; lines above it are left out.")
        return tuple(notes)


def open_text(
    path: Path,
    name: str,
    limits: ImportLimits,
    given: tuple[Digest, int] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_line: int | None = None,
) -> TextSource:
    """Survey and sniff a text file.

    `given` is digest and size of the file as it was given, when `path` is an expanded copy; the other arguments
    override what sniffing finds. Raises DamagedFileError, TooLargeError, DuplicateHeaderError, BooksPathError.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
        refuse_binary(head, name)
        found = survey(path, name, limits.line)
    except OSError as error:
        raise unreadable(path, error) from error
    chosen, errors = (encoding, "strict") if encoding else decide_encoding(head, found.utf8, found.foreign)
    dialect = sniff(head, chosen, errors, name, delimiter, header_line)
    sha256, size = given or (found.sha256, found.size)
    return TextSource(name, sha256, size, path, dialect, found)
