"""XML files: which format the first element says, and the tables of it."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lxml import etree

from audit_agent.books.camt053 import NAMESPACE as CAMT053
from audit_agent.books.camt053 import camt053_tables
from audit_agent.books.einvoices import EInvoices, is_einvoice
from audit_agent.books.errors import NoBooksError, unreadable
from audit_agent.books.saft import ROOT as SAFT_ROOT
from audit_agent.books.saft import read_saft
from audit_agent.books.source import Source
from audit_agent.books.survey import file_digest
from audit_agent.books.workbench import Workbench
from audit_agent.books.xaf import ROOT as XAF_ROOT
from audit_agent.books.xaf import read_xaf
from audit_agent.books.xml_stream import damaged
from audit_agent.books.xml_tables import XmlFile
from audit_agent.domain.record import Digest

_HEAD = 65_536
_Reader = Callable[[Path, XmlFile, Workbench, str], Iterable[Source]]


def open_xml(
    path: Path, name: str, bench: Workbench, einvoices: EInvoices, given: tuple[Digest, int] | None = None
) -> Iterator[Source]:
    """The tables of an XML file; an e-invoice joins the others instead.

    `given` is digest and size as given, when `path` is an expanded copy.
    Raises NoBooksError when it is XML of another kind, DamagedFileError, TooLargeError,
    UnknownVersionError, BooksPathError.
    """
    try:
        root = root_of(path, name)
        sha256, size = given or (file_digest(path), path.stat().st_size)
        if is_einvoice(root):
            einvoices.add(path, name, sha256, size)
            return
        reader = _reader(root)
        yield from reader(path, XmlFile(name, sha256, size), bench, root)
    except OSError as error:
        raise unreadable(path, error) from error


def _reader(root: str) -> _Reader:
    """SAF-T and XAF begin with the same word; the namespace tells, and without it the capital letters do."""
    qualified = etree.QName(root)
    word, namespace = str(qualified.localname), str(qualified.namespace or "").casefold()
    if word.casefold() == XAF_ROOT:
        return read_xaf if "xaf" in namespace or "auditfilefinancieel" in namespace or word != SAFT_ROOT else read_saft
    if CAMT053 in namespace:
        return camt053_tables
    raise NoBooksError(
        f"It is XML, but neither SAF-T, XAF, camt.053 nor an e-invoice: its first element is {word}.", "Leave it out."
    )


def root_of(path: Path, name: str) -> str:
    """The name of the first element, with its namespace as `{namespace}name`; raises DamagedFileError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    parser = etree.XMLPullParser(("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    reason = "it ends before its first element"
    try:
        parser.feed(head)
    except etree.XMLSyntaxError as error:
        reason = str(error.msg)
    for _, element in parser.read_events():
        return str(element.tag)
    raise damaged(name, head.count(b"\n") + 1, reason, cut_short=len(head) < _HEAD)
