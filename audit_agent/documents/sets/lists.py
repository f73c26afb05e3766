"""A text or CSV file that names documents, one a line: addresses, or paths below the folder of the list."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audit_agent.documents.errors import DocumentListError, unreadable
from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.domain.documents import BooksRow, RejectedDocument, SetKind

LIST_SUFFIXES = (".txt", ".csv", ".tsv")
SOURCE_COLUMNS = ("source", "url", "uri", "link", "path", "file", "document")
_TABLE, _SOURCE_FILE, _SOURCE_ROW = "table", "source_file", "source_row"
_LINE_BYTES = 64 * 1024
_DIGITS = 15
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class ListSet:
    """A list file. A CSV file has a header; its other columns say which row of the books a document supports."""

    path: Path
    kind: SetKind = SetKind.LIST
    ordered: bool = True

    @property
    def root(self) -> Path:
        """The folder of the list."""
        return self.path.parent

    def found(self) -> Iterator[Found]:
        """The lines in their order. Raises DocumentsPathError and DocumentListError."""
        try:
            if self.path.suffix.lower() == ".txt":
                yield from self._plain()
            else:
                yield from self._table()
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _plain(self) -> Iterator[Found]:
        for number, line in enumerate(_lines(self.path), start=1):
            source = line.strip()
            if source and not source.startswith("#"):
                yield Candidate(source, self.path.name, number)

    def _table(self) -> Iterator[Found]:
        lines = _lines(self.path)
        header = next(lines, "")
        delimiter = max(_DELIMITERS, key=header.count)
        columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        source = _source_column(self.path, columns)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            try:
                values = next(rows, None)
            except csv.Error as error:
                raise _malformed(self.path, rows.line_num + 1, str(error)) from error
            if values is None:
                return
            if any(values):
                # A quoted value may span lines, so rows count as an editor shows the line a row ends on.
                yield self._row(rows.line_num + 1, columns, values, source)

    def _row(self, number: int, columns: list[str], values: list[str], source: str) -> Found:
        if len(values) != len(columns):
            reason = f"it has {len(values)} values where the header has {len(columns)}"
            return RejectedDocument(file=self.path.name, row=number, value=" ".join(values)[:200], reason=reason)
        row = {column: value.strip() for column, value in zip(columns, values, strict=True)}
        named = row.pop(source)
        if not named:
            return RejectedDocument(file=self.path.name, row=number, value="", reason=f"its {source} is empty")
        return Candidate(named, self.path.name, number, _supported(row))


def _source_column(path: Path, columns: list[str]) -> str:
    """The column that names the documents. Raises DocumentListError when there is none, or two of a name."""
    if len(set(columns)) < len(columns):
        raise _malformed(path, 1, "two columns have the same name")
    for wanted in SOURCE_COLUMNS:
        found = [column for column in columns if column.lower() == wanted]
        if found:
            return found[0]
    raise _malformed(path, 1, f"no column is named {', '.join(SOURCE_COLUMNS[:-1])} or {SOURCE_COLUMNS[-1]}")


def _supported(row: dict[str, str]) -> BooksRow | None:
    """The row of the books that the other columns name; None where they are empty."""
    given = {column: value for column, value in row.items() if value}
    if not given:
        return None
    places = {column.lower(): column for column in given}
    table, file = (given.pop(places[name], None) if name in places else None for name in (_TABLE, _SOURCE_FILE))
    number = places.get(_SOURCE_ROW)
    written = given[number] if number else ""
    source_row = int(written) if written.isdecimal() and len(written) <= _DIGITS else None
    if number and source_row is not None:
        del given[number]
    return BooksRow(table=table, source_file=file, source_row=source_row, keys=given)


def _lines(path: Path) -> Iterator[str]:
    """Lines of bounded length. Raises DocumentListError."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LINE_BYTES + 1):
            number += 1
            if len(line) > _LINE_BYTES:
                raise _malformed(path, number, f"the line is longer than {_LINE_BYTES:,} bytes")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise _malformed(path, number, "the line is not UTF-8") from error


def _malformed(path: Path, line: int, reason: str) -> DocumentListError:
    return DocumentListError(f"{path.name}, line {line}: {reason}.", "Correct the list, saved as UTF-8, and try again.")
