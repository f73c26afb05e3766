"""One port to what a document says, whether rules or a model read it."""

import asyncio
from typing import Protocol

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import DocumentText
from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Record


class ReadingTask(Record):
    """For what a document is read."""

    audit: AuditId
    purpose: str
    """Names the document in the ledger: `document/{step}/{number}`."""
    questions: tuple[str, ...] = ()
    """What the step asks of every document."""


class DocumentReader(Protocol):
    """Makes a checked result of a document's text."""

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        """What the document says, each field with its quotation. Never raises for what a document contains."""
        ...


class OfflineReader:
    """Reads by rules, in a thread: the loop has other documents in flight."""

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        """What the document says, by rules; the same for whoever asks."""
        return await asyncio.to_thread(read_offline, text, asked.questions)
