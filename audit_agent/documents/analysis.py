"""One document from its place to what it says and whether the books say the same.

Whatever is wrong with a document is its outcome. What is wrong with this machine, such as a full disk, is an error.
"""

import asyncio
from collections.abc import Sequence

from audit_agent.documents.booked import BookedInvoices
from audit_agent.documents.comparison import Comparison, compare
from audit_agent.documents.fetching.fetcher import Fetcher
from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import Attachment, Outcome
from audit_agent.documents.text.processes import TextReader
from audit_agent.domain.documents import DocumentEntry, Fetched, FetchOutcome
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Record


class DocumentOutcome(Record):
    """What became of one entry of a manifest.

    Without bytes there is no `result`; without text there are no fields in it, only its reason; only a document that
    was read is compared with `books`, where there are books. Documents inside it are listed and not read.
    """

    entry: DocumentEntry
    fetched: FetchOutcome
    result: DocumentResult | None = None
    attachments: tuple[Attachment, ...] = ()
    books: Comparison | None = None

    @property
    def read(self) -> bool:
        """There was text to look at."""
        return self.result is not None and self.result.outcome is Outcome.READ

    @property
    def failure(self) -> str:
        """Why there is nothing to look at, in words; empty where there is."""
        if not isinstance(self.fetched, Fetched):
            return f"{self.fetched.problem.value}: {self.fetched.detail}"
        if self.result is None or self.read:
            return ""
        return f"{self.result.outcome.value}: {self.result.reason}"


class DocumentAnalysis:
    """Analyses the documents of one set: fetches several at once, reads one after another."""

    def __init__(
        self,
        fetcher: Fetcher,
        evidence: Evidence,
        reader: TextReader,
        books: BookedInvoices | None = None,
        fetches: int = 8,
    ) -> None:
        self._fetcher = fetcher
        self._evidence = evidence
        self._reader = reader
        self._books = books
        self._fetching = asyncio.Semaphore(fetches)
        self._reading = asyncio.Lock()

    async def page(self, entries: Sequence[DocumentEntry]) -> tuple[DocumentOutcome, ...]:
        """The outcomes of a page of entries, in their order."""
        return tuple(await asyncio.gather(*(self.analyse(entry) for entry in entries)))

    async def analyse(self, entry: DocumentEntry) -> DocumentOutcome:
        """The outcome of one entry."""
        async with self._fetching:
            fetched = await self._fetcher.fetch(entry)
        if not isinstance(fetched, Fetched):
            return DocumentOutcome(entry=entry, fetched=fetched)
        async with self._reading:
            return await asyncio.to_thread(self._read, entry, fetched)

    def _read(self, entry: DocumentEntry, fetched: Fetched) -> DocumentOutcome:
        text = self._reader.read(self._evidence.path(fetched.sha256), fetched.media_type)
        if text.outcome is not Outcome.READ:
            result = DocumentResult(outcome=text.outcome, reason=text.reason)
            return DocumentOutcome(entry=entry, fetched=fetched, result=result, attachments=text.attachments)
        result = read_offline(text)
        return DocumentOutcome(
            entry=entry,
            fetched=fetched,
            result=result,
            attachments=text.attachments,
            books=None if self._books is None else compare(entry, result, self._books),
        )
