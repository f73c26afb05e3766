"""XLSX: the cells of every sheet, from the XML inside, so that an empty rectangle costs nothing."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from lxml import etree

from audit_agent.documents.text.archive import GuardedZip
from audit_agent.documents.text.errors import DamagedDocumentError
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Piece
from audit_agent.documents.text.xml import parse_xml

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MAIN_PART = "xl/workbook.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_DATE_LETTERS = re.compile(r"[yd]", re.IGNORECASE)
_NOT_LETTERS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no zone
_DIGITS = 15


class _Book(NamedTuple):
    strings: list[str]
    dated: list[bool]
    since_1904: bool


def read_xlsx(archive: GuardedZip, limits: TextLimits) -> tuple[list[Piece], int]:
    """The pieces and the number of sheets. Hidden sheets, rows and columns are marked as hidden."""
    if MAIN_PART not in archive.names:
        raise DamagedDocumentError("The XLSX has no workbook inside.", "Ask for it again.")
    gatherer = Gatherer(limits)
    workbook = parse_xml(archive.read(MAIN_PART), limits)
    properties = workbook.find(f"{_M}workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    book = _Book(_strings(archive, limits), _dated(archive, limits), since_1904)
    sheets = _sheets(workbook, archive, limits)
    for number, (name, part, hidden) in enumerate(sheets, start=1):
        _read_sheet(parse_xml(archive.read(part), limits), book, gatherer, number, name, hidden)
    return gatherer.pieces, len(sheets)


def _read_sheet(sheet: etree._Element, book: _Book, gatherer: Gatherer, page: int, name: str, hidden: bool) -> None:
    columns = [
        range(int(column.get("min", "0")), int(column.get("max", "0")) + 1)
        for column in sheet.iter(f"{_M}col")
        if column.get("hidden") in ("1", "true")
    ]
    for row in sheet.iter(f"{_M}row"):
        row_hidden = hidden or row.get("hidden") in ("1", "true")
        for cell in row.iterchildren(f"{_M}c"):
            if found := _REFERENCE.fullmatch(cell.get("r") or ""):
                column = _column(found[1])
                concealed = row_hidden or any(column in one for one in columns)
                gatherer.add(
                    _shown(cell, book), page=page, line=int(found[2]), cell=column, label=name, hidden=concealed
                )


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _shown(cell: etree._Element, book: _Book) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _joined(cell)
    value = cell.findtext(f"{_M}v") or ""
    if kind == "s":
        return book.strings[int(value)] if value.isdigit() and int(value) < len(book.strings) else ""
    if kind != "n" or not value:
        return value
    style = cell.get("s", "0")
    dated = style.isdigit() and int(style) < len(book.dated) and book.dated[int(style)]
    return _number(value, dated, book.since_1904)


def _number(value: str, dated: bool, since_1904: bool) -> str:
    """A number as it would be shown: a day where its format says so, else without the noise of binary fractions."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if dated and 0 <= number < 2_958_466:
        day = _FIRST_DAY + timedelta(days=int(number) + (1462 if since_1904 else 0))
        return day.date().isoformat()
    places = max(0, _DIGITS - 1 - number.adjusted()) if number else 0
    rounded = round(number, min(places, 10)) if abs(number) < Decimal(10) ** _DIGITS else number
    return f"{rounded.normalize():f}"


def _strings(archive: GuardedZip, limits: TextLimits) -> list[str]:
    data = archive.read("xl/sharedStrings.xml")
    return [_joined(item) for item in parse_xml(data, limits).iterchildren(f"{_M}si")] if data else []


def _joined(item: etree._Element) -> str:
    """All its runs, without the reading aids of East Asian text."""
    return "".join(
        text.text or "" for text in item.iter(f"{_M}t") if next(text.iterancestors(f"{_M}rPh"), None) is None
    )


def _dated(archive: GuardedZip, limits: TextLimits) -> list[bool]:
    """For each cell style whether it shows a day."""
    data = archive.read("xl/styles.xml")
    if not data:
        return []
    root = parse_xml(data, limits)
    written = {
        form.get("numFmtId"): bool(_DATE_LETTERS.search(_NOT_LETTERS.sub("", form.get("formatCode") or "")))
        for form in root.iter(f"{_M}numFmt")
    }
    styles = root.find(f"{_M}cellXfs")
    ids = [style.get("numFmtId") or "0" for style in styles.iterchildren(f"{_M}xf")] if styles is not None else []
    return [written.get(one, one.isdigit() and int(one) in _DATE_FORMATS) for one in ids]


def _sheets(workbook: etree._Element, archive: GuardedZip, limits: TextLimits) -> list[tuple[str, str, bool]]:
    data = archive.read("xl/_rels/workbook.xml.rels")
    targets = {one.get("Id"): one.get("Target") or "" for one in parse_xml(data, limits)} if data else {}
    return [
        (sheet.get("name") or "", part, sheet.get("state", "visible") != "visible")
        for sheet in workbook.iter(f"{_M}sheet")
        for part in _parts(targets.get(sheet.get(f"{_R}id")), archive)
    ]


def _parts(target: str | None, archive: GuardedZip) -> Iterator[str]:
    part = target.removeprefix("/") if target else ""
    part = part if part.startswith("xl/") else f"xl/{part}"
    if part in archive.names:
        yield part
