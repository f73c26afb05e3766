"""Limits that adapt to the service, and turns that are fair between audits."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from audit_agent.llm.errors import ModelBusyError, ModelUnavailableError
from audit_agent.llm.gateway.pace import Pace
from audit_agent.llm.gateway.room import Room
from tests.peers.paying import question

A, B = "AUD-2026-0001", "AUD-2026-0002"


def in_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run within a loop that gives up rather than hang."""
    asyncio.run(asyncio.wait_for(work(), 30))


async def busy(pace: Pace, retry_after: timedelta | None = None) -> None:
    """A call that the service had no room for."""

    async def call() -> None:
        async with pace.turn(question()) as turn:
            turn.use()
            await asyncio.sleep(0.01)
            raise ModelBusyError("busy", retry_after=retry_after)

    with pytest.raises(ModelBusyError):
        await call()


def test_an_audit_with_many_calls_does_not_starve_another() -> None:
    async def work() -> None:
        pace, order = Pace(1), list[str]()

        async def call(audit: str) -> None:
            async with pace.turn(question(audit=audit)):
                order.append(audit)
                await asyncio.sleep(0)

        many = [asyncio.create_task(call(A)) for _ in range(100)]
        await asyncio.sleep(0)
        await call(B)
        assert order.index(B) <= 2
        await asyncio.gather(*many)

    in_loop(work)


def test_no_more_calls_are_in_flight_than_the_limit() -> None:
    async def work() -> None:
        pace, most = Pace(3), 0

        async def call() -> None:
            nonlocal most
            async with pace.turn(question()):
                most = max(most, pace.status()[0].in_flight)
                await asyncio.sleep(0)

        await asyncio.gather(*(call() for _ in range(20)))
        assert (most, pace.status()[0].in_flight, pace.status()[0].waiting) == (3, 0, 0)

    in_loop(work)


def test_a_busy_service_halves_the_limit_once_and_successes_raise_it_again() -> None:
    async def work() -> None:
        pace = Pace(8)
        # Given four calls that were on their way together when the service became busy
        await asyncio.gather(*(busy(pace, timedelta(0)) for _ in range(4)))
        assert pace.status()[0].limit == 4
        # When as many rounds of calls go well as were lost
        for _ in range(50):
            async with pace.turn(question()) as turn:
                turn.use()
        assert pace.status()[0].limit == 8

    in_loop(work)


def test_everybody_who_waits_for_the_model_waits_as_long_as_the_service_asks() -> None:
    async def work() -> None:
        pace, loop = Pace(8), asyncio.get_running_loop()
        await busy(pace, timedelta(seconds=0.3))
        begun = loop.time()

        async def waited(model: str) -> float:
            async with pace.turn(question(model=model)):
                return loop.time() - begun

        one, two, other = await asyncio.gather(waited("claude-sonnet-5-5"), waited("claude-sonnet-5-5"), waited("else"))
        assert min(one, two) >= 0.29
        assert other < 0.29

    in_loop(work)


def test_calls_a_minute_are_kept_apart() -> None:
    async def work() -> None:
        pace, loop = Pace(8, per_minute=600), asyncio.get_running_loop()
        begun = loop.time()
        for _ in range(4):
            async with pace.turn(question()) as turn:
                turn.use()
        assert loop.time() - begun >= 0.29

    in_loop(work)


def test_looking_without_sending_takes_nothing_of_the_minute() -> None:
    async def work() -> None:
        pace = Pace(8, per_minute=1)
        for _ in range(20):
            async with pace.turn(question()):
                pass
        async with pace.turn(question()) as turn:
            turn.use()
        assert pace.status()[0].paused_seconds > 30

    in_loop(work)


def test_looking_without_sending_does_not_raise_the_limit() -> None:
    async def work() -> None:
        pace = Pace(8)
        await busy(pace, timedelta(0))
        for _ in range(50):
            async with pace.turn(question()):
                pass
        assert pace.status()[0].limit == 4

    in_loop(work)


def test_whoever_gives_up_waiting_leaves_no_gap() -> None:
    async def work() -> None:
        pace = Pace(1)

        async def call() -> None:
            async with pace.turn(question()):
                pass

        async with pace.turn(question()):
            given_up, patient = asyncio.create_task(call()), asyncio.create_task(call())
            await asyncio.sleep(0)
            given_up.cancel()
        await patient
        assert pace.status()[0].in_flight == 0

    in_loop(work)


def test_a_gateway_that_ends_sends_away_who_waits_and_lets_others_finish() -> None:
    async def work() -> None:
        pace = Pace(1)

        async def call(model: str = "claude-sonnet-5-5") -> None:
            async with pace.turn(question(model=model)):
                pass

        async with pace.turn(question()):
            waiting = asyncio.create_task(call())
            await asyncio.sleep(0)
            pace.close()
            with pytest.raises(ModelUnavailableError, match="was not sent"):
                await waiting
        for model in ("claude-sonnet-5-5", "never asked before"):
            with pytest.raises(ModelUnavailableError, match="is ending"):
                await call(model)

    in_loop(work)


def test_one_audit_cannot_fill_the_room() -> None:
    room = Room(100_000)
    with room.holding(A, 40_000):
        with pytest.raises(ModelBusyError, match="no room"), room.holding(A, 20_000):
            pass
        with room.holding(B, 40_000):
            assert room.held == 80_000
            with pytest.raises(ModelBusyError), room.holding("AUD-2026-0003", 30_000):
                pass
    assert room.held == 0
