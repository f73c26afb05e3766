"""HTML: what a browser would show, line by line, rows of tables cell by cell.

What its style hides is kept and marked, since hidden words in evidence are a finding of their own; scripts and
the like, which no browser shows, are dropped.
"""

from lxml import etree

from audit_agent.documents.text.decoding import decode
from audit_agent.documents.text.errors import DamagedDocumentError
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.html_styles import HiddenRules
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Piece

_DROPPED = frozenset("script style template noscript head svg math iframe object embed select textarea title".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark q s samp small span strong sub"
    " sup time tt u var wbr".split()
)
_CELLS = frozenset({"td", "th"})


def read_html(data: bytes, limits: TextLimits) -> list[Piece]:
    """The pieces of a page; `line` counts the lines as shown."""
    return html_pieces(decode(data), Gatherer(limits))


def html_pieces(text: str, gatherer: Gatherer, first: int = 1) -> list[Piece]:
    """The same for text already decoded; `first` is the number of the first line."""
    # Its declaration of an encoding is no longer true.
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode(errors="replace"), parser)
    except etree.XMLSyntaxError as error:
        raise DamagedDocumentError(f"The HTML cannot be read: {error}.", "Ask for it again.") from error
    if root is not None:
        _Page(gatherer, HiddenRules(root), first).read(root)
    return gatherer.pieces


class _Page:
    def __init__(self, gatherer: Gatherer, rules: HiddenRules, first: int) -> None:
        self._gatherer = gatherer
        self._rules = rules
        self._line = first
        self._cell = 1
        self._words: list[str] = []
        self._hidden = False
        self._row_depth = 0

    def read(self, root: etree._Element) -> None:
        hidden = [False]
        skipped = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            name = element.tag.lower() if isinstance(element.tag, str) else ""
            if event == "start":
                skipped += name in _DROPPED
                hidden.append(hidden[-1] or self._rules.hides(element))
                self._boundary(name, opens=True)
                self._say(element.text, hidden[-1], skipped)
            else:
                self._boundary(name, opens=False)
                skipped -= name in _DROPPED
                hidden.pop()
                self._say(element.tail, hidden[-1], skipped)
        self._end_line()

    def _say(self, text: str | None, hidden: bool, skipped: int) -> None:
        if not text or skipped:
            return
        if hidden != self._hidden and text.strip():
            self._end_cell()
            self._hidden = hidden
        self._words.append(text)

    def _boundary(self, name: str, opens: bool) -> None:
        if name in _INLINE:
            return
        if name == "tr":
            self._row_depth += 1 if opens else -1
            self._end_line()
        elif name in _CELLS or self._row_depth > 0:
            self._end_cell()
        else:
            self._end_line()

    def _end_cell(self) -> None:
        before = len(self._gatherer.pieces)
        self._gatherer.add("".join(self._words), line=self._line, cell=self._cell, hidden=self._hidden)
        self._cell += len(self._gatherer.pieces) - before
        self._words = []

    def _end_line(self) -> None:
        self._end_cell()
        if self._cell > 1:
            self._line += 1
            self._cell = 1
