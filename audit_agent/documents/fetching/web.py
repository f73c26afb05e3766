"""Documents behind http and https, asked for as by a stranger: no cookies, no credentials, no proxy of the environment.

A guard against requests that a document list forges: every host is checked by name and by address, on every redirect.
"""

import asyncio
import ssl
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from audit_agent.clock import Clock
from audit_agent.documents.fetching.answers import FAILURES, NOT_ASKED, REDIRECTS, failed, not_asked, refused
from audit_agent.documents.fetching.decoding import decoding
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.resolving import PinnedBackend, Resolver
from audit_agent.documents.fetching.sink import Sink
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.domain.documents import FetchOutcome, Problem
from audit_agent.domain.evidence import Evidence

_HEADERS = (("Accept", "*/*"), ("Accept-Encoding", "gzip"), ("User-Agent", "audit-agent"))
_HIGHEST_PORT = 65_535


class WebFetcher:
    """Fetches addresses; its connections are kept for further documents of the same host while entered."""

    def __init__(
        self,
        policy: FetchPolicy,
        evidence: Evidence,
        clock: Clock,
        resolver: Resolver,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._evidence = evidence
        self._clock = clock
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust or httpx2.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=30.0,
            network_backend=PinnedBackend(policy, resolver),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def fetch(self, source: str) -> FetchOutcome:
        """One attempt. What can go wrong with one document is an outcome; only a full disk is an error."""
        address = source
        with Sink(self._evidence, self._policy) as sink:
            try:
                async with asyncio.timeout(self._policy.total.total_seconds()):
                    for _ in range(self._policy.redirects + 1):
                        leads_to = await self._ask(address, sink)
                        if leads_to is None:
                            break
                        address = leads_to
                    else:
                        raise StoppedError(Problem.TOO_MANY_REDIRECTS, f"more than {self._policy.redirects} redirects")
                return await asyncio.to_thread(sink.keep, address)
            except StoppedError as stopped:
                return stopped.outcome(address)
            except NOT_ASKED as error:
                return not_asked(error).outcome(address)
            except FAILURES as error:
                return failed(error).outcome(address)
            except TimeoutError:
                seconds = self._policy.total.total_seconds()
                return StoppedError(Problem.TIMED_OUT, f"it took more than {seconds:g} s").outcome(address)

    async def _ask(self, address: str, sink: Sink) -> str | None:
        """Take in what one address answers; the address it redirects to, if it does."""
        url = self._checked(address)
        silence = self._policy.silence.total_seconds()
        async with self._pool.stream(
            "GET",
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=_HEADERS,
            extensions={"timeout": {"connect": silence, "read": silence, "write": silence, "pool": silence}},
        ) as answer:
            headers = httpx2.Headers(answer.headers)
            if answer.status in REDIRECTS and "location" in headers:
                return self._leads_to(url, headers["location"])
            if answer.status != 200:
                raise refused(answer.status, headers.get("retry-after", ""), self._clock())
            await self._take_in(answer, headers, sink)
            return None

    def _checked(self, address: str) -> httpx2.URL:
        url = httpx2.URL(address)
        if url.scheme not in self._policy.schemes or not url.host:
            raise StoppedError(Problem.REFUSED_ADDRESS, f"{url.scheme or 'a path'} is not fetched from the web")
        if url.userinfo:
            raise StoppedError(Problem.REFUSED_ADDRESS, "it has a name or a password in it")
        if url.port is not None and not 0 < url.port <= _HIGHEST_PORT:
            raise StoppedError(Problem.REFUSED_ADDRESS, f"there is no port {url.port}")
        if not self._policy.allows_host(url.host):
            raise StoppedError(Problem.REFUSED_ADDRESS, f"{url.host} is not among the hosts that may be asked")
        return url

    def _leads_to(self, url: httpx2.URL, location: str) -> str:
        target = url.join(location)
        if url.scheme == "https" and target.scheme == "http":
            raise StoppedError(Problem.REFUSED_ADDRESS, f"it redirects from https to {target}")
        return str(target)

    async def _take_in(self, answer: httpcore2.Response, headers: httpx2.Headers, sink: Sink) -> None:
        length = headers.get("content-length", "")
        if length.isdecimal():
            sink.announce(int(length))
        body = decoding(headers.get("content-encoding", ""))
        received = 0
        async for chunk in answer.aiter_stream():
            received += len(chunk)
            sink.announce(received)
            for piece in body.feed(chunk):
                sink.write(piece)
        body.finish()
