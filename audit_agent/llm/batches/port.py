"""The ports of batches: the wire to a service that takes them, and whoever looks after them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from audit_agent.domain.batches import Batch
from audit_agent.domain.ids import BatchId
from audit_agent.domain.record import Digest, Record
from audit_agent.llm.transport import Delivered


class RemoteBatch(Record):
    """A batch as the service tells of it."""

    id: str
    count: int
    """Calls in it, whatever became of them."""
    created_at: datetime
    ended_at: datetime | None
    """None while it is worked on."""
    gone: bool = False
    """Whether its results cannot be had any more."""


class ItemResult(Record):
    """What the service tells of one call of a batch. One without an answer is not billed."""

    key: Digest
    delivered: Delivered | None
    error: str = ""


class BatchTransport(Protocol):
    """Speaks to the service, one attempt each. All but `create` raise what `Calls.ask` raises."""

    async def create(self, batch: Batch, requests: Path) -> RemoteBatch:
        """Send the requests; raises NotDelivered."""
        ...

    async def list(self, batch: Batch, since: datetime) -> tuple[RemoteBatch, ...]:
        """Every batch created since."""
        ...

    async def retrieve(self, batch: Batch) -> RemoteBatch | None:
        """How the batch stands; None when there is no such batch."""
        ...

    async def cancel(self, batch: Batch) -> None:
        """Ask that nothing more of it is begun. What is done is billed, and among its results."""
        ...

    async def results(self, batch: Batch, into: Path) -> bool:
        """Fetch the results of a batch that has ended, as they come; False when they cannot be had any more."""
        ...

    def read(self, batch: Batch, results: Path) -> Iterator[ItemResult]:
        """What fetched results say; raises ModelUnavailableError when they are cut or no results."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


class BatchDesk(Protocol):
    """Looks after batches that are in the book: this process, or a gateway.

    Each method takes a batch further where it can, may be repeated at any time, and returns how it stands then.
    """

    async def create(self, id_: BatchId) -> Batch:
        """Have the service take a batch; one whose creation is in doubt is looked for first."""
        ...

    async def poll(self, id_: BatchId) -> Batch:
        """Ask whether it has ended."""
        ...

    async def collect(self, id_: BatchId) -> Batch:
        """Fetch the results of one that has ended, once, and put them into the ledger."""
        ...

    async def cancel(self, id_: BatchId) -> Batch:
        """Nobody waits for the rest of it. What is paid is still collected, by `attend`."""
        ...

    async def attend(self, id_: BatchId) -> Batch:
        """Whatever is next for one that nobody asks after; what was never sent is not sent."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
