"""The files a path stands for, opened as sources; compressed ones are expanded within limits."""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from audit_agent.books.einvoices import EInvoices
from audit_agent.books.errors import BooksPathError, DamagedFileError, NoBooksError, TooLargeError, unreadable
from audit_agent.books.fec import fec_sources
from audit_agent.books.limits import MEGABYTE, ImportLimits
from audit_agent.books.mapping import MAPPING_NAME, FileMapping
from audit_agent.books.mt940_source import MT940_SUFFIXES, open_mt940
from audit_agent.books.parquet_source import open_parquet
from audit_agent.books.sheet_source import open_workbook
from audit_agent.books.source import Source
from audit_agent.books.text_source import open_text
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_source import open_xml
from audit_agent.domain.record import Digest

TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".tab")
_WORKBOOKS = (".xlsx", ".xlsm")
XML_SUFFIXES = (".xml", ".xaf", ".camt", ".c53")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class GivenFile:
    """A file below the given path."""

    path: Path
    name: str
    """Its path relative to the folder, with forward slashes."""

    @property
    def readable(self) -> bool:
        """Whether its name says a kind of file that is read."""
        name = self.name.lower().removesuffix(".gz")
        return name.endswith((*TEXT_SUFFIXES, *MT940_SUFFIXES, *XML_SUFFIXES, *_WORKBOOKS, ".parquet"))


def given_files(path: Path) -> tuple[GivenFile, ...]:
    """All files a path stands for, by name; hidden ones and the mapping file left out.

    Raises BooksPathError when there is no such path, no file in the folder, or a name that cannot be written down.
    """
    try:
        if path.is_file():
            return (_given(path, path.name),)
        if not path.is_dir():
            raise BooksPathError(f"There is nothing at {path}.", "Give the path of a file or folder with books.")
        found = [item for item in path.rglob("*") if item.is_file() and not _hidden(item.relative_to(path))]
    except OSError as error:
        raise unreadable(path, error) from error
    files = sorted((_given(item, item.relative_to(path).as_posix()) for item in found), key=lambda file: file.name)
    files = [file for file in files if file.name != MAPPING_NAME]
    if not files:
        raise BooksPathError(f"The folder {path} holds no files.", "Put the exports of the books into it.")
    return tuple(files)


def _given(path: Path, name: str) -> GivenFile:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
        advice = "Rename it: every row is to say which file it came from."
        raise BooksPathError(f"The file name {shown} is not UTF-8.", advice) from error
    return GivenFile(path, name)


@contextmanager
def unchanged(file: GivenFile) -> Iterator[None]:
    """Raise BooksPathError if the file changes within the block: digest and rows would be of different contents."""
    before = _stamp(file.path)
    try:
        yield
    except (OSError, duckdb.Error) as error:
        _refuse_change(file, before, error)
        raise
    _refuse_change(file, before)


def _refuse_change(file: GivenFile, before: tuple[int, ...] | None, error: Exception | None = None) -> None:
    if _stamp(file.path) != before:
        raise BooksPathError(
            f"{file.name} changed while it was read.", "Start again when nothing writes to it any more, or copy it."
        ) from error


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What changes with a file's content; None when the file cannot be found."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in relative.parts)


def open_sources(
    file: GivenFile, bench: Workbench, limits: ImportLimits, mapping: FileMapping, einvoices: EInvoices
) -> Iterator[Source]:
    """The tables in one file; an e-invoice joins the others instead.

    Raises DamagedFileError, TooLargeError, DuplicateHeaderError, UnknownVersionError, NoBooksError, BooksPathError.
    """
    head = _head(file)
    name = file.name.lower()
    if name.endswith(".parquet"):
        yield open_parquet(file.path, file.name)
    elif name.endswith(_WORKBOOKS):
        yield from open_workbook(file.path, file.name, limits, mapping.header_row)
    elif head:
        path, given = file.path, None
        if head.startswith(_GZIP):
            path, given = expand(file, bench, limits)
        if name.removesuffix(".gz").endswith(XML_SUFFIXES):
            yield from open_xml(path, file.name, bench, einvoices, given)
        elif path.stat().st_size:
            yield from _open_text(path, file, bench, limits, mapping, given)


def _open_text(
    path: Path,
    file: GivenFile,
    bench: Workbench,
    limits: ImportLimits,
    mapping: FileMapping,
    given: tuple[Digest, int] | None,
) -> Iterator[Source]:
    """Text whose content says a format, else delimited text."""
    # A mapping for the file itself says that a person reads it as one table.
    plain = mapping.table is not None or mapping.columns
    statements = () if plain else open_mt940(path, file.name, limits, bench, given, mapping.encoding)
    if statements:
        yield from statements
        return
    if not plain and file.name.lower().removesuffix(".gz").endswith(MT940_SUFFIXES):
        raise NoBooksError("It is called like a bank statement, but holds no MT940 message.", "Leave it out.")
    text = open_text(
        path, file.name, limits, given, mapping.encoding, mapping.delimiter, header_line=mapping.header_row
    )
    yield from (() if plain else fec_sources(text, bench)) or (text,)


def _head(file: GivenFile) -> bytes:
    try:
        with file.path.open("rb") as opened:
            return opened.read(16)
    except OSError as error:
        raise unreadable(file.path, error) from error


def expand(file: GivenFile, bench: Workbench, limits: ImportLimits) -> tuple[Path, tuple[Digest, int]]:
    """Expand a gzip file into the workbench; returns the text, and digest and size of the file as given.

    Raises DamagedFileError when it is truncated or corrupt, TooLargeError when it expands beyond the limits.
    """
    target = bench.folder / bench.fresh_name("expanded")
    digest = hashlib.sha256()
    read = written = 0
    stream = zlib.decompressobj(wbits=31)
    try:
        with file.path.open("rb") as source, target.open("wb") as sink:
            while chunk := source.read(MEGABYTE // 4):
                digest.update(chunk)
                read += len(chunk)
                while chunk:
                    # Bounded output per call: a bomb is noticed before it is in memory or on disk.
                    piece = stream.decompress(chunk, 16 * MEGABYTE)
                    written += len(piece)
                    _refuse_bomb(file, read, written, limits)
                    sink.write(piece)
                    chunk = stream.unconsumed_tail
                    if stream.eof:
                        chunk = stream.unused_data.lstrip(b"\0")
                        if chunk:
                            stream = zlib.decompressobj(wbits=31)
            while not stream.eof and (piece := stream.decompress(b"", 16 * MEGABYTE)):
                written += len(piece)
                _refuse_bomb(file, read, written, limits)
                sink.write(piece)
    except zlib.error as error:
        raise DamagedFileError(f"{file.name} is a damaged gzip file: {error}.", "Copy or export it again.") from error
    if not stream.eof:
        raise DamagedFileError(
            f"{file.name} is a gzip file that ends too early, after {written:,} bytes of text.",
            "The copy is incomplete: transfer or export it again.",
        )
    return target, (Digest(digest.hexdigest()), read)


def _refuse_bomb(file: GivenFile, read: int, written: int, limits: ImportLimits) -> None:
    too_dense = written > 64 * MEGABYTE and written > read * limits.compression_ratio
    if written > limits.decompressed or too_dense:
        raise TooLargeError(
            f"{file.name} expands to more than {written // MEGABYTE:,} MB from {read:,} bytes; that is not allowed.",
            "Check where the file comes from. If it is real, give it uncompressed.",
        )
