"""Paid calls: every model call goes through here, and a finished one is never made again."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn, Protocol, TypeVar

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ledger import (
    CallRequest,
    Finished,
    Ledger,
    OverBudget,
    Reserved,
    Settlement,
    StoredAnswer,
    Underway,
)
from audit_agent.domain.record import Digest, Record
from audit_agent.llm.call import ModelCall
from audit_agent.llm.desk import Desk, OneByOne
from audit_agent.llm.errors import BudgetReachedError, ModelAnswerCutError, ModelBusyError, ModelRefusedError
from audit_agent.llm.lease import LeaseKeeper
from audit_agent.llm.prices import PriceList
from audit_agent.llm.transport import Billed, Delivered, NotDelivered, Transport
from audit_agent.llm.turns import AtOnce, Turns

Result = TypeVar("Result")
_log = logging.getLogger(__name__)

LEASE_SECONDS = 10.0
"""A process that dies delays its calls by this long; one that stalls for longer loses them."""
PATIENCE_SECONDS = 660.0
"""How long to wait for another process that makes the same call: a little longer than a call may take."""
_FIRST_LOOK, _LAST_LOOK = 0.02, 0.5
"""Seconds between looks at another process's call; they double from the first to the last."""
_STORE_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts to store a paid answer."""
_BATCH_AGAIN = timedelta(minutes=40)
"""When to ask again for a call that waits in a batch: forty attempts (`temporal.retry.MODEL`) outlast its day."""
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


class ModelAnswer(Record):
    """A complete answer. Its text still has to be read against the schema."""

    text: str
    key: Digest
    model: str
    request_id: str


class Calls(Protocol):
    """Whoever answers model calls: this process, or a gateway."""

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """The answer to a call, paid at most once."""
        ...

    async def close(self) -> None:
        """Finish what this process has under way, and close connections."""
        ...


class Counts(Protocol):
    """Whoever counts a call's tokens without making it, which costs nothing."""

    async def count(self, call: ModelCall) -> int:
        """Tokens of what the call sends; raises what `Calls.ask` raises when the service does not answer."""
        ...


class PaidCalls:
    """Answers calls from the ledger, and makes those that are not in it."""

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        prices: PriceList,
        lease: float = LEASE_SECONDS,
        patience: float = PATIENCE_SECONDS,
        turns: Turns | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._ledger = ledger
        self._transport = transport
        self._prices = prices
        self._lease = lease
        self._patience = patience
        self._turns = turns or AtOnce()
        self._desk = desk or OneByOne(ledger)
        self._leases = LeaseKeeper(ledger, lease)
        self._flights: dict[Digest, asyncio.Task[StoredAnswer]] = {}

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """The answer to a call, from the ledger or freshly paid.

        Cancelling the caller does not cancel a call that is under way: it is paid, so its answer is stored.

        Raises ModelBusyError, ModelUnavailableError (retryable), ModelKeyRejectedError, ModelRequestRefusedError,
        ModelRefusedError, ModelAnswerCutError and BudgetReachedError.
        """
        return _complete(call, await self._answer(self._request(call), call))

    async def count(self, call: ModelCall) -> int:
        """Tokens of what the call sends. Nothing is billed, so the ledger knows nothing of it."""
        try:
            return await self._transport.count(call)
        except NotDelivered as attempt:
            raise attempt.failure from attempt.__cause__

    async def close(self) -> None:
        """Wait for calls under way, store their answers, and close the connections."""
        while self._flights:
            await asyncio.wait(self._flights.values())
        await asyncio.to_thread(self._leases.close)
        await self._transport.close()

    async def _answer(self, request: CallRequest, call: ModelCall) -> StoredAnswer:
        # Awaiting one that is done does not yield, so that it would never get to land: it is as good as gone.
        while (flight := self._flights.get(request.key)) is not None and not flight.done():
            # A failure of theirs is ours too: a hundred who wait must not each try a busy service in turn.
            # After a success the ledger has the answer, and records our use of it.
            with suppress(BudgetReachedError):  # of another audit, perhaps: ours may allow it
                await asyncio.shield(flight)
        flight = asyncio.create_task(self._fly(request, call))
        self._flights[request.key] = flight
        flight.add_done_callback(partial(self._land, request.key))
        return await asyncio.shield(flight)

    def _land(self, key: Digest, flight: asyncio.Task[StoredAnswer]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # who asked may be gone; what happened is in the ledger

    async def _fly(self, request: CallRequest, call: ModelCall) -> StoredAnswer:
        if found := await self._desk.find(request):
            return found
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        pause = _FIRST_LOOK
        while True:
            # Reserved only once it may be sent: what merely waits is no exposure when this process dies.
            async with self._turns.turn(call) as turn:
                claim = await self._desk.claim(request)
                match claim:
                    case Finished(answer=answer):
                        return answer
                    case Reserved(reservation=reservation):
                        turn.use()
                        return await self._pay(call, request.key, reservation)
                    case OverBudget(in_flight=False) as over:
                        raise _too_dear(call, over)
            if isinstance(claim, Underway) and claim.in_batch:
                raise _waits_in_a_batch(call)
            # Somebody makes this call, or others of the audit, which seldom cost what is reserved for them.
            if loop.time() > deadline:
                _wait_no_longer(call)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_LOOK)

    async def _pay(self, call: ModelCall, key: Digest, reservation: str) -> StoredAnswer:
        with self._leases.holding(reservation):
            try:
                delivered = await self._transport.send(call)
            except NotDelivered as attempt:
                settle = self._ledger.release if attempt.billed is Billed.NO else self._ledger.lose
                await _finish(_in_thread(settle, key, reservation, str(attempt.failure)))
                raise attempt.failure from attempt.__cause__
            except BaseException:
                # Cancelled by the end of the loop, or a bug: sent or not, nobody will know.
                await _finish(_in_thread(self._ledger.lose, key, reservation, "The call was interrupted."))
                raise
            return await _finish(self._store(key, reservation, self._priced(call, delivered)))

    async def _store(self, key: Digest, reservation: str, answer: StoredAnswer) -> StoredAnswer:
        """Store a paid answer; it is worth waiting a few seconds for a database that is away."""
        settlement = Settlement(key=key, reservation=reservation, answer=answer)
        for pause in _STORE_PAUSES:
            try:
                return await self._desk.settle(settlement)
            except AuditAgentError as error:
                _log.warning("A paid answer is not stored yet: %s", error)
            await asyncio.sleep(pause)
        return await self._desk.settle(settlement)

    def _request(self, call: ModelCall) -> CallRequest:
        return CallRequest(
            key=call.key,
            model=call.model,
            prompt=call.prompt,
            output=call.output,
            audit=call.audit,
            purpose=call.purpose,
            estimate=self._prices.estimate(call),
            lease=self._lease,
        )

    def _priced(self, call: ModelCall, delivered: Delivered) -> StoredAnswer:
        cost = self._prices.cost(call.model, delivered.tokens)
        return StoredAnswer(**delivered.model_dump(), cost=cost)


async def _in_thread(work: Callable[..., Result], *arguments: Any) -> Result:
    return await asyncio.to_thread(work, *arguments)


async def _finish(work: Coroutine[Any, Any, Result]) -> Result:
    """Carry a settlement through, also when the task is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def _complete(call: ModelCall, answer: StoredAnswer) -> ModelAnswer:
    if answer.stop_reason == "refusal":
        because = f": {answer.stop_detail}" if answer.stop_detail else ""
        raise ModelRefusedError(
            f"The model {answer.model} declined to answer {call.purpose} of {call.audit}{because}.",
            "Use another model or the offline analyst. Asking the same again gives the same answer from the ledger.",
        )
    if answer.stop_reason in _CUT:
        raise ModelAnswerCutError(
            f"The answer of {answer.model} to {call.purpose} of {call.audit} was cut off ({answer.stop_reason}).",
            "Audit a shorter period or fewer procedures at a time, or use a model that can answer at greater length.",
        )
    return ModelAnswer(text=answer.text, key=call.key, model=answer.model, request_id=answer.request_id)


def _wait_no_longer(call: ModelCall) -> NoReturn:
    raise ModelBusyError(
        f"The call for {call.purpose} of {call.audit} has waited too long for calls that are under way.",
        "It is tried again by itself.",
    )


def _waits_in_a_batch(call: ModelCall) -> ModelBusyError:
    # Not within a turn, where it would count as the service being busy.
    return ModelBusyError(
        f"The call for {call.purpose} of {call.audit} waits in a batch, which may take a day.",
        "It is tried again by itself; the batch's answer is paid once, at half price.",
        _BATCH_AGAIN,
    )


def _too_dear(call: ModelCall, over: OverBudget) -> BudgetReachedError:
    if over.estimate is None:
        return BudgetReachedError(
            f"The price of {call.model} is not known, so {call.audit} cannot keep its budget of USD {over.limit:f}.",
            "Use a model that audit_agent/llm/prices.yaml lists, or start an audit without a budget.",
        )
    return BudgetReachedError(
        f"The budget of {call.audit}, USD {over.limit:f}, does not allow {call.purpose}: "
        f"USD {over.taken:f} is spent, and the call costs up to USD {over.estimate:f}.",
        "Raise the budget at its gate, or finish without a model.",
    )
