"""Compression is undone piece by piece, whatever the cuts, and never without bound."""

import gzip
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.fetching.decoding import decoding
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.domain.documents import Problem

LARGEST_PIECE = 256 * 1024


@given(st.binary(max_size=2000), st.binary(max_size=200), st.lists(st.integers(0, 2300), max_size=6))
def test_any_cut_of_one_or_more_members_gives_the_same_bytes(first: bytes, second: bytes, cuts: list[int]) -> None:
    sent = gzip.compress(first) + gzip.compress(second)
    body = decoding("gzip")
    ends = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    received = b"".join(piece for start, end in pairwise(ends) for piece in body.feed(sent[start:end]))
    body.finish()
    assert received == first + second


def test_a_bomb_comes_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    sizes = [len(piece) for piece in decoding("gzip").feed(bomb)]
    assert sum(sizes) == 50 * 1024 * 1024
    assert max(sizes) <= LARGEST_PIECE


@pytest.mark.parametrize("sent", [gzip.compress(b"x" * 1000, mtime=0)[:-3], b"not gzip at all"], ids=["cut", "other"])
def test_cut_or_damaged_compression_is_a_broken_transfer(sent: bytes) -> None:
    body = decoding("x-gzip")

    def read() -> None:
        list(body.feed(sent))
        body.finish()

    with pytest.raises(StoppedError) as stopped:
        read()
    assert stopped.value.outcome("a").problem is Problem.BROKEN


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd", "deflate"])
def test_codings_that_were_not_asked_for_are_refused(coding: str) -> None:
    with pytest.raises(StoppedError, match="not read"):
        decoding(coding)
