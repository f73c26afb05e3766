"""Undoing the compression of an HTTP answer in bounded pieces, so that a bomb is counted and not held."""

import zlib
from collections.abc import Iterator
from typing import Protocol

from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.domain.documents import Problem

_PIECE_BYTES = 256 * 1024


class Decoding(Protocol):
    """One coding of one answer."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes stand for, in pieces of bounded size."""
        ...

    def finish(self) -> None:
        """Stop when the stream has not come to its end."""
        ...


class Plain:
    """No compression."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes themselves."""
        yield data

    def finish(self) -> None:
        """Always at its end; the transfer itself says how long it is."""


class Gzip:
    """One gzip member after the other."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The expanded bytes, in pieces of bounded size."""
        try:
            while data:
                if self._stream.eof:
                    self._stream = zlib.decompressobj(wbits=31)
                yield self._stream.decompress(data, _PIECE_BYTES)
                data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            while not self._stream.eof and (piece := self._stream.decompress(b"", _PIECE_BYTES)):
                yield piece
        except zlib.error as error:
            raise StoppedError(Problem.BROKEN, f"its compression is damaged: {error}") from error

    def finish(self) -> None:
        """Stop when the last member is cut off."""
        if not self._stream.eof:
            raise StoppedError(Problem.BROKEN, "it ends in the middle of its compression")


def decoding(content_encoding: str) -> Decoding:
    """The decoding an answer names. Stops at one that was not asked for, and at several inside each other."""
    named = content_encoding.strip().lower()
    if named in ("", "identity"):
        return Plain()
    if named in ("gzip", "x-gzip"):
        return Gzip()
    raise StoppedError(Problem.WRONG_TYPE, f"it is sent as {named[:40]!r}, which is not read")
