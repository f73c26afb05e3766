"""Processes that die with a batch in hand: the next one goes on, and no call is paid twice."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from audit_agent.domain.batches import Batch, BatchState
from audit_agent.domain.ids import AuditId
from audit_agent.llm.batches.service import PROVEN_AFTER
from audit_agent.llm.errors import ModelUnavailableError
from audit_agent.llm.gateway.client import GatewayBatches
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.batching import Batching, MovableClock
from tests.peers.dying import DeadError, Death
from tests.peers.gateways import GatewayProcess, Point, gateway_process
from tests.peers.paying import ask, question

AUDIT = AuditId("AUD-2026-0001")
CALLS = [question(f"What says document {number}?", purpose=f"document/S01/{number}") for number in range(260)]
"""More than are settled in one transaction."""


@pytest.mark.parametrize("point", [death for death in Death if death is not Death.NOWHERE])
def test_wherever_a_process_dies_each_call_is_paid_once(
    sqlite_database: Database, server: AnthropicServer, tmp_path: Path, point: Death
) -> None:
    clock = MovableClock()
    server.batches.clock = clock
    ledger = DatabaseLedger(sqlite_database, clock)
    mortal = Batching(sqlite_database, tmp_path / "evidence", server.url, clock, dies=point)
    # Given a process that dies at the point
    batch = mortal.prepare(AUDIT, CALLS)
    with pytest.raises(DeadError):
        mortal.through(batch)
    # When the next one goes on as often as it takes
    heir = Batching(sqlite_database, tmp_path / "evidence", server.url, clock)
    for _ in range(3):
        heir.through(batch)
        clock.move(PROVEN_AFTER)
    # Then everything is answered, at half price, and paid once
    ask(ledger, server.url, CALLS[0], CALLS[-1])
    assert (server.batches.billed, server.bill) == ({call.key: 1 for call in CALLS}, 0)
    assert (server.batches.creates, server.batches.fetches) == (1, 2 if point is Death.AFTER_FETCH else 1)
    total = ledger.spend(AUDIT).total
    assert (total.calls, total.unknown_calls) == (len(CALLS), 0)


def test_a_batch_that_was_intended_and_never_sent_is_sent_after_all_only_once_that_is_proven(
    sqlite_database: Database, server: AnthropicServer, tmp_path: Path
) -> None:
    clock = MovableClock()
    server.batches.clock = clock
    mortal = Batching(sqlite_database, tmp_path / "evidence", server.url, clock, dies=Death.BEFORE_CREATE)
    batch = mortal.prepare(AUDIT, CALLS[:3])
    with pytest.raises(DeadError):
        mortal.create(batch)
    heir = Batching(sqlite_database, tmp_path / "evidence", server.url, clock)
    clock.move(PROVEN_AFTER - timedelta(seconds=1))
    assert heir.create(batch).state is BatchState.INTENDED
    clock.move(timedelta(seconds=1))
    assert heir.create(batch).state is BatchState.CREATED


def test_two_who_race_on_one_batch_create_it_once_and_settle_it_once(
    database: Database, server: AnthropicServer, tmp_path: Path
) -> None:
    clock = MovableClock()
    server.batches.clock = clock
    racers = [Batching(database, tmp_path / "evidence", server.url, clock) for _ in range(2)]
    batch = racers[0].prepare(AUDIT, CALLS)
    together = threading.Barrier(2)

    def race(racer: Batching) -> None:
        together.wait()
        for _ in range(4):
            racer.through(batch)

    threads = [threading.Thread(target=race, args=(racer,)) for racer in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = racers[0].book.find(batch.id)
    assert found is not None
    assert (found.state, found.answered) == (BatchState.COLLECTED, len(CALLS))
    assert (server.batches.creates, set(server.batches.billed.values())) == (1, {1})
    assert DatabaseLedger(database).spend(AUDIT).total.calls == len(CALLS)


def test_a_gateway_killed_while_it_creates_a_batch_leaves_it_to_the_next(
    sqlite_url: str, sqlite_database: Database, server: AnthropicServer, tmp_path: Path
) -> None:
    # The gateway's own clock is not ours to move.
    clock = MovableClock(behind=timedelta(0))
    server.batches.clock = clock
    evidence = tmp_path / "evidence"
    batch = Batching(sqlite_database, evidence, server.url, clock).prepare(AUDIT, CALLS[:3])

    async def asked(gateway: GatewayProcess, verb: str) -> Batch:
        client = GatewayBatches(gateway.address, patience=60)
        try:
            found: Batch = await getattr(client, verb)(batch.id)
            return found
        finally:
            await client.close()

    # Given a gateway that is killed when the service has taken the batch
    with (
        gateway_process(sqlite_url, server.url, Point.AFTER_CREATE, evidence) as gateway,
        ThreadPoolExecutor(1) as asker,
    ):
        asking = asker.submit(lambda: asyncio.run(asked(gateway, "create")))
        gateway.wait_for_the_point()
        gateway.kill()
        with pytest.raises(ModelUnavailableError, match="does not answer"):
            asking.result(60)
    # When the next one is asked
    with gateway_process(sqlite_url, server.url, evidence=evidence) as gateway:
        states = [asyncio.run(asked(gateway, verb)).state for verb in ("create", "poll", "collect")]
    # Then it finds the batch, and nothing is paid twice
    assert states == [BatchState.ENDED, BatchState.ENDED, BatchState.COLLECTED]
    assert (server.batches.creates, set(server.batches.billed.values())) == (1, {1})
    assert DatabaseLedger(sqlite_database).spend(AUDIT).total.calls == 3
