"""Thousands of documents are read by a model while processes die: every answer is paid once, results are the same."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.reading_run import ReadingRun, Stack, wait_until
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.reading_models import reads_documents

pytestmark = pytest.mark.timeout(1200)

FULL = os.environ.get("AUDIT_AGENT_CHAOS") == "full"
DOCUMENTS, KILLS = (2000, 30) if FULL else (100, 3)
POINTS = ("before:read_page/S02", "mid:read_page/S02", "after:read_page/S02")
"""Where the worker kills itself as well: before a page, when it stores what it read, before Temporal knows it."""
MANY = 10_000
RESUME_SECONDS = 5.0
SEED = 20251126


@pytest.fixture
def service() -> Iterator[AnthropicServer]:
    with AnthropicServer() as running:
        running.script = reads_documents
        yield running


async def _read_through(run: ReadingRun, kills: int) -> None:
    await run.start()
    await run.kill_at_random(kills, SEED, 1000)


def test_kills_of_worker_server_and_supervisor_cost_nothing_and_change_nothing(
    tmp_path: Path, service: AnthropicServer
) -> None:
    # Given what the documents come to when nothing is killed
    stack = Stack(tmp_path, DOCUMENTS)
    undisturbed = ReadingRun(tmp_path / "undisturbed", stack, service)
    with undisturbed.machine():
        asyncio.run(_read_through(undisturbed, 0))
    assert set(service.billed.values()) == {1}
    assert len(service.billed) == DOCUMENTS
    service.billed.clear()
    # When one part after the other dies
    run = ReadingRun(tmp_path / "killed", stack, service, POINTS)
    with run.machine():
        asyncio.run(_read_through(run, KILLS))
    # Then each call was paid once, and nothing is left unknown
    print(f"{KILLS} kills: {service.bill} calls billed, {len(service.billed)} distinct, {run.exposure()} unknown")
    assert service.bill == len(service.billed) == DOCUMENTS
    assert run.exposure() == 0
    assert run.fired() == {point.replace("/", "-") for point in POINTS}
    assert run.workpapers() == undisturbed.workpapers()


@pytest.mark.skipif(not FULL, reason="reads 10,000 documents; `make chaos` does")
def test_after_a_power_cut_at_5000_of_10000_the_next_document_starts_at_once(
    tmp_path: Path, service: AnthropicServer
) -> None:
    run = ReadingRun(tmp_path / "cut", Stack(tmp_path, MANY), service)

    async def half() -> None:
        await run.start()
        await run.carry_on(lambda: service.bill >= MANY // 2, 600)

    with run.machine():
        asyncio.run(half())
        run.power_cut()
        # What was asked and never answered may have been billed; nothing else is ever asked again.
        paid, asked = set(service.billed), len(service.requests)
        run.power_on()
        seconds = wait_until(lambda: bool(set(service.billed) - paid), 60)
        asyncio.run(run.carry_on(run.is_read, 900))
    twice = service.bill - len(service.billed)
    print(f"next document after {seconds:.1f} s; {twice} calls in flight at the cut made again, {run.exposure()} shown")
    assert seconds < RESUME_SECONDS
    assert len(service.billed) == MANY
    assert twice <= run.exposure() <= run.settings.gateway_slots
    assert asked >= MANY // 2
