"""Looking after batches in a process that dies at a named point: nothing after it happens, and nothing is tidied up."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from audit_agent.domain.batches import Batch, BatchOutcome
from audit_agent.domain.ids import BatchId
from audit_agent.llm.batches.port import RemoteBatch
from audit_agent.llm.claude.batches import AnthropicBatches
from audit_agent.store.batches import Batches


class Death(StrEnum):
    """Where a process dies."""

    NOWHERE = "nowhere"
    BEFORE_CREATE = "the intent is recorded, and nothing sent"
    AFTER_CREATE = "the service has it, and that is not recorded"
    AFTER_FETCH = "the results have come, and are not kept"
    BEFORE_SETTLE = "the results are kept, and none is settled"
    MID_SETTLE = "some results are settled"
    BEFORE_END = "all results are settled, and that is not recorded"


class DeadError(BaseException):
    """The process is gone; no handler of ours sees to anything."""


class DyingBatches(AnthropicBatches):
    """The wire of such a process."""

    point = Death.NOWHERE

    def die_at(self, point: Death) -> None:
        """Die when there."""
        if self.point is point:
            raise DeadError

    async def create(self, batch: Batch, requests: Path) -> RemoteBatch:
        """Die before, or after."""
        self.die_at(Death.BEFORE_CREATE)
        created = await super().create(batch, requests)
        self.die_at(Death.AFTER_CREATE)
        return created

    async def results(self, batch: Batch, into: Path) -> bool:
        """Die after."""
        fetched = await super().results(batch, into)
        self.die_at(Death.AFTER_FETCH)
        return fetched


class DyingBook(Batches):
    """The book of such a process."""

    point = Death.NOWHERE
    settled = 0

    def settle(self, id_: BatchId, outcomes: Sequence[BatchOutcome]) -> None:
        """Die before the first, or the second."""
        if self.point is (Death.MID_SETTLE if self.settled else Death.BEFORE_SETTLE):
            raise DeadError
        super().settle(id_, outcomes)
        self.settled += 1

    def finish(self, batch: Batch) -> Batch | None:
        """Die before."""
        if self.point is Death.BEFORE_END:
            raise DeadError
        return super().finish(batch)
