"""Batches of model calls at half price: what one is, where it stands, and the port to the book of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from audit_agent.domain.ids import AuditId, BatchId, StepId
from audit_agent.domain.ledger import CallRequest, StoredAnswer
from audit_agent.domain.record import Digest, Record

CREATE_WITHIN = timedelta(minutes=5)
"""How long the request that creates a batch may take. After that it is given up, and its outcome is unknown."""


class BatchState(StrEnum):
    """Where a batch stands. The last three are ends."""

    PREPARED = "prepared"
    """Its calls are reserved and its requests kept. Nothing was sent."""
    INTENDED = "intended"
    """It is being created, or was and the answer did not come: the service may have it."""
    CREATED = "created"
    """The service has it."""
    ENDED = "ended"
    """The service has finished it, and its results can be fetched."""
    COLLECTED = "collected"
    """What was answered is in the ledger."""
    DROPPED = "dropped"
    """The service never had it, and nothing was billed."""
    LOST = "lost"
    """The service had it, and its results cannot be had any more."""

    @property
    def over(self) -> bool:
        """Whether it reserves no call any more."""
        return self in (BatchState.COLLECTED, BatchState.DROPPED, BatchState.LOST)


class Batch(Record):
    """One batch, as the book has it."""

    id: BatchId
    audit: AuditId
    step: StepId
    begin: int
    end: int
    """Documents `begin` to before `end` of the step were looked at for it."""
    model: str
    count: int
    """Calls in it."""
    keys: Digest
    """Of the sorted keys of its calls, which are its requests' `custom_id`."""
    requests: Digest
    """Evidence: the bytes that create it."""
    state: BatchState = BatchState.PREPARED
    remote: str | None = None
    """What the service calls it."""
    confirmed: bool = False
    """Whether it is certain that `remote` is this batch, and not one that looks like it."""
    refuted: tuple[str, ...] = ()
    """What turned out to be other batches."""
    cancelled: bool = False
    """Whether nobody waits for the rest of it."""
    results: Digest | None = None
    """Evidence: the results as fetched."""
    answered: int = 0
    """Calls of it that were answered and paid, once it is collected."""
    note: str = ""
    """Why it was dropped or lost."""
    prepared_at: datetime
    intended_at: datetime | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    looked_at: datetime
    """When somebody last asked after it; one that nobody asks after is collected all the same."""
    version: int = 0
    """Counts changes, so that of two who change it at once only one does."""

    @property
    def purpose(self) -> str:
        """What it is, in a sentence about a failure."""
        return f"batch {self.id}"


class BatchOutcome(Record):
    """What became of one call of a batch: its answer, or why there is none and nothing was billed."""

    key: Digest
    answer: StoredAnswer | None
    error: str = ""


class BatchBook(Protocol):
    """Batches and the calls they reserve. Every method is durable when it returns, and blocks while it works."""

    def find(self, id_: BatchId) -> Batch | None:
        """A batch as it stands."""
        ...

    def never_asked(self, keys: Sequence[Digest]) -> set[Digest]:
        """Those of the keys the ledger knows nothing of."""
        ...

    def prepare(self, batch: Batch, calls: Sequence[CallRequest]) -> set[Digest]:
        """Enter a batch and reserve its calls.

        Returns those it cannot have, because somebody asked meanwhile or the budget does not allow them. When there
        are any, nothing is entered.
        """
        ...

    def save(self, batch: Batch) -> Batch | None:
        """Change a batch that is not over, unless somebody else has since it was read: then None."""
        ...

    def settle(self, id_: BatchId, outcomes: Sequence[BatchOutcome]) -> None:
        """Store answers, and let go of calls without one. Doing it again changes nothing."""
        ...

    def finish(self, batch: Batch) -> Batch | None:
        """Save its end, and let go of the calls it still reserves; those that may be billed count as unknown."""
        ...

    def others(self, batch: Batch) -> dict[str, Batch]:
        """Other batches by what the service calls them."""
        ...

    def unattended(self, before: datetime) -> tuple[BatchId, ...]:
        """Batches that are not over and that nobody has asked after since."""
        ...
