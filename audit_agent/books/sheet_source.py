"""Workbooks, opened only after their parts have been measured."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastexcel
import pyarrow as pa

from audit_agent.books.dialect import refuse_duplicates
from audit_agent.books.errors import DamagedFileError, TooLargeError, unreadable
from audit_agent.books.limits import MEGABYTE, ImportLimits
from audit_agent.books.source import Layout, Loaded, RawTable, internal_columns, pick
from audit_agent.books.survey import file_digest
from audit_agent.books.workbench import Workbench
from audit_agent.domain.record import Digest

_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_LONG_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]{2,}(?:[eE][-+]?[0-9]+)?")
_HEADER_ROWS = 40


@dataclass(frozen=True)
class SheetSource:
    """One sheet of a workbook, as rows of text."""

    name: str
    sha256: Digest
    size: int
    headers: tuple[str, ...]
    positions: tuple[int, ...]
    header_row: int
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    """Source row and cells, rows without any text left out."""

    @property
    def layout(self) -> Layout | None:
        """None: its columns can be called anything."""
        return None

    @property
    def comma_hint(self) -> bool:
        """A sheet stores numbers, not their spelling."""
        return False

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        return {
            header: [cells[position] or "" for _, cells in self.rows[:300]]
            for header, position in zip(self.headers, self.positions, strict=True)
        }

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        names = internal_columns(self.headers)
        data: dict[str, Any] = {"row": pa.array([row for row, _ in self.rows], pa.int64())}
        for header, name, position in zip(self.headers, names, self.positions, strict=True):
            if header in columns:
                data[name] = pa.array([cells[position] for _, cells in self.rows], pa.string())
        table = bench.fresh_name("raw")
        bench.arrow_table(table, pa.table(data))
        raw = RawTable(table, pick(self.headers, columns), '"row"', len(self.rows))
        return Loaded(raw)

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """None: a sheet is always loaded."""
        return None

    def notes(self) -> tuple[str, ...]:
        """Where the header is, when it is not in the first row."""
        if self.header_row == 1:
            return ()
        return (f"The header is in row {self.header_row}; rows above it are left out.",)


def open_workbook(path: Path, name: str, limits: ImportLimits, header_row: int | None = None) -> Iterator[SheetSource]:
    """Every sheet that holds anything; raises DamagedFileError, TooLargeError, DuplicateHeaderError."""
    try:
        measure_workbook(path, name, limits)
        sha256, size = file_digest(path), path.stat().st_size
        reader = fastexcel.read_excel(path)
    except OSError as error:
        raise unreadable(path, error) from error
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        raise _damaged(name, error) from error
    for sheet in reader.sheet_names:
        try:
            loaded = reader.load_sheet(sheet, header_row=None, dtypes="string")
        except fastexcel.FastExcelError as error:
            raise _damaged(f"{name}#{sheet}", error) from error
        source = _sheet(f"{name}#{sheet}", sha256, size, loaded.to_arrow(), header_row)
        if source is not None:
            yield source


def measure_workbook(path: Path, name: str, limits: ImportLimits) -> None:
    """Raise TooLargeError when opening the workbook would take more than the limits allow."""
    with zipfile.ZipFile(path) as archive:
        total = sum(part.file_size for part in archive.infolist())
        if total > limits.workbook:
            raise TooLargeError(
                f"{name} unpacks to {total // MEGABYTE:,} MB; {limits.workbook // MEGABYTE:,} MB are allowed.",
                "Save it as CSV: a workbook of that size is slow to read and easy to break.",
            )
        for part in archive.infolist():
            if _SHEET_PART.fullmatch(part.filename):
                _measure_sheet(archive, part, name, limits)


def _measure_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: ImportLimits) -> None:
    """Readers reserve the whole rectangle up to the last cell, so its corner is looked for first."""
    last_column = last_row = read = 0
    with archive.open(part) as file:
        rest = b""
        while chunk := file.read(MEGABYTE):
            read += len(chunk)
            if read > limits.workbook:
                raise TooLargeError(f"{name} unpacks to more than it declares.", "Save it as CSV.")
            for column, row in _CELL.findall(rest + chunk):
                last_column = max(last_column, _column_number(column))
                last_row = max(last_row, int(row))
            rest = chunk[-200:]
    if last_column * last_row > limits.cells:
        raise TooLargeError(
            f"{name} has a sheet of {last_row:,} rows by {last_column:,} columns; {limits.cells:,} cells are allowed.",
            "Delete stray cells far from the table, or save the sheet as CSV.",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet(name: str, sha256: Digest, size: int, arrow: Any, header_row: int | None) -> SheetSource | None:
    columns = [column.to_pylist() for column in arrow.columns]
    rows = [
        (number, tuple(_cell(value) for value in values)) for number, values in enumerate(zip(*columns, strict=True), 1)
    ]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return None
    header = _header_position(rows, header_row)
    number, cells = rows[header]
    headers = tuple((cell or "").strip() for cell in cells)
    refuse_duplicates(headers, name)
    named = [position for position, text in enumerate(headers) if text]
    return SheetSource(
        name, sha256, size, tuple(headers[at] for at in named), tuple(named), number, tuple(rows[header + 1 :])
    )


def _header_position(rows: list[tuple[int, tuple[str | None, ...]]], wanted: int | None) -> int:
    """The row asked for, or the first that is about as wide as the widest."""
    if wanted is not None:
        return next((at for at, (number, _) in enumerate(rows) if number >= wanted), 0)
    widths = [sum(bool(cell) for cell in cells) for _, cells in rows[:_HEADER_ROWS]]
    return next(at for at, width in enumerate(widths) if width * 10 >= max(widths) * 7)


def _cell(value: str | None) -> str | None:
    """A cell's text; numbers at the 15 digits Excel itself shows, because it stores binary fractions."""
    if value is None or not value.strip():
        return None
    text = value.strip()
    if len(text) > 15 and _LONG_NUMBER.fullmatch(text) and ("." in text or "e" in text.lower()):
        return f"{Decimal(f'{Decimal(text):.15g}'):f}"
    return text


def _damaged(name: str, error: Exception) -> DamagedFileError:
    reason = str(error).splitlines()[0] if str(error) else error.__class__.__name__
    return DamagedFileError(
        f"{name} cannot be opened as a workbook: {reason}.",
        "Open it in a spreadsheet program and save it again as .xlsx, or export it as CSV.",
    )
