"""Looking after batches: each is created once, its results are fetched once, and no crash pays one twice."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.batches import Batch, BatchBook, BatchOutcome, BatchState
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import BatchId
from audit_agent.domain.ledger import StoredAnswer
from audit_agent.domain.record import digest_of
from audit_agent.llm.batches.port import BatchTransport, ItemResult, RemoteBatch
from audit_agent.llm.errors import ModelRetryableError, ModelUnavailableError
from audit_agent.llm.prices import PriceList
from audit_agent.llm.transport import Billed, NotDelivered

PROVEN_AFTER = timedelta(minutes=10)
"""A batch that the service does not list so long after it was sent was never created: twice what sending may take."""
CLOCKS_APART = timedelta(minutes=5)
"""How far the service's clock may be behind ours."""
_AT_ONCE = 256
"""Results in one transaction; other writers wait for it."""

_log = logging.getLogger(__name__)


class BatchService:
    """Implements `llm.batches.port.BatchDesk` in this process."""

    def __init__(
        self,
        book: BatchBook,
        evidence: Evidence,
        transport: BatchTransport,
        prices: PriceList,
        clock: Clock = system_clock,
        proven_after: timedelta = PROVEN_AFTER,
    ) -> None:
        self._book = book
        self._evidence = evidence
        self._transport = transport
        self._prices = prices
        self._clock = clock
        self._proven_after = proven_after

    async def create(self, id_: BatchId) -> Batch:
        """Have the service take a batch; one whose creation is in doubt is looked for first."""
        batch = await self._look(id_)
        match batch.state:
            case BatchState.PREPARED:
                return await self._send(batch)
            case BatchState.INTENDED:
                return await self._search(batch, again=not batch.cancelled)
        return batch

    async def poll(self, id_: BatchId) -> Batch:
        """Ask whether it has ended."""
        batch = await self._look(id_)
        if batch.state is not BatchState.CREATED:
            return batch
        remote = await self._transport.retrieve(batch)
        if remote is None or remote.gone:
            return await self._not_there(batch)
        if remote.ended_at is None:
            return batch
        return await self._move(batch, BatchState.ENDED, ended_at=remote.ended_at)

    async def collect(self, id_: BatchId) -> Batch:
        """Fetch the results of one that has ended, once, and put them into the ledger."""
        batch = await self._look(id_)
        if batch.state is not BatchState.ENDED:
            return batch
        if batch.results is None:
            batch = await self._fetch(batch)
        if batch.state is not BatchState.ENDED or batch.results is None:
            return batch
        answered = await asyncio.to_thread(self._settle, batch, self._evidence.path(batch.results))
        return await self._move(batch, BatchState.COLLECTED, answered=answered)

    async def cancel(self, id_: BatchId) -> Batch:
        """Nobody waits for the rest of it. What is paid is still collected, by `attend`."""
        batch = await self._look(id_)
        if batch.state is BatchState.PREPARED:
            return await self._move(batch, BatchState.DROPPED, note="It was cancelled before it was sent.")
        batch = await self._note(batch, cancelled=True)
        if batch.state is BatchState.CREATED:
            await self._transport.cancel(batch)
        return batch

    async def attend(self, id_: BatchId) -> Batch:
        """Whatever is next for one that nobody asks after; what was never sent is not sent."""
        batch = await self._look(id_)
        if batch.state is BatchState.PREPARED:
            return await self._move(batch, BatchState.DROPPED, note="Nobody asked for it to be sent.")
        if batch.state is BatchState.INTENDED:
            batch = await self._search(batch, again=False)
        if batch.state is BatchState.CREATED and batch.cancelled:
            await self._transport.cancel(batch)
        batch = await self.poll(id_)
        return await self.collect(id_) if batch.state is BatchState.ENDED else batch

    async def close(self) -> None:
        """Close connections."""
        await self._transport.close()

    async def _send(self, batch: Batch) -> Batch:
        """Create it. That it is being created is recorded before, what the service calls it after."""
        intended = await asyncio.to_thread(
            self._book.save,
            batch.model_copy(update={"state": BatchState.INTENDED, "intended_at": self._clock()}),
        )
        if intended is None:
            return await self._find(batch.id)
        try:
            remote = await self._transport.create(intended, self._evidence.path(intended.requests))
        except NotDelivered as attempt:
            if attempt.billed is Billed.UNKNOWN:
                _log.warning("Whether batch %s was created is not known yet: %s", batch.id, attempt.failure)
                return intended
            if not isinstance(attempt.failure, ModelRetryableError):
                return await self._move(intended, BatchState.DROPPED, note=str(attempt.failure))
            await self._move(intended, BatchState.PREPARED, intended_at=None)
            raise attempt.failure from attempt.__cause__
        # Whoever searched meanwhile may have taken another one for it; this answer is certain.
        created = {"state": BatchState.CREATED, "confirmed": True, **_told(remote)}
        return await self._write(intended, self._book.save, lambda now: not now.confirmed, created)

    async def _search(self, batch: Batch, again: bool) -> Batch:
        """Look for a batch whose creation nobody saw the end of; send it again once it is proven not to be there."""
        intended_at = batch.intended_at or batch.prepared_at
        others = await asyncio.to_thread(self._book.others, batch)
        known = {name for name, other in others.items() if other.confirmed}.union(batch.refuted)
        listed = await self._transport.list(batch, intended_at - CLOCKS_APART)
        alike = [one for one in listed if one.count == batch.count and one.id not in known]
        for ended in [one for one in alike if one.ended_at is not None]:
            batch = await self._adopt(batch, ended)
            if batch.remote == ended.id:
                batch = await self._fetch(batch)
            if batch.state is not BatchState.INTENDED:
                return batch
        match [one for one in alike if one.ended_at is None]:
            case [] if self._clock() - intended_at < self._proven_after:
                return batch
            case [] if again:
                return await self._send(batch)
            case []:
                return await self._move(batch, BatchState.DROPPED, note="The service never had it.")
            case [only] if only.id not in others:
                return await self._adopt(batch, only)
        return batch  # several may be it; their results will tell

    async def _adopt(self, batch: Batch, remote: RemoteBatch) -> Batch:
        """Take a batch that looks like this one for it, until its results tell."""
        state = BatchState.CREATED if remote.ended_at is None else BatchState.ENDED
        return await self._move(batch, state, **_told(remote))

    async def _not_there(self, batch: Batch) -> Batch:
        if not batch.confirmed:
            return await self._refute(batch)
        note = f"The service does not have the results of {batch.remote} any more."
        return await self._move(batch, BatchState.LOST, note=note)

    async def _refute(self, batch: Batch) -> Batch:
        """What looked like this batch is another one: it is in doubt again."""
        refuted = (*batch.refuted, *([batch.remote] if batch.remote else []))
        return await self._move(
            batch, BatchState.INTENDED, remote=None, refuted=refuted, created_at=None, ended_at=None
        )

    async def _fetch(self, batch: Batch) -> Batch:
        """Keep the results in the evidence before anything is done with them."""
        with TemporaryDirectory(dir=self._evidence.workspace()) as folder:
            file = Path(folder) / "results.jsonl"
            if not await self._transport.results(batch, file):
                return await self._not_there(batch)
            keys = await asyncio.to_thread(lambda: sorted(item.key for item in self._transport.read(batch, file)))
            if len(keys) != batch.count:
                raise ModelUnavailableError(
                    f"The results of batch {batch.remote} came with {len(keys)} of {batch.count} calls.",
                    "They are fetched again by themselves.",
                )
            if digest_of(keys) != batch.keys and not batch.confirmed:
                return await self._refute(batch)
            results = await asyncio.to_thread(self._evidence.put_file, file)
        return await self._move(batch, BatchState.ENDED, results=results, confirmed=True)

    def _settle(self, batch: Batch, results: Path) -> int:
        answered = 0
        for some in _slices(self._outcome(batch, item) for item in self._transport.read(batch, results)):
            self._book.settle(batch.id, some)
            answered += sum(outcome.answer is not None for outcome in some)
        return answered

    def _outcome(self, batch: Batch, item: ItemResult) -> BatchOutcome:
        if item.delivered is None:
            return BatchOutcome(key=item.key, answer=None, error=f"In a batch: {item.error}")
        cost = self._prices.cost(batch.model, item.delivered.tokens, in_batch=True)
        return BatchOutcome(key=item.key, answer=StoredAnswer(**item.delivered.model_dump(), cost=cost))

    async def _look(self, id_: BatchId) -> Batch:
        """The batch, and the book says that somebody asks after it."""
        batch = await self._find(id_)
        return batch if batch.state.over else await self._note(batch, looked_at=self._clock())

    async def _find(self, id_: BatchId) -> Batch:
        batch = await asyncio.to_thread(self._book.find, id_)
        if batch is None:
            raise NotFoundError(f"There is no batch {id_}.", "Run gateway and workers on the same database.")
        return batch

    async def _note(self, batch: Batch, **changes: Any) -> Batch:
        """Note something that holds whatever else happened meanwhile."""
        return await self._write(batch, self._book.save, lambda _: True, changes)

    async def _move(self, batch: Batch, state: BatchState, **changes: Any) -> Batch:
        """Change where a batch stands, unless somebody else did meanwhile."""
        save = self._book.finish if state.over else self._book.save
        return await self._write(batch, save, lambda now: _place(now) == _place(batch), {"state": state, **changes})

    async def _write(
        self,
        batch: Batch,
        save: Callable[[Batch], Batch | None],
        may: Callable[[Batch], bool],
        changes: dict[str, Any],
    ) -> Batch:
        while not batch.state.over and may(batch):
            if saved := await asyncio.to_thread(save, batch.model_copy(update=changes)):
                return saved
            batch = await self._find(batch.id)
        return batch


def _told(remote: RemoteBatch) -> dict[str, Any]:
    return {"remote": remote.id, "created_at": remote.created_at, "ended_at": remote.ended_at}


def _place(batch: Batch) -> tuple[object, ...]:
    return batch.state, batch.remote, batch.intended_at


def _slices(outcomes: Iterator[BatchOutcome]) -> Iterator[list[BatchOutcome]]:
    while some := list(islice(outcomes, _AT_ONCE)):
        yield some
