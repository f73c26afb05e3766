"""XML read as data: every element with text becomes a piece whose label is its path."""

from collections import Counter

from lxml import etree

from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Piece
from audit_agent.documents.text.xml import local, parse_xml


def read_xml(data: bytes, limits: TextLimits) -> list[Piece]:
    """Labels are like `Invoice/InvoiceLine[2]/LineExtensionAmount`, a first not numbered; attributes end in `@name`."""
    gatherer = Gatherer(limits)
    cells: Counter[int] = Counter()
    stack: list[tuple[str, Counter[str]]] = []
    for event, element in etree.iterwalk(parse_xml(data, limits), events=("start", "end")):
        if event == "end":
            stack.pop()
            continue
        path = _path(element, stack)
        stack.append((path, Counter()))
        line = element.sourceline or 1
        for label, text in _texts(element, path):
            cells[line] += 1
            gatherer.add(text, line=line, cell=cells[line], label=label)
    return gatherer.pieces


def _path(element: etree._Element, stack: list[tuple[str, Counter[str]]]) -> str:
    name = local(element)
    if not stack:
        return name
    above, counted = stack[-1]
    counted[name] += 1
    return f"{above}/{name}" if counted[name] == 1 else f"{above}/{name}[{counted[name]}]"


def _texts(element: etree._Element, path: str) -> list[tuple[str, str]]:
    texts = [(path, element.text or "")]
    texts += [(path, child.tail) for child in element if child.tail]
    texts += [(f"{path}@{etree.QName(name).localname}", value) for name, value in element.items()]
    return [(label, text) for label, text in texts if text.strip()]
