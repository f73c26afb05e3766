"""Batches as the product makes them, for tests, on a clock that tests move."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit_agent.domain.batches import Batch
from audit_agent.domain.ids import AuditId, BatchId, StepId
from audit_agent.llm.batches.draft import BatchDraft, BatchPlace
from audit_agent.llm.batches.service import BatchService
from audit_agent.llm.call import ModelCall
from audit_agent.llm.claude.requests import Requests
from audit_agent.llm.prices import load_prices
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from tests.peers.dying import Death, DyingBatches, DyingBook
from tests.peers.paying import OUTPUTS


class MovableClock:
    """Stands still until moved, behind the clock of the database, which nobody moves."""

    def __init__(self, behind: timedelta = timedelta(days=1)) -> None:
        self.time = datetime.now(UTC) - behind

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.time += by


class Batching:
    """One process's view of the batches in a database."""

    def __init__(
        self, database: Database, evidence: Path, url: str, clock: MovableClock, dies: Death = Death.NOWHERE
    ) -> None:
        self.book = DyingBook(database, clock)
        self.book.point = self._dies = dies
        self.clock = clock
        self._evidence = FolderEvidence(evidence)
        self._url = url

    def prepare(self, audit: AuditId, calls: Sequence[ModelCall], begin: int = 0) -> Batch:
        """Enter a batch of these calls."""
        place = BatchPlace(
            id=BatchId(f"{audit}/S01/1/{begin}"), audit=audit, step=StepId("S01"), begin=begin, end=begin + len(calls)
        )
        with BatchDraft(self.book, self._evidence, load_prices(), Requests(OUTPUTS).request) as draft:
            for call in calls:
                draft.add(call)
            batch = draft.enter(place, self.clock())
        assert batch is not None
        return batch

    def create(self, batch: Batch) -> Batch:
        """See `BatchDesk`."""
        return self._with_service(batch, "create")

    def poll(self, batch: Batch) -> Batch:
        """See `BatchDesk`."""
        return self._with_service(batch, "poll")

    def collect(self, batch: Batch) -> Batch:
        """See `BatchDesk`."""
        return self._with_service(batch, "collect")

    def cancel(self, batch: Batch) -> Batch:
        """See `BatchDesk`."""
        return self._with_service(batch, "cancel")

    def attend(self, batch: Batch) -> Batch:
        """See `BatchDesk`."""
        return self._with_service(batch, "attend")

    def through(self, batch: Batch) -> Batch:
        """Create, poll and collect."""
        return self._with_service(batch, "create", "poll", "collect")

    def service(self) -> BatchService:
        """A service with connections of its own; close it."""
        transport = DyingBatches("test-key", self._url, timeout=20)
        transport.point = self._dies
        return BatchService(self.book, self._evidence, transport, load_prices(), self.clock)

    def _with_service(self, batch: Batch, *verbs: str) -> Batch:
        async def run() -> Batch:
            service, result = self.service(), batch
            try:
                for verb in verbs:
                    result = await getattr(service, verb)(batch.id)
            finally:
                await service.close()
            return result

        return asyncio.run(run())
