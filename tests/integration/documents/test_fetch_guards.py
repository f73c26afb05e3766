"""What a hostile list, name server or web server tries, and what becomes of it."""

import asyncio
import gzip
import socket
import struct
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.fetching.addresses import Address
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.resolving import AddressRefusedError, PinnedBackend, SystemResolver
from audit_agent.domain.documents import Fetched, Problem
from tests.integration.documents.conftest import ON_LOOPBACK, PDF, Names, Opener, missed
from tests.peers.document_server import DocumentServer, answer, redirect

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fe80::1]/",
        "http://100.64.0.1/",
        "http://127.0.0.1:99999/",
        "file:///etc/passwd",
        "s3://bucket/key",
        "gopher://example.com/",
        "//user:secret@example.com/",
    ],
)
async def test_a_redirect_to_where_a_list_may_not_lead_is_refused(
    server: DocumentServer, opened: Opener, location: str
) -> None:
    server.answers["/a"] = redirect(location)
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert (outcome.problem, outcome.problem.may_pass) == (Problem.REFUSED_ADDRESS, False)
    assert outcome.source != server.url("/a")


@pytest.mark.parametrize("written", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "localhost", "[::1]", "0"])
async def test_this_machine_is_refused_however_it_is_written(
    server: DocumentServer, opened: Opener, written: str
) -> None:
    server.answers["/"] = answer(PDF)
    async with opened(FetchPolicy(), SystemResolver()) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/", host=written)))

    assert outcome.problem is Problem.REFUSED_ADDRESS
    assert server.requests == []


async def test_a_name_that_resolves_elsewhere_a_moment_later_is_looked_up_once(
    server: DocumentServer, opened: Opener
) -> None:
    server.answers["/a"] = answer(PDF)
    names = Names(rebinding_test=["127.0.0.1", "10.0.0.1"])
    async with opened(ON_LOOPBACK, names) as fetcher:
        first = await fetcher.fetch(server.url("/a", host="rebinding.test"))
        second = missed(await fetcher.fetch(server.url("/a", host="rebinding.test")))

    assert isinstance(first, Fetched)
    assert second.problem is Problem.REFUSED_ADDRESS
    assert names.asked == ["rebinding.test", "rebinding.test"]
    assert server.requests[0][1]["host"] == f"rebinding.test:{server.port}"


async def test_a_name_with_one_internal_address_is_refused_as_a_whole(server: DocumentServer, opened: Opener) -> None:
    async with opened(ON_LOOPBACK, Names(mixed_test=["127.0.0.1 192.168.0.1"])) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a", host="mixed.test")))

    assert outcome.problem is Problem.REFUSED_ADDRESS
    assert server.requests == []


@given(st.ip_addresses())
async def test_no_connection_is_opened_to_an_address_the_policy_refuses(address: Address) -> None:
    policy = FetchPolicy()
    if policy.refusal(address) is None:
        return
    backend = PinnedBackend(policy, Names(name_test=[str(address)]))
    for host in ("name.test", str(address)):
        with pytest.raises(AddressRefusedError):
            await backend.connect_tcp(host, 80, timeout=1.0)


async def test_a_name_that_does_not_exist_is_a_dead_link(opened: Opener) -> None:
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch("http://nowhere.test/"))
    assert outcome.problem is Problem.DEAD_LINK


async def test_only_the_hosts_of_the_policy_are_asked(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a"] = redirect(server.url("/b", host="other.test"))
    names = Names(good_test=["127.0.0.1"], other_test=["127.0.0.1"])
    async with opened(FetchPolicy(loopback=True, hosts=("good.test",)), names) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a", host="good.test")))

    assert outcome.problem is Problem.REFUSED_ADDRESS
    assert names.asked == ["good.test"]


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1/a", "http:///a", "http://[::1/", "http://a:99999/", "http://\x00/"]
)
async def test_what_is_no_address_of_the_web_is_never_asked_for(opened: Opener, address: str) -> None:
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(address))
    assert outcome.problem in (Problem.REFUSED_ADDRESS, Problem.DEAD_LINK)


async def test_what_says_it_is_too_large_is_not_read(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a"] = b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert outcome.problem is Problem.TOO_LARGE


async def test_what_never_ends_is_cut_off_at_the_limit(server: DocumentServer, opened: Opener) -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()
            sent += 0x10000

    server.answers["/a"] = endless
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert outcome.problem is Problem.TOO_LARGE
    assert sent < 50_000_000


async def test_a_bomb_is_counted_as_it_expands(server: DocumentServer, opened: Opener) -> None:
    bomb = gzip.compress(bytes(100_000_000), compresslevel=1)
    assert len(bomb) < ON_LOOPBACK.max_bytes
    server.answers["/a"] = answer(bomb, content_encoding="gzip")
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert outcome.problem is Problem.TOO_LARGE


async def test_what_expands_to_nothing_for_ever_is_counted_as_it_is_sent(
    server: DocumentServer, opened: Opener
) -> None:
    nothing = gzip.compress(b"", mtime=0) * 3_000

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        while True:
            writer.write(nothing)
            await writer.drain()

    server.answers["/a"] = endless
    async with opened(FetchPolicy(loopback=True, max_bytes=200_000)) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert outcome.problem is Problem.TOO_LARGE


async def test_a_server_that_drips_is_left_after_the_total_time(server: DocumentServer, opened: Opener) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    server.answers["/a"] = drip
    async with opened(FetchPolicy(loopback=True, total=timedelta(seconds=0.4))) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert (outcome.problem, outcome.problem.may_pass) == (Problem.TIMED_OUT, True)
    assert outcome.detail == "it took more than 0.4 s"


async def test_a_server_that_says_nothing_is_left_sooner(server: DocumentServer, opened: Opener) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    server.answers["/a"] = silent
    async with opened(FetchPolicy(loopback=True, silence=timedelta(seconds=0.2))) as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert outcome.problem is Problem.TIMED_OUT
    assert outcome.detail.startswith("nothing came for too long")


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a chunk\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
        b"this is no HTTP\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000,
        answer(gzip.compress(PDF, mtime=0)[:-4], content_encoding="gzip"),
    ],
)
async def test_a_broken_transfer_is_never_taken_for_the_document(
    server: DocumentServer, opened: Opener, sent: bytes
) -> None:
    server.answers["/a"] = sent
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert (outcome.problem, outcome.problem.may_pass) == (Problem.BROKEN, True)


async def test_a_reset_connection_may_be_tried_again(server: DocumentServer, opened: Opener) -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    server.answers["/a"] = reset
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))
    assert (outcome.problem, outcome.problem.may_pass) == (Problem.BROKEN, True)
