"""Reading some documents of a step, as far as a reader makes something of them."""

import asyncio
from collections.abc import Sequence

from audit_agent.activities.blobs import load
from audit_agent.activities.contract_documents import DocumentsTask
from audit_agent.activities.services import Services
from audit_agent.documents.analysis import DocumentAnalysis, DocumentOutcome
from audit_agent.documents.fetching.fetcher import SetFetcher
from audit_agent.documents.manifest import load_manifest
from audit_agent.documents.reading.reader import DocumentReader, ReadingTask
from audit_agent.documents.s3 import S3Access
from audit_agent.domain.documents import DocumentEntry
from audit_agent.domain.plan import Plan
from audit_agent.procedures.documents import Parameters


class PageReading:
    """Fetches documents, takes their text, and gives it to a reader with what the step asks."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence

    async def read(
        self, task: DocumentsTask, entries: Sequence[DocumentEntry], reader: DocumentReader
    ) -> tuple[DocumentOutcome, ...]:
        """The outcomes of these documents; raises what the reader raises."""
        manifest = await asyncio.to_thread(load_manifest, self._evidence, task.documents)
        questions = await asyncio.to_thread(self._questions, task)

        def asked(entry: DocumentEntry) -> ReadingTask:
            purpose = f"document/{task.step}/{entry.number}"
            return ReadingTask(audit=task.audit, purpose=purpose, questions=questions)

        fetching = SetFetcher(manifest, self._services.fetching, self._evidence, S3Access(), self._services.clock)
        with self._services.texts.borrowed() as texts:
            async with fetching as fetcher:
                analysis = DocumentAnalysis(fetcher, self._evidence, texts, reader, asked)
                return await analysis.page(entries)

    def _questions(self, task: DocumentsTask) -> tuple[str, ...]:
        plan = load(self._evidence, Plan, task.plan)
        step = next(step for step in plan.steps if step.id == task.step)
        return Parameters.parse(step.procedure, step.parameters).questions
