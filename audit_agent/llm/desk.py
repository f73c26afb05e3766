"""The ledger as a running event loop sees it: each entry by itself in a thread, or many in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from audit_agent.domain.ledger import CallRequest, Claim, Ledger, Settlement, StoredAnswer

Entry = TypeVar("Entry")
Result = TypeVar("Result")

MOST_AT_ONCE = 256
"""Entries in one transaction; other writers wait for it."""
GATHERING_SECONDS = 0.005
"""How long the first entry waits for company: nothing beside a model's answer, and most of what a transaction costs."""


class Desk(Protocol):
    """Takes questions, claims and settlements; what it answers is durable."""

    async def find(self, request: CallRequest) -> StoredAnswer | None:
        """See `Ledger.find_all`."""
        ...

    async def claim(self, request: CallRequest) -> Claim:
        """See `Ledger.claim`."""
        ...

    async def settle(self, settlement: Settlement) -> StoredAnswer:
        """See `Ledger.settle`."""
        ...


class OneByOne:
    """Implements `Desk` for a process that makes few calls: a transaction for each entry."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def find(self, request: CallRequest) -> StoredAnswer | None:
        """Look in a thread."""
        [answer] = await asyncio.to_thread(self._ledger.find_all, [request])
        return answer

    async def claim(self, request: CallRequest) -> Claim:
        """Claim in a thread."""
        return await asyncio.to_thread(self._ledger.claim, request)

    async def settle(self, settlement: Settlement) -> StoredAnswer:
        """Settle in a thread."""
        return await asyncio.to_thread(self._ledger.settle, settlement.key, settlement.reservation, settlement.answer)


class Together:
    """Implements `Desk` for a gateway: whatever arrives within moments goes into one transaction.

    So a disk that syncs a hundred times a second keeps up with thousands of calls.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._questions = _Queue(ledger.find_all)
        self._claims = _Queue(ledger.claim_all)
        self._settlements = _Queue(ledger.settle_all)

    async def find(self, request: CallRequest) -> StoredAnswer | None:
        """Look with whoever else does."""
        return await self._questions.enter(request)

    async def claim(self, request: CallRequest) -> Claim:
        """Claim with whoever else does."""
        return await self._claims.enter(request)

    async def settle(self, settlement: Settlement) -> StoredAnswer:
        """Settle with whoever else does."""
        return await self._settlements.enter(settlement)


class _Queue(Generic[Entry, Result]):
    """Entries of one kind, written one batch after the other."""

    def __init__(self, write: Callable[[Sequence[Entry]], list[Result]]) -> None:
        self._write = write
        self._waiting: list[tuple[Entry, asyncio.Future[Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    def enter(self, entry: Entry) -> "asyncio.Future[Result]":
        """What becomes of an entry once it is durable."""
        written: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return written

    async def _write_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHERING_SECONDS)
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                results = await asyncio.to_thread(self._write, [entry for entry, _ in batch])
            except Exception as error:  # everybody in the batch gets it, and whoever can tries again
                for _, written in batch:
                    if not written.done():
                        written.set_exception(error)
                continue
            for (_, written), result in zip(batch, results, strict=True):
                if not written.done():
                    written.set_result(result)
