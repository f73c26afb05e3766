"""One document from its place to what it says and whether the books say the same.

Whatever is wrong with a document is its outcome. What is wrong with this machine, such as a full disk, is an error.
"""

import asyncio
from collections.abc import Callable, Sequence

from audit_agent.documents.booked import BookedInvoices
from audit_agent.documents.comparison import Comparison, compare
from audit_agent.documents.fetching.fetcher import Fetcher
from audit_agent.documents.reading.reader import DocumentReader, ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import Attachment, Outcome
from audit_agent.documents.text.processes import TextReader
from audit_agent.domain.documents import DocumentEntry, Fetched, FetchOutcome, NotFetched
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
    def may_pass(self) -> bool:
        """It could not be had, and another attempt may help."""
        return isinstance(self.fetched, NotFetched) and self.fetched.problem.may_pass

    @property
    def failure(self) -> str:
        """Why there is nothing to look at, in words; empty where there is."""
        if not isinstance(self.fetched, Fetched):
            return f"{self.fetched.problem.value}: {self.fetched.detail}"
        if self.result is None or self.read:
            return ""
        return f"{self.result.outcome.value}: {self.result.reason}"


_FOR_A_READER = (Outcome.READ, Outcome.NEEDS_MODEL)
"""What has text, or pictures that a model can look at."""
Asked = Callable[[DocumentEntry], ReadingTask]
"""For what an entry is read."""


class DocumentAnalysis:
    """Analyses the documents of one set, a page at a time.

    Several are fetched at once; their text is taken one after another, by one process; whoever reads is asked for all
    of them at once, and finds its own bounds.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        evidence: Evidence,
        texts: TextReader,
        reader: DocumentReader,
        asked: Asked,
        fetches: int = 8,
    ) -> None:
        self._fetcher = fetcher
        self._evidence = evidence
        self._texts = texts
        self._reader = reader
        self._asked = asked
        self._fetching = asyncio.Semaphore(fetches)
        self._extracting = asyncio.Lock()

    async def page(self, entries: Sequence[DocumentEntry]) -> tuple[DocumentOutcome, ...]:
        """The outcomes of a page of entries, in their order.

        An error of one is raised when all others have ended: what they cost is paid, and stored by whoever reads.
        """
        found = await asyncio.gather(*(self.analyse(entry) for entry in entries), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return tuple(one for one in found if not isinstance(one, BaseException))

    async def analyse(self, entry: DocumentEntry) -> DocumentOutcome:
        """The outcome of one entry."""
        async with self._fetching:
            fetched = await self._fetcher.fetch(entry)
        if not isinstance(fetched, Fetched):
            return DocumentOutcome(entry=entry, fetched=fetched)
        async with self._extracting:
            path = self._evidence.path(fetched.sha256)
            text = await asyncio.to_thread(self._texts.read, path, fetched.media_type)
        if text.outcome in _FOR_A_READER:
            result = await self._reader.read(text, self._asked(entry))
        else:
            result = DocumentResult(outcome=text.outcome, reason=text.reason)
        return DocumentOutcome(entry=entry, fetched=fetched, result=result, attachments=text.attachments)


def compared(outcome: DocumentOutcome, books: BookedInvoices) -> DocumentOutcome:
    """The outcome with what the books say of it, where it was read."""
    if outcome.result is None or not outcome.read:
        return outcome
    return outcome.model_copy(update={"books": compare(outcome.entry, outcome.result, books)})
