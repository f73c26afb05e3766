"""Documents from a web server: what is taken, and what an answer means when it is not the document."""

import gzip
from datetime import timedelta

import pytest

from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.domain.documents import Fetched, NotFetched, Problem
from audit_agent.store.evidence import FolderEvidence
from tests.integration.documents.conftest import ON_LOOPBACK, PDF, Opener, missed
from tests.peers.document_server import DocumentServer, answer, redirect

pytestmark = pytest.mark.anyio


async def test_a_document_goes_into_the_evidence_as_it_is(
    server: DocumentServer, opened: Opener, evidence: FolderEvidence
) -> None:
    server.answers["/a.txt?x=1"] = answer(PDF, content_type="text/plain")
    async with opened() as fetcher:
        outcome = await fetcher.fetch(server.url("/a.txt?x=1#page=2"))

    assert isinstance(outcome, Fetched)
    assert evidence.read(outcome.sha256) == PDF
    assert (outcome.size, outcome.media_type) == (len(PDF), "application/pdf")


async def test_neither_cookies_nor_credentials_are_sent(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a"] = answer(PDF, set_cookie="session=1; Path=/")
    async with opened() as fetcher:
        await fetcher.fetch(server.url("/a"))
        await fetcher.fetch(server.url("/a"))
        with_password = missed(await fetcher.fetch(server.url("/a", host="user:secret@127.0.0.1")))

    assert [headers.keys() for _, headers in server.requests] == [
        {"host", "accept", "accept-encoding", "user-agent"},
        {"host", "accept", "accept-encoding", "user-agent"},
    ]
    assert with_password.problem is Problem.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("status", "problem", "may_pass"),
    [
        ("404 Not Found", Problem.DEAD_LINK, False),
        ("418 Teapot", Problem.DEAD_LINK, False),
        ("204 No Content", Problem.DEAD_LINK, False),
        ("304 Not Modified", Problem.DEAD_LINK, False),
        ("410 Gone", Problem.GONE, False),
        ("401 Unauthorized", Problem.DENIED, False),
        ("403 Forbidden", Problem.DENIED, False),
        ("408 Timeout", Problem.TIMED_OUT, True),
        ("429 Too Many", Problem.BUSY, True),
        ("503 Unavailable", Problem.BUSY, True),
        ("500 Error", Problem.SERVER_ERROR, True),
        ("502 Bad Gateway", Problem.SERVER_ERROR, True),
    ],
)
async def test_a_status_says_whether_another_try_can_help(
    server: DocumentServer, opened: Opener, status: str, problem: Problem, may_pass: bool
) -> None:
    server.answers["/a"] = answer(status=status)
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert (outcome.problem, outcome.problem.may_pass) == (problem, may_pass)
    assert outcome.status == int(status[:3])


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Thu, 15 Jan 2026 12:01:30 GMT", timedelta(seconds=90)),
        ("Thu, 15 Jan 2026 11:00:00 GMT", timedelta(0)),
        ("9" * 400, timedelta(days=1)),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", timedelta(0)),
    ],
)
async def test_the_wait_a_server_asks_for_is_carried(
    server: DocumentServer, opened: Opener, header: str, wait: timedelta | None
) -> None:
    server.answers["/a"] = answer(status="429 Too Many", retry_after=header)
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert outcome.retry_after == wait


async def test_redirects_are_followed_to_the_document(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a"] = redirect("/b")
    server.answers["/b"] = redirect(server.url("/c"), "308 Permanent Redirect")
    server.answers["/c"] = answer(PDF)
    async with opened() as fetcher:
        outcome = await fetcher.fetch(server.url("/a"))

    assert isinstance(outcome, Fetched)
    assert outcome.source == server.url("/c")


async def test_a_circle_of_redirects_ends(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a"] = redirect("/a")
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a")))

    assert outcome.problem is Problem.TOO_MANY_REDIRECTS
    assert len(server.requests) == ON_LOOPBACK.redirects + 1


async def test_compressed_answers_are_expanded(
    server: DocumentServer, opened: Opener, evidence: FolderEvidence
) -> None:
    server.answers["/a"] = answer(gzip.compress(PDF), content_encoding="gzip")
    async with opened() as fetcher:
        outcome = await fetcher.fetch(server.url("/a"))

    assert isinstance(outcome, Fetched)
    assert evidence.read(outcome.sha256) == PDF


@pytest.mark.parametrize(
    ("body", "problem"),
    [(b"", Problem.EMPTY), (b"MZ\x00\x01", Problem.WRONG_TYPE)],
)
async def test_a_document_that_is_none_is_said_to_be_so(
    server: DocumentServer, opened: Opener, body: bytes, problem: Problem
) -> None:
    server.answers["/a.pdf"] = answer(body, content_type="application/pdf")
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(server.url("/a.pdf")))

    assert outcome.problem is problem
    assert not outcome.problem.may_pass


async def test_only_kinds_that_are_asked_for_are_taken(server: DocumentServer, opened: Opener) -> None:
    server.answers["/a.pdf"] = answer(b"<html>Please log in</html>")
    async with opened(FetchPolicy(loopback=True, media_types=("application/pdf",))) as fetcher:
        outcome = await fetcher.fetch(server.url("/a.pdf"))

    assert outcome == NotFetched(
        problem=Problem.WRONG_TYPE, detail="it is text/html, which is not read", source=server.url("/a.pdf")
    )


async def test_a_server_that_is_not_there_may_be_there_later(opened: Opener) -> None:
    async with DocumentServer() as gone:
        address = gone.url("/a")
    async with opened() as fetcher:
        outcome = missed(await fetcher.fetch(address))

    assert (outcome.problem, outcome.problem.may_pass) == (Problem.UNREACHABLE, True)
