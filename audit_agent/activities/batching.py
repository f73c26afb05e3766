"""Having documents' calls answered in batches before the documents are read."""

import asyncio
from collections.abc import Awaitable, Callable

from audit_agent.activities.contract import Done
from audit_agent.activities.contract_batches import (
    CANCEL_BATCH,
    COLLECT_BATCH,
    CREATE_BATCH,
    POLL_BATCH,
    PREPARE_BATCH,
    BatchRange,
    BatchRefs,
    BatchStanding,
    BatchStandings,
    PreparedBatch,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.page_reading import PageReading
from audit_agent.activities.services import Services
from audit_agent.documents.manifest import load_manifest, read_entries
from audit_agent.domain.batches import Batch, BatchState
from audit_agent.domain.documents import PAGE
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import BatchId
from audit_agent.llm.batches.draft import BatchDraft, BatchPlace
from audit_agent.llm.batches.economy import Economy, Gathering
from audit_agent.store.batches import Batches

MOST_DOCUMENTS = 10_000
"""Looked at for one batch, however few of them make calls; a worker that dies begins them again."""


class BatchingActivities:
    """Batches only fill the ledger: what is in it is not asked again by whoever reads the documents."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._book = Batches(services.database, services.clock)
        self._reading = PageReading(services)

    @implements(PREPARE_BATCH)
    async def prepare_batch(self, task: BatchRange) -> PreparedBatch:
        """Gather as many calls as one batch takes, and reserve them; the same range of a run is gathered once."""
        economy = self._services.economy
        if economy is None:
            return PreparedBatch(batch=None, next=None)
        id_ = BatchId(f"{task.audit}/{task.step}/{task.begin}/{task.run[:8]}")
        batch = await asyncio.to_thread(self._book.find, id_)
        if batch is None:
            with economy.draft() as draft:
                end = await self._gather(task, economy, draft)
                place = BatchPlace(id=id_, audit=task.audit, step=task.step, begin=task.begin, end=end)
                batch = await asyncio.to_thread(draft.enter, place, self._services.clock())
        else:
            end = batch.end
        return PreparedBatch(batch=id_ if batch else None, next=end if end < task.end else None)

    @implements(CREATE_BATCH)
    async def create_batch(self, refs: BatchRefs) -> BatchStandings:
        """Have the service take batches."""
        return await self._each(refs, self._economy.desk.create)

    @implements(POLL_BATCH)
    async def poll_batch(self, refs: BatchRefs) -> BatchStandings:
        """Ask after batches; one whose creation is in doubt is looked for."""
        desk = self._economy.desk

        async def poll(id_: BatchId) -> Batch:
            batch = await desk.poll(id_)
            return await desk.create(id_) if batch.state is BatchState.INTENDED else batch

        return await self._each(refs, poll)

    @implements(COLLECT_BATCH)
    async def collect_batch(self, refs: BatchRefs) -> BatchStandings:
        """Put the results of batches that have ended into the ledger."""
        return await self._each(refs, self._economy.desk.collect)

    @implements(CANCEL_BATCH)
    async def cancel_batch(self, refs: BatchRefs) -> Done:
        """Nobody waits for these any more."""
        await self._each(refs, self._economy.desk.cancel)
        return Done()

    @property
    def _economy(self) -> Economy:
        if self._services.economy is None:
            raise NotFoundError(
                "A batch is waited for, and this worker has no model to ask after it.",
                "Run workers with the same ANTHROPIC_API_KEY and AUDIT_AGENT_ANALYST.",
            )
        return self._services.economy

    async def _gather(self, task: BatchRange, economy: Economy, draft: BatchDraft) -> int:
        """Draft the calls of page after page; returns where the next batch begins."""
        reader = Gathering(draft, economy.call_for)
        for offset in range(task.begin, task.end, PAGE):
            if draft.is_full or offset - task.begin >= MOST_DOCUMENTS:
                return offset
            manifest = await asyncio.to_thread(load_manifest, self._services.evidence, task.documents)
            count = min(PAGE, task.end - offset)
            entries = await asyncio.to_thread(read_entries, self._services.evidence, manifest, offset, count)
            await self._reading.read(task, entries, reader)
        return task.end

    async def _each(self, refs: BatchRefs, take: Callable[[BatchId], Awaitable[Batch]]) -> BatchStandings:
        found = [await take(batch) for batch in refs.batches]
        return BatchStandings(batches=tuple(BatchStanding(batch=one.id, state=one.state) for one in found))
