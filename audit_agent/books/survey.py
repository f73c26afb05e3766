"""One pass over a file's bytes: digest, line endings, longest line, and whether it is UTF-8."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from audit_agent.books.errors import TooLargeError
from audit_agent.domain.record import Digest

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Survey:
    """What one pass over a text file tells."""

    sha256: Digest
    size: int
    line_feeds: int
    returns: int
    windows_ends: int
    quotes: int
    ends_open: bool
    """The last line has no line end."""
    utf8: bool
    foreign: bytes
    """Bytes around the first ones that are not UTF-8."""

    @property
    def lines(self) -> int:
        """Lines that end in a line feed, and an open last one."""
        return self.line_feeds + self.ends_open

    @property
    def line_end(self) -> str | None:
        """The only line end in the file, or None when there are several kinds."""
        if self.returns == 0:
            return "\n"
        if self.returns == self.windows_ends == self.line_feeds:
            return "\r\n"
        return None


def survey(path: Path, name: str, longest_line: int) -> Survey:
    """Read the whole file once; raises TooLargeError for a line longer than `longest_line` bytes."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = line_feeds = returns = windows_ends = quotes = open_length = 0
    last = b""
    foreign = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            feeds = chunk.count(b"\n")
            line_feeds += feeds
            quotes += chunk.count(b'"')
            found_returns = chunk.count(b"\r")
            if found_returns or last == b"\r":
                returns += found_returns
                windows_ends += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            open_length = _open_line(chunk, feeds + found_returns, open_length, longest_line, name)
            last = chunk[-1:]
            if not foreign:
                foreign = _first_foreign(decoder, chunk)
    return Survey(
        sha256=Digest(digest.hexdigest()),
        size=size,
        line_feeds=line_feeds,
        returns=returns,
        windows_ends=windows_ends,
        quotes=quotes,
        ends_open=size > 0 and last != b"\n",
        utf8=not foreign,
        foreign=foreign,
    )


def _open_line(chunk: bytes, ends: int, carried: int, limit: int, name: str) -> int:
    """Length of the line still open after this chunk. Lines within one chunk are never too long."""
    length = carried + len(chunk) if ends == 0 else len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    if length > limit:
        raise TooLargeError(
            f"{name} has a line longer than {limit:,} bytes.",
            "That is no table of books. Export it again with one record per line.",
        )
    return length


def _first_foreign(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bytes:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return bytes(error.object[max(0, error.start - 32_768) : error.start + 32_768])
    return b""


def file_digest(path: Path) -> Digest:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())
