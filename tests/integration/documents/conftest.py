"""Fetching from a server on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from audit_agent.documents.fetching.addresses import Address
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.resolving import NoSuchHostError, Resolver
from audit_agent.documents.fetching.web import WebFetcher
from audit_agent.domain.documents import FetchOutcome, NotFetched
from audit_agent.store.evidence import FolderEvidence
from tests.peers.document_server import DocumentServer

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + b"words " * 100
ON_LOOPBACK = FetchPolicy(loopback=True, max_bytes=1_000_000, total=timedelta(seconds=30))


class Names:
    """A resolver that answers from a script: the last answer for a name is repeated."""

    def __init__(self, **scripts: list[str]) -> None:
        self.asked: list[str] = []
        self._scripts = {name.replace("_", "."): answers for name, answers in scripts.items()}

    async def resolve(self, host: str, port: int) -> tuple[Address, ...]:
        """The next answer for a name."""
        self.asked.append(host)
        if host not in self._scripts:
            raise NoSuchHostError(host)
        answers = self._scripts[host]
        return tuple(ip_address(text) for text in (answers.pop(0) if len(answers) > 1 else answers[0]).split())


def missed(outcome: FetchOutcome) -> NotFetched:
    """The outcome, which is to be that there is no document."""
    assert isinstance(outcome, NotFetched), outcome
    return outcome


Opener = Callable[..., AbstractAsyncContextManager[WebFetcher]]


@pytest.fixture
def anyio_backend() -> str:
    """The loop the product runs on."""
    return "asyncio"


@pytest.fixture
async def server() -> AsyncIterator[DocumentServer]:
    """An empty web server."""
    async with DocumentServer() as running:
        yield running


@pytest.fixture
def opened(evidence: FolderEvidence) -> Opener:
    """Open a fetcher with a policy and a resolver."""

    @asynccontextmanager
    async def run(policy: FetchPolicy = ON_LOOPBACK, names: Resolver | None = None) -> AsyncIterator[WebFetcher]:
        async with WebFetcher(policy, evidence, lambda: NOW, names or Names()) as fetcher:
            yield fetcher
        assert list(evidence.workspace().iterdir()) == []

    return run
