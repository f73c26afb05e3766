"""What it takes to have documents read at half price: whoever gathers their calls, and whoever looks after batches."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from audit_agent.clock import Clock
from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import DocumentText
from audit_agent.domain.batches import BatchBook
from audit_agent.llm.batches.draft import BatchDraft
from audit_agent.llm.batches.port import BatchDesk
from audit_agent.llm.call import ModelCall

UNATTENDED_AFTER = timedelta(hours=1)
"""Whoever waits for a batch asks after it every quarter of an hour; one nobody asks after that long is on its own."""

CallFor = Callable[[DocumentText, ReadingTask], ModelCall | None]
"""The call that reading a document makes first; None where it makes none."""


class Economy(NamedTuple):
    """How a worker has documents read at half price."""

    desk: BatchDesk
    draft: Callable[[], BatchDraft]
    call_for: CallFor
    batch_from: int
    """From how many documents on without being asked."""

    def wanted(self, asked: bool, documents: int) -> bool:
        """Whether so many documents are read in batches."""
        return asked or documents >= self.batch_from


class Gathering:
    """Implements `documents.reading.reader.DocumentReader`: reads nothing, and drafts the calls that reading makes."""

    def __init__(self, draft: BatchDraft, call_for: CallFor) -> None:
        self._draft = draft
        self._call_for = call_for

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        """An empty result."""
        if call := self._call_for(text, asked):
            self._draft.add(call)
        return DocumentResult(outcome=text.outcome)


async def attend_unattended(book: BatchBook, desk: BatchDesk, clock: Clock) -> None:
    """Look after batches whose audit was cancelled or lost: what is paid is collected."""
    for id_ in await asyncio.to_thread(book.unattended, clock() - UNATTENDED_AFTER):
        await desk.attend(id_)
