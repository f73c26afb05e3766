"""One port to the bytes of a document, wherever it lies."""

from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from audit_agent.clock import Clock
from audit_agent.documents.fetching.files import FileFetcher
from audit_agent.documents.fetching.objects import ObjectFetcher
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.fetching.resolving import SystemResolver
from audit_agent.documents.fetching.stopped import StoppedError
from audit_agent.documents.fetching.web import WebFetcher
from audit_agent.documents.s3 import SCHEME, S3Access
from audit_agent.documents.sets.address import is_address
from audit_agent.domain.documents import DocumentEntry, DocumentManifest, FetchOutcome, Problem
from audit_agent.domain.evidence import Evidence


class Fetcher(Protocol):
    """Brings documents into the evidence."""

    async def fetch(self, entry: DocumentEntry) -> FetchOutcome:
        """One attempt; whether another can help is said by the outcome's problem."""
        ...


class SetFetcher:
    """Fetches the documents of one frozen set, while entered."""

    def __init__(
        self,
        manifest: DocumentManifest,
        policy: FetchPolicy,
        evidence: Evidence,
        s3: S3Access,
        clock: Clock,
    ) -> None:
        self._open_web = partial(WebFetcher, policy, evidence, clock, SystemResolver())
        self._web: WebFetcher | None = None
        self._objects = ObjectFetcher(policy, evidence, s3)
        self._files = None if manifest.root is None else FileFetcher(policy, evidence, Path(manifest.root))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._web is not None:
            await self._web.__aexit__(kind, error, trace)

    async def fetch(self, entry: DocumentEntry) -> FetchOutcome:
        """One attempt by the kind of source."""
        if entry.source.startswith(SCHEME):
            return await self._objects.fetch(entry.source)
        if is_address(entry.source):
            # Loading the trusted certificates takes longer than reading a document from a folder.
            self._web = self._web or self._open_web()
            return await self._web.fetch(entry.source)
        if self._files is None:
            return StoppedError(Problem.OUTSIDE, "the set has no folder for files").outcome(entry.source)
        return await self._files.fetch(entry.source, entry.sha256)
