"""How fast models are called: a limit per model that adapts to the service, shared fairly between audits."""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from audit_agent.llm.call import ModelCall
from audit_agent.llm.errors import ModelBusyError, ModelUnavailableError
from audit_agent.llm.gateway.wire import LaneStatus
from audit_agent.llm.turns import Turn

DEFAULT_PAUSE_SECONDS = 1.0
"""After a 429 or 529 that does not say how long to wait."""


class Lane:
    """The calls of one model. Each audit has a queue, and the queues take turns.

    The limit is halved when the service is busy, once for all calls that were on their way then, and grows by one
    for every round of calls that went well (additive increase, multiplicative decrease: Chiu and Jain, 1989).
    """

    def __init__(self, model: str, most: int, per_minute: int | None) -> None:
        self._model = model
        self._most = most
        self._gap = 60 / per_minute if per_minute else 0.0
        self._limit = float(most)
        self._in_flight = 0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._not_before = 0.0
        self._next_after_gap = 0.0
        self._halved_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._closed = False

    @asynccontextmanager
    async def turn(self, audit: str) -> AsyncIterator[Turn]:
        """Wait for a place among the calls in flight, and hold it."""
        await self._wait(audit)
        begun = asyncio.get_running_loop().time()
        turn = Turn()
        try:
            yield turn
        except ModelBusyError as busy:
            self._slow_down(begun, busy.retry_after)
            raise
        else:
            if turn.used:
                self._limit = min(float(self._most), self._limit + 1 / self._limit)
        finally:
            self._leave(turn.used)

    def status(self) -> LaneStatus:
        """Where it stands."""
        pause = self._opens() - asyncio.get_running_loop().time()
        return LaneStatus(
            model=self._model,
            in_flight=self._in_flight,
            waiting=sum(len(queue) for queue in self._queues.values()),
            limit=int(self._limit),
            paused_seconds=max(0, math.ceil(pause)),
        )

    def close(self) -> None:
        """Whoever waits, or asks from now on, is sent away; calls in flight go on."""
        self._closed = True
        for queue in self._queues.values():
            for place in queue:
                if not place.done():
                    place.set_exception(_closing())
        self._queues.clear()

    async def _wait(self, audit: str) -> None:
        if self._closed:
            raise _closing()
        place = asyncio.get_running_loop().create_future()
        self._queues.setdefault(audit, deque()).append(place)
        self._dispatch()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._leave(used=False)
            raise

    def _leave(self, used: bool) -> None:
        """Make room; a place in which nothing was sent gives its share of the minute to the next."""
        self._in_flight -= 1
        if not used:
            self._next_after_gap -= self._gap
        self._dispatch()

    def _opens(self) -> float:
        return max(self._not_before, self._next_after_gap)

    def _slow_down(self, begun: float, retry_after: timedelta | None) -> None:
        now = asyncio.get_running_loop().time()
        wait = retry_after.total_seconds() if retry_after is not None else DEFAULT_PAUSE_SECONDS
        self._not_before = max(self._not_before, now + wait)
        if begun >= self._halved_at:
            self._limit = max(1.0, self._limit / 2)
            self._halved_at = now

    def _dispatch(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queues and self._in_flight < int(self._limit):
            if (late := self._opens() - loop.time()) > 0:
                self._dispatch_in(late)
                return
            audit, queue = self._queues.popitem(last=False)
            place = queue.popleft()
            if queue:
                self._queues[audit] = queue
            if not place.done():
                self._in_flight += 1
                self._next_after_gap = max(self._next_after_gap, loop.time()) + self._gap
                place.set_result(None)

    def _dispatch_in(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._dispatch)


class Pace:
    """A lane for each model. Implements `llm.turns.Turns`."""

    def __init__(self, most: int, per_minute: int | None = None) -> None:
        self._most = most
        self._per_minute = per_minute
        self._lanes: dict[str, Lane] = {}
        self._closed = False

    def turn(self, call: ModelCall) -> AbstractAsyncContextManager[Turn]:
        """Hold a place among the calls in flight to the call's model; waits for one."""
        if call.model not in self._lanes:
            self._lanes[call.model] = Lane(call.model, self._most, self._per_minute)
            if self._closed:
                self._lanes[call.model].close()
        return self._lanes[call.model].turn(call.audit)

    def status(self) -> tuple[LaneStatus, ...]:
        """Every lane, by model."""
        return tuple(self._lanes[model].status() for model in sorted(self._lanes))

    def close(self) -> None:
        """Send away whoever waits, or asks from now on, for whichever model."""
        self._closed = True
        for lane in self._lanes.values():
            lane.close()


def _closing() -> ModelUnavailableError:
    return ModelUnavailableError("The gateway is ending.", "It is tried again by itself, and was not sent.")
