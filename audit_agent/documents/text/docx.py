"""DOCX: paragraphs, and tables row by row, from the XML inside."""

from collections.abc import Iterator

from lxml import etree

from audit_agent.documents.text.archive import GuardedZip
from audit_agent.documents.text.errors import DamagedDocumentError
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Piece
from audit_agent.documents.text.xml import local, parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The same words again, for programs that do not know the first form."""
MAIN_PART = "word/document.xml"
_SMALLEST = 4
"""Half points: two points cannot be read."""


def read_docx(archive: GuardedZip, limits: TextLimits) -> list[Piece]:
    """Headers, body and footers; deleted text is left out, text formatted as hidden is marked."""
    if MAIN_PART not in archive.names:
        raise DamagedDocumentError("The DOCX has no document inside.", "Ask for it again.")
    gatherer = Gatherer(limits)
    parts = sorted(archive.names)
    headers = [name for name in parts if name.startswith("word/header")]
    footers = [name for name in parts if name.startswith(("word/footer", "word/footnotes", "word/endnotes"))]
    line = 0
    for part in (*headers, MAIN_PART, *footers):
        for row in _rows(parse_xml(archive.read(part), limits)):
            line += 1
            cells = [run for cell in row for run in _runs(cell)]
            for number, (text, hidden) in enumerate(cells, start=1):
                gatherer.add(text, line=line, cell=number, hidden=hidden)
    return gatherer.pieces


def _rows(root: etree._Element) -> Iterator[list[list[etree._Element]]]:
    """Rows of cells of paragraphs; a paragraph outside a table is a row of one cell."""
    for element in root.iter(f"{_W}p", f"{_W}tr"):
        if local(element) == "tr":
            cells = element.iterchildren(f"{_W}tc")
            yield [[one for one in cell.iter(f"{_W}p") if _nearest(one, "tc") is cell] for cell in cells]
        elif _nearest(element, "tr") is None:
            yield [[element]]


def _runs(paragraphs: list[etree._Element]) -> Iterator[tuple[str, bool]]:
    """The text of a cell; what is hidden is apart from what is shown. A tab parts cells as well."""
    text, hidden = "", False
    for paragraph in paragraphs:
        for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
            concealed = _is_hidden(element)
            if _nearest(element, "p") is not paragraph or next(element.iterancestors(_FALLBACK), None) is not None:
                continue
            if local(element) == "tab" or concealed != hidden:
                yield text, hidden
                text, hidden = "", concealed
            text += (element.text or "") if local(element) == "t" else " "
        text += " "
    yield text, hidden


def _nearest(element: etree._Element, name: str) -> etree._Element | None:
    """What it stands in; tables and boxes of text may stand in one another."""
    return next(element.iterancestors(f"{_W}{name}"), None)


def _is_hidden(element: etree._Element) -> bool:
    run = _nearest(element, "r")
    properties = run.find(f"{_W}rPr") if run is not None else None
    if properties is None:
        return False
    vanish = properties.find(f"{_W}vanish")
    if vanish is not None and vanish.get(f"{_W}val", "true") not in ("0", "false"):
        return True
    size = properties.find(f"{_W}sz")
    if size is not None and (size.get(f"{_W}val") or "").isdigit() and int(size.get(f"{_W}val") or "0") < _SMALLEST:
        return True
    colour = properties.find(f"{_W}color")
    pale = colour is not None and (colour.get(f"{_W}val") or "").upper() == "FFFFFF"
    return pale and not _on_ground(element)


def _on_ground(element: etree._Element) -> bool:
    shades = [shade for around in element.iterancestors() for shade in around.findall(f"./*/{_W}shd")]
    return any((shade.get(f"{_W}fill") or "auto").upper() not in ("AUTO", "FFFFFF") for shade in shades)
