"""Files of bank statements, recognised by what is in them."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from audit_agent.books import camt053, mt940
from audit_agent.books.bank_records import Record
from audit_agent.books.bank_source import BankFile, bank_sources
from audit_agent.books.dialect import SNIFF_BYTES, decide_encoding
from audit_agent.books.errors import unreadable
from audit_agent.books.limits import ImportLimits
from audit_agent.books.source import Source
from audit_agent.books.survey import file_digest, survey
from audit_agent.books.workbench import Workbench
from audit_agent.domain.record import Digest

BANK_SUFFIXES = (".sta", ".mt940", ".940", ".mt942", ".942", ".swi", ".fin", ".xml", ".camt", ".c53")
"""How files of statements are called, besides names of text files."""

_BY_LINE = "Source_Row is the line of the file."
_BY_NUMBER = "Source_Row counts transactions and statements in the order of the file."


def open_bank(
    path: Path,
    name: str,
    limits: ImportLimits,
    bench: Workbench,
    given: tuple[Digest, int] | None = None,
    encoding: str | None = None,
) -> tuple[Source, ...]:
    """The tables of a file of statements; none when it is something else.

    `given` is digest and size of the file as it was given, when `path` is an expanded copy; `encoding` what a person
    said. Raises DamagedFileError, TooLargeError, BooksPathError.
    """
    try:
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
        if _is_xml(head):
            if not camt053.looks_like_camt053(head):
                return ()
            sha256, size = given or (file_digest(path), path.stat().st_size)
            bank = BankFile(name, sha256, size, camt053.FORMAT, _BY_NUMBER)
            return bank_sources(bank, camt053.read_camt053(path, name), bench)
        if not mt940.looks_like_mt940(head.decode("latin-1").replace("\r", "\n")):
            return ()
        found = survey(path, name, limits.line)
        chosen = (encoding, "strict") if encoding else decide_encoding(head, found.utf8, found.foreign)
        bank = BankFile(name, *(given or (found.sha256, found.size)), mt940.FORMAT, _BY_LINE)
        return bank_sources(bank, _messages(path, *chosen), bench)
    except OSError as error:
        raise unreadable(path, error) from error


def _is_xml(head: bytes) -> bool:
    text = head.replace(b"\0", b"").lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + b" \t\r\n")
    return text.startswith(b"<")


def _messages(path: Path, encoding: str, errors: str) -> Iterator[Record]:
    with path.open(encoding=encoding, errors=errors) as lines:
        yield from mt940.read_mt940(lines)
