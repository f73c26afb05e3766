"""Large XML in constant memory: no tree is built, only the values somebody asks for are kept.

Elements go by their local names, because every country has a namespace of its own for the same standard.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from audit_agent.books.errors import DamagedFileError, TooLargeError

_CHUNK = 65_536
_DEPTH = 200
_TEXT = 1_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class Scope:
    """An element that has been asked for: where it starts, and the first text of each element wanted below it."""

    path: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    """Path below the element -> text without blanks around it; elements without text are left out."""

    def first(self, *paths: str) -> str:
        """The first of these that has a value; empty when none has."""
        return next((self.values[path] for path in paths if path in self.values), "")


Ended = Callable[[Scope, list[Scope]], None]
"""Takes an element that has ended, and the scopes it stands in, outermost first."""


@dataclass
class _Node:
    """What is wanted at and below one element."""

    path: str = ""
    scope: bool = False
    leaf: str | None = None
    """The name of its text within the scope it stands in."""
    below: dict[str, "_Node"] = field(default_factory=dict)

    def at(self, path: str) -> "_Node":
        """The node of a path below this one, made where it is new."""
        node = self
        for name in path.split("/"):
            node = node.below.setdefault(name, _Node())
        return node


def read_stream(path: Path, name: str, wanted: Mapping[str, str], ended: Ended) -> None:
    """Read a file and report each wanted element when it ends.

    `wanted` maps the path of an element below the root to the paths, divided by blanks, of the texts wanted below it.
    Raises DamagedFileError for XML that is cut short, in another encoding than it says, or that declares a document
    type, TooLargeError for nesting or texts without end; the message says the line.
    """
    target = _Target(wanted, ended)
    encoding = "utf-8" if _is_utf16(path) else None
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
    )
    chunks = _chunks(path, recode=encoding is not None)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            target.line += chunk.endswith(b"\n")
        parser.close()
    except etree.XMLSyntaxError as error:
        raise damaged(name, target.line, str(error.msg), cut_short=next(chunks, None) is None) from error
    except UnicodeError as error:
        raise damaged(name, target.line, "it is not UTF-16 throughout, invalid encoding") from error
    except _DocumentType as error:
        raise DamagedFileError(
            f"{name}, line {target.line}: the XML declares a document type, which may define entities without end.",
            "No audit file or e-invoice has one. Ask whoever made it, or remove the declaration.",
        ) from error
    except _Endless as error:
        raise TooLargeError(
            f"{name}, line {target.line}: {error}.", "That is no table of books. Check where the file comes from."
        ) from error


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in _UTF16


def _chunks(path: Path, recode: bool) -> Iterator[bytes]:
    """Lines, cut where they are long; a line of UTF-16 cannot be told by its bytes, so that is recoded."""
    if recode:
        with path.open(encoding="utf-16", newline="\n") as text:
            while line := text.readline(_CHUNK):
                yield line.encode()
    else:
        with path.open("rb") as file:
            while chunk := file.readline(_CHUNK):
                yield chunk


def damaged(name: str, line: int, reason: str, cut_short: bool = False) -> DamagedFileError:
    """The error for XML that cannot be read on from a line; `cut_short` when that is the last one."""
    reason = re.sub(r",? line \d+, column \d+$", "", reason)
    if "ncoding" in reason or "UTF-8" in reason:
        advice = "Its first line names an encoding that it is not written in. Export it again as UTF-8."
    elif cut_short:
        advice = "The copy is incomplete: transfer or export it again."
    else:
        advice = "Export it again; no table of it is imported until it can be read to its end."
    return DamagedFileError(f"{name} is damaged XML, line {line}: {reason}.", advice)


class _DocumentType(Exception):
    """The XML has a DOCTYPE."""


class _Endless(Exception):
    """Elements within elements, or a text, beyond what any file of books has."""


class _Target:
    """Follows the elements of a document and keeps the wanted texts."""

    def __init__(self, wanted: Mapping[str, str], ended: Ended) -> None:
        self.line = 1
        self._ended = ended
        self._root = _Node()
        for path, leaves in wanted.items():
            scope = self._root.at(path)
            scope.scope, scope.path = True, path
            for leaf in leaves.split():
                scope.at(leaf).leaf = leaf
        self._nodes: list[_Node | None] = []
        self._scopes: list[Scope] = []
        self._text: list[str] = []
        self._length = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse: entities can only be declared here."""
        raise _DocumentType

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if len(self._nodes) >= _DEPTH:
            raise _Endless(f"elements are nested more than {_DEPTH} deep")
        above = self._nodes[-1] if self._nodes else None
        node = self._root if not self._nodes else above and above.below.get(tag.rpartition("}")[2])
        self._nodes.append(node or None)
        if node is not None:
            self._text, self._length = [], 0
            if node.scope:
                self._scopes.append(Scope(node.path, self.line))

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        node = self._nodes[-1]
        if node is not None and node.leaf is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > _TEXT:
                raise _Endless(f"a text is longer than {_TEXT:,} characters")

    def end(self, tag: str) -> None:
        """An element ends."""
        node = self._nodes.pop()
        if node is None:
            return
        if node.leaf is not None and (text := "".join(self._text).strip()):
            self._scopes[-1 - node.scope].values.setdefault(node.leaf, text)
        self._text = []
        if node.scope:
            self._ended(self._scopes.pop(), self._scopes)

    def close(self) -> None:
        """Nothing is kept."""
