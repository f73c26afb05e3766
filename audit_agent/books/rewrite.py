"""The careful way through a text file: one record at a time, resynchronising after every broken one."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from audit_agent.books.dialect import Dialect
from audit_agent.books.errors import DamagedFileError
from audit_agent.books.source import BadRow
from audit_agent.books.survey import Survey

_RECORD_LINES = 50
"""A quoted field that spans more lines than this is a quote that was never closed."""


def rewrite(
    path: Path, name: str, dialect: Dialect, found: Survey, clean: Path | None = None
) -> Iterator[list[str] | BadRow]:
    """Yield `[line number, *fields]` per good record, and a BadRow per record that cannot be split.

    With `clean`, good records are written there as plain CSV and only bad ones are yielded.
    Raises DamagedFileError when the text is not in the encoding it seemed to be in.
    """
    records = _records(path, name, dialect, found)
    if clean is None:
        yield from records
        return
    with clean.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for record in records:
            if isinstance(record, BadRow):
                yield record
            else:
                writer.writerow(record)


def _records(path: Path, name: str, dialect: Dialect, found: Survey) -> Iterator[list[str] | BadRow]:
    try:
        with path.open(encoding=dialect.encoding, errors=dialect.errors, newline=_line_end(dialect, found)) as file:
            yield from _split_records(_Lines(file), dialect)
    except UnicodeError as error:
        raise DamagedFileError(
            f"{name} is not {dialect.encoding} throughout: {error.__class__.__name__}.",
            "Name its encoding in the mapping file (`encoding:`), or export it again as UTF-8.",
        ) from error


def _line_end(dialect: Dialect, found: Survey) -> str | None:
    """A stray carriage return inside a field is not a line end where lines end in line feeds."""
    if dialect.encoding.startswith("utf-16") or found.line_feeds == 0:
        return None
    return "\n"


class _Lines:
    """Numbered lines that can be looked ahead at."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._ahead: list[str] = []
        self.number = 0

    def take(self) -> str | None:
        """The next line without its end; None at the end."""
        if self._ahead:
            line: str | None = self._ahead.pop(0)
        else:
            line = self._read()
        self.number += line is not None
        return line

    def peek(self, distance: int) -> str | None:
        """The line that many behind the next one."""
        while len(self._ahead) <= distance:
            line = self._read()
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[distance]

    def _read(self) -> str | None:
        line = self._file.readline()
        return line.rstrip("\r\n") if line else None

    def drop(self, count: int) -> None:
        """Pass over lines looked at."""
        del self._ahead[:count]
        self.number += count


def _split_records(lines: _Lines, dialect: Dialect) -> Iterator[list[str] | BadRow]:
    width = len(dialect.headers)
    while lines.number < dialect.header_line:
        if lines.take() is None:
            return
    while (line := lines.take()) is not None:
        if not line or line.isspace():
            continue
        number = lines.number
        fields, used = _fields(line, lines, dialect.delimiter)
        problem = _problem(line, fields, width, dialect)
        if problem or fields is None:
            shown = line[:200].encode("utf-8", "backslashreplace").decode()
            yield BadRow(number, shown, problem)
            continue
        if used:
            lines.drop(used)
        yield [str(number), *fields[:width]]


def _fields(line: str, lines: _Lines, delimiter: str) -> tuple[list[str] | None, int]:
    """The fields of the record that starts with this line, and how many further lines it takes."""
    if '"' not in line:
        return line.split(delimiter), 0
    text = line
    for used in range(_RECORD_LINES):
        try:
            return next(csv.reader([text], delimiter=delimiter, strict=True)), used
        except csv.Error as error:
            if "unexpected end" not in str(error):
                return _escaped_quotes(line, delimiter), 0
        following = lines.peek(used)
        if following is None:
            break
        text = f"{text}\n{following}"
    return None, 0


def _escaped_quotes(line: str, delimiter: str) -> list[str] | None:
    r"""Fields of a line that writes quotes as `\"`; None when that does not explain it either."""
    if '\\"' not in line:
        return None
    reader = csv.reader([line], delimiter=delimiter, doublequote=False, escapechar="\\", strict=True)
    try:
        return next(reader)
    except csv.Error:
        return None


def _problem(line: str, fields: list[str] | None, width: int, dialect: Dialect) -> str:
    if fields is None:
        return "has a quote that is never closed, or text behind a closing quote"
    if len(fields) != width and (len(fields) < width or any(field.strip() for field in fields[width:])):
        return f"has {len(fields)} fields where the header has {width}"
    if dialect.errors == "surrogateescape" and any("\udc80" <= char <= "\udcff" for char in line):
        return "has bytes that are not UTF-8"
    if "\0" in line:
        return "has a zero byte"
    return ""
