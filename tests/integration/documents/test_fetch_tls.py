"""TLS goes by the name of the host, though the connection goes to a checked address."""

import ssl

import httpx2
import pytest
import trustme

from audit_agent.documents.fetching.web import WebFetcher
from audit_agent.domain.documents import Fetched, Problem
from audit_agent.store.evidence import FolderEvidence
from tests.integration.documents.conftest import NOW, ON_LOOPBACK, PDF, Names, missed
from tests.peers.document_server import DocumentServer, answer, redirect

pytestmark = pytest.mark.anyio
NAMES = {"docs_test": ["127.0.0.1"], "other_test": ["127.0.0.1"]}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def asked() -> list[str | None]:
    """The server names that clients sent (SNI)."""
    return []


@pytest.fixture
def secured(authority: trustme.CA, asked: list[str | None]) -> ssl.SSLContext:
    """What a server with a certificate for docs.test speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("docs.test").configure_cert(context)
    context.sni_callback = lambda connection, name, given: asked.append(name)
    return context


def _fetcher(authority: trustme.CA | None, evidence: FolderEvidence) -> WebFetcher:
    trust = httpx2.create_ssl_context(trust_env=False)
    if authority is not None:
        authority.configure_trust(trust)
    return WebFetcher(ON_LOOPBACK, evidence, lambda: NOW, Names(**NAMES), trust)


async def test_name_and_certificate_are_those_of_the_host(
    authority: trustme.CA, secured: ssl.SSLContext, asked: list[str | None], evidence: FolderEvidence
) -> None:
    async with DocumentServer(secured) as server, _fetcher(authority, evidence) as fetcher:
        server.answers["/a"] = answer(PDF)
        outcome = await fetcher.fetch(server.url("/a", host="docs.test"))

    assert isinstance(outcome, Fetched)
    assert asked == ["docs.test"]
    assert server.requests[0][1]["host"] == f"docs.test:{server.port}"


async def test_a_certificate_of_another_host_or_of_an_unknown_authority_does_not_hold(
    authority: trustme.CA, secured: ssl.SSLContext, evidence: FolderEvidence
) -> None:
    async with DocumentServer(secured) as server:
        async with _fetcher(authority, evidence) as fetcher:
            other = missed(await fetcher.fetch(server.url("/a", host="other.test")))
        async with _fetcher(None, evidence) as fetcher:
            unknown = missed(await fetcher.fetch(server.url("/a", host="docs.test")))

    assert (other.problem, unknown.problem) == (Problem.UNTRUSTED, Problem.UNTRUSTED)
    assert not Problem.UNTRUSTED.may_pass
    assert server.requests == []


async def test_a_redirect_does_not_leave_tls(
    authority: trustme.CA, secured: ssl.SSLContext, evidence: FolderEvidence
) -> None:
    async with DocumentServer(secured) as server, _fetcher(authority, evidence) as fetcher:
        server.answers["/a"] = redirect("http://docs.test/a")
        outcome = missed(await fetcher.fetch(server.url("/a", host="docs.test")))

    assert outcome.problem is Problem.REFUSED_ADDRESS
