"""Files of MT940 messages, recognised by what is in them."""

from collections.abc import Iterator
from pathlib import Path

from audit_agent.books.bank_records import Record
from audit_agent.books.bank_source import bank_tables
from audit_agent.books.dialect import SNIFF_BYTES, decide_encoding
from audit_agent.books.errors import unreadable
from audit_agent.books.limits import ImportLimits
from audit_agent.books.mt940 import FORMAT, looks_like_mt940, read_mt940
from audit_agent.books.source import Source
from audit_agent.books.survey import survey
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_tables import XmlFile
from audit_agent.domain.record import Digest

MT940_SUFFIXES = (".sta", ".mt940", ".940", ".mt942", ".942", ".swi", ".fin")
"""How files of messages are called, besides names of text files."""

_BY_LINE = "Source_Row is the line of the file."


def open_mt940(
    path: Path,
    name: str,
    limits: ImportLimits,
    bench: Workbench,
    given: tuple[Digest, int] | None = None,
    encoding: str | None = None,
) -> tuple[Source, ...]:
    """The tables of a file of statements; none when it is something else.

    `given` is digest and size of the file as it was given, when `path` is an expanded copy; `encoding` what a person
    said. Raises TooLargeError, BooksPathError.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
        # The tags are the same in every code page, and UTF-16 has blanks between them that are none.
        if not looks_like_mt940(head.replace(b"\0", b"").decode("latin-1").replace("\r", "\n")):
            return ()
        found = survey(path, name, limits.line)
        chosen = (encoding, "strict") if encoding else decide_encoding(head, found.utf8, found.foreign)
        file_ = XmlFile(name, *(given or (found.sha256, found.size)))
        return bank_tables(file_, FORMAT, _BY_LINE, _messages(path, *chosen), bench)
    except OSError as error:
        raise unreadable(path, error) from error


def _messages(path: Path, encoding: str, errors: str) -> Iterator[Record]:
    with path.open(encoding=encoding, errors=errors) as lines:
        yield from read_mt940(lines)
