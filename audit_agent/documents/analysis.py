"""One document from its place to what it says and whether the books say the same.

Whatever is wrong with a document is its outcome. What is wrong with this machine, such as a full disk, is an error.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from audit_agent.documents.booked import BookedInvoices
from audit_agent.documents.comparison import Comparison, compare
from audit_agent.documents.fetching.fetcher import Fetcher
from audit_agent.documents.inside import (
    CARRIERS,
    DEPTH,
    FAILED_INSIDE,
    Room,
    against_page,
    entry_inside,
    keep,
    placed_inside,
)
from audit_agent.documents.reading.einvoices import is_einvoice
from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.reader import DocumentReader, ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text import kinds
from audit_agent.documents.text.model import Attachment, DocumentText, Outcome
from audit_agent.documents.text.processes import TextReader
from audit_agent.domain.documents import DocumentEntry, Fetched, FetchOutcome, NotFetched
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Record


class DocumentOutcome(Record):
    """What became of one entry of a manifest.

    Without bytes there is no `result`; without text there are no fields in it, only its reason; only a document that
    was read is compared with `books`, where there are books. The documents of an e-mail or an archive are outcomes of
    their own, `inside` it; where one of them is a bill, it is compared and the message around it is not.
    """

    entry: DocumentEntry
    fetched: FetchOutcome
    result: DocumentResult | None = None
    attachments: tuple[Attachment, ...] = ()
    books: Comparison | None = None
    inside: tuple["DocumentOutcome", ...] = ()

    @property
    def is_bill(self) -> bool:
        """It says a total or a number, so that there is something to compare."""
        return self.result is not None and (self.result.total.supported or self.result.invoice_number.supported)

    @property
    def bills_inside(self) -> int:
        """How many bills it carries, at any depth."""
        return sum(one.bills_inside or one.is_bill for one in self.inside)

    def with_inside(self) -> Iterator["DocumentOutcome"]:
        """Itself and those inside it, at any depth."""
        yield self
        for one in self.inside:
            yield from one.with_inside()

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


_AS_FETCHED = {"sha256", "size", "media_type"}
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
        return await self._document(entry, fetched, Room(), depth=0)

    async def _document(self, entry: DocumentEntry, fetched: Fetched, room: Room, depth: int) -> DocumentOutcome:
        text, kept = await self._text(fetched, room if depth < DEPTH else Room(documents=0))
        data = await self._data_inside(text, kept)
        if data is not None:
            result = against_page(await self._read(data, entry), await asyncio.to_thread(read_offline, text))
        else:
            result = await self._read(text, entry)
        found = []
        for attachment in kept if text.media_type in CARRIERS else ():
            inner = Fetched.model_validate({**attachment.model_dump(include=_AS_FETCHED), "source": attachment.name})
            found.append(await self._document(entry_inside(entry, attachment), inner, room, depth + 1))
        return DocumentOutcome(
            entry=entry,
            fetched=fetched,
            result=result,
            attachments=text.attachments,
            inside=tuple(one for one in found if one.result and one.result.outcome in (Outcome.READ, *FAILED_INSIDE)),
        )

    async def _text(self, fetched: Fetched, room: Room) -> tuple[DocumentText, list[Attachment]]:
        """The text of a document, and of the documents inside it those that are to be read."""
        with tempfile.TemporaryDirectory(dir=self._evidence.workspace(), prefix="inside-") as name:
            folder = Path(name)
            async with self._extracting:
                path = self._evidence.path(fetched.sha256)
                text = await asyncio.to_thread(self._texts.read, path, fetched.media_type, folder)
            return text, await asyncio.to_thread(keep, text.attachments, folder, self._evidence, room)

    async def _data_inside(self, text: DocumentText, kept: list[Attachment]) -> DocumentText | None:
        """The text of the e-invoice inside a PDF."""
        for attachment in kept if text.media_type == kinds.PDF and text.outcome is Outcome.READ else ():
            async with self._extracting:
                path = self._evidence.path(attachment.sha256)
                found = await asyncio.to_thread(self._texts.read, path, attachment.media_type)
            if found.outcome is Outcome.READ and is_einvoice(found):
                return placed_inside(found, attachment.name)
        return None

    async def _read(self, text: DocumentText, entry: DocumentEntry) -> DocumentResult:
        if text.outcome in _FOR_A_READER:
            return await self._reader.read(text, self._asked(entry))
        return DocumentResult(outcome=text.outcome, reason=text.reason)


def compared(outcome: DocumentOutcome, books: BookedInvoices) -> DocumentOutcome:
    """The outcome with what the books say of it, where it was read; of a message with bills, what they say of those."""
    if outcome.result is None or not outcome.read:
        return outcome
    if not outcome.bills_inside:
        return outcome.model_copy(update={"books": compare(outcome.entry, outcome.result, books)})
    several = outcome.bills_inside > 1
    inside = (_without_row(one) if several else one for one in outcome.inside)
    return outcome.model_copy(
        update={"inside": tuple(compared(one, books) if one.bills_inside or one.is_bill else one for one in inside)}
    )


def _without_row(outcome: DocumentOutcome) -> DocumentOutcome:
    """A row that was named for a message cannot be the row of each of its bills."""
    entry = outcome.entry.model_copy(update={"supports": None})
    return outcome.model_copy(update={"entry": entry, "inside": tuple(_without_row(one) for one in outcome.inside)})
