"""Plain text and CSV: the lines as they stand."""

import csv
import re
from collections.abc import Iterator

from audit_agent.documents.text.decoding import decode
from audit_agent.documents.text.errors import DamagedDocumentError
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Piece

_COLUMN_GAP = re.compile(r"\t+| {3,}")
_LONGEST_FIELD = 1_000_000


def read_text(data: bytes, limits: TextLimits) -> list[Piece]:
    """Lines; a tab or three blanks part the cells of one."""
    return lines_of_text(decode(data), limits)


def lines_of_text(text: str, limits: TextLimits, gatherer: Gatherer | None = None, first: int = 1) -> list[Piece]:
    """The same for text already decoded; `first` is the number of the first line."""
    gatherer = gatherer or Gatherer(limits)
    for number, line in enumerate(_lines(text), start=first):
        for cell, part in enumerate(filter(str.strip, _COLUMN_GAP.split(line)), start=1):
            gatherer.add(part, line=number, cell=cell)
    return gatherer.pieces


def _lines(text: str) -> Iterator[str]:
    """One at a time; a form feed is no new line for whoever counts in an editor."""
    start = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def read_csv(data: bytes, limits: TextLimits) -> list[Piece]:
    """Rows and cells, with the first row's words as labels of the others."""
    text = decode(data)
    gatherer = Gatherer(limits)
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(_lines(text), _dialect(text))
    header: list[str] = []
    try:
        for row in reader:
            for cell, value in enumerate(row, start=1):
                label = header[cell - 1] if cell <= len(header) else ""
                gatherer.add(value, line=reader.line_num, cell=cell, label=label)
            header = header or [value.strip()[:80] for value in row]
    except csv.Error as error:
        raise DamagedDocumentError(f"Row {reader.line_num} of the CSV: {error}.", "Export it again.") from error
    return gatherer.pieces


def _dialect(text: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = max(";,\t|", key=text[:10_000].split("\n", 1)[0].count)

    return Found
