"""How much of a bare loop over the SDK is left when the gateway reserves, pays once and stores every call.

Run it with `pytest tests/bench/bench_gateway.py`. Calls take 50 ms, 64 are in flight, and the service, the gateway
and the caller are processes of their own.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from anthropic import AsyncAnthropic

from audit_agent.llm.call import ModelCall
from audit_agent.llm.gateway.client import GatewayCalls
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.bench.slow_service import service
from tests.peers.gateways import gateway_process
from tests.peers.paying import Note, question

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

CALLS, IN_FLIGHT = 2_000, 64
FLOOR = 0.6
"""The goal is 0.85. Two cores, busy with other work as well, reached 0.73 to 0.86; idle ones are not measured yet."""


async def rate(ask: Callable[[ModelCall], Awaitable[object]]) -> float:
    """Calls a second."""
    calls = iter([question(f"Question {number}?") for number in range(CALLS)])

    async def some() -> None:
        for call in calls:
            await ask(call)

    begun = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))
    return CALLS / (time.perf_counter() - begun)


async def bare(url: str) -> float:
    """With the SDK alone, and nothing kept."""
    async with AsyncAnthropic(api_key="test-key", base_url=url, max_retries=0) as client:

        async def ask(call: ModelCall) -> None:
            await client.messages.parse(
                model=call.model,
                max_tokens=call.max_tokens,
                system=call.system,
                messages=[{"role": "user", "content": call.messages[0].content}],
                output_format=Note,
            )

        return await rate(ask)


async def through(gateway: GatewayCalls) -> float:
    """Through the gateway."""
    try:
        return await rate(gateway.ask)
    finally:
        await gateway.close()


def test_calls_a_second_through_the_gateway(
    sqlite_url: str, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as url:
        most = asyncio.run(bare(url))
        with gateway_process(sqlite_url, url) as process:
            ours = asyncio.run(through(GatewayCalls(process.address)))
    with capsys.disabled():
        print(f"\nbare SDK {most:.0f} calls/s, through the gateway {ours:.0f}: {ours / most:.0%}")
    assert DatabaseLedger(sqlite_database).spend("AUD-2026-0001").total.calls == CALLS
    assert ours / most > FLOOR
