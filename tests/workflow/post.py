"""Stand-ins for the activities that send documents' calls in batches."""

from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from audit_agent.activities import contract_batches as c
from audit_agent.activities.contract import Done
from audit_agent.domain.batches import BatchState
from audit_agent.domain.ids import BatchId


class Post:
    """A service that takes batches and ends them when it has been asked after often enough."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.polls_needed = 1
        self.batch_size = 1_000
        """Documents that fill a batch."""
        self.refuses = False
        """Whether it takes no batch."""
        self._polls = 0

    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=c.PREPARE_BATCH.name)
        async def prepare(task: c.BatchRange) -> c.PreparedBatch:
            end = min(task.begin + self.batch_size, task.end)
            self.did.append(f"prepare {task.begin} to {end}")
            id_ = BatchId(f"{task.audit}/{task.step}/{task.begin}/{task.run[:8]}")
            return c.PreparedBatch(batch=id_, next=end if end < task.end else None)

        @activity.defn(name=c.CREATE_BATCH.name)
        async def create(refs: c.BatchRefs) -> c.BatchStandings:
            if self.refuses:
                raise ApplicationError("no", type="RefusedError", non_retryable=True)
            return self._note("create", refs, BatchState.CREATED)

        @activity.defn(name=c.POLL_BATCH.name)
        async def poll(refs: c.BatchRefs) -> c.BatchStandings:
            self._polls += 1
            return self._note(
                "poll", refs, BatchState.ENDED if self._polls >= self.polls_needed else BatchState.CREATED
            )

        @activity.defn(name=c.COLLECT_BATCH.name)
        async def collect(refs: c.BatchRefs) -> c.BatchStandings:
            return self._note("collect", refs, BatchState.COLLECTED)

        @activity.defn(name=c.CANCEL_BATCH.name)
        async def cancel(refs: c.BatchRefs) -> Done:
            self._note("cancel", refs, BatchState.CREATED)
            return Done()

        return [prepare, create, poll, collect, cancel]

    def _note(self, what: str, refs: c.BatchRefs, state: BatchState) -> c.BatchStandings:
        self.did.append(f"{what} {len(refs.batches)}")
        return c.BatchStandings(batches=tuple(c.BatchStanding(batch=one, state=state) for one in refs.batches))
