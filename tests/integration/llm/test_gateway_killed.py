"""Gateways and workers that are killed: nothing stored is paid again, and what cannot be known is shown."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from audit_agent.llm.calls import LEASE_SECONDS
from audit_agent.llm.errors import ModelUnavailableError
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.gateways import REPOSITORY, GatewayProcess, Point, ask_gateway, gateway_process
from tests.peers.paying import ask, question


def killed_while_asked(gateway: GatewayProcess) -> None:
    """Ask, and kill the gateway once the call has reached its point."""
    with ThreadPoolExecutor(1) as asker:
        asking = asker.submit(ask_gateway, gateway.address, question())
        gateway.wait_for_the_point()
        gateway.kill()
        with pytest.raises(ModelUnavailableError, match="does not answer"):
            asking.result(60)


@pytest.mark.parametrize(
    ("point", "unknown", "bill"),
    [
        # Whether a call that was reserved has left cannot be told from outside: it counts, though this one had not.
        (Point.BEFORE_SEND, 1, 1),
        (Point.AFTER_ANSWER, 1, 2),
        (Point.AFTER_STORE, 0, 1),
        (Point.BEFORE_REPLY, 0, 1),
    ],
)
def test_a_killed_gateway_leaves_its_calls_in_flight_as_exposure_and_no_more(
    sqlite_url: str, sqlite_database: Database, server: AnthropicServer, point: Point, unknown: int, bill: int
) -> None:
    ledger = DatabaseLedger(sqlite_database)
    with gateway_process(sqlite_url, server.url, point) as gateway:
        killed_while_asked(gateway)
    # When the worker asks the next process, twice
    assert ask(ledger, server.url, question()) == ask(ledger, server.url, question())
    # Then whatever the service has metered is either paid or shown
    total = ledger.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls, server.bill) == (1, unknown, bill)
    assert ledger.exposure() == (unknown, total.exposure)
    assert bool(total.exposure) is bool(unknown)


def test_a_killed_worker_costs_nothing(sqlite_url: str, sqlite_database: Database, server: AnthropicServer) -> None:
    with gateway_process(sqlite_url, server.url) as gateway:
        # Given a worker that is killed while its question is with the service
        code = (
            "from audit_agent.llm.gateway.client import GatewayAddress\n"
            "from tests.peers.gateways import TOKEN, ask_gateway\n"
            "from tests.peers.paying import question\n"
            f"ask_gateway(GatewayAddress({gateway.address.url!r}, TOKEN), question())"
        )
        with server.holding(), subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY) as worker:
            server.wait_for_requests(1)
            os.kill(worker.pid, signal.SIGKILL)
        # When the next worker asks, then it gets the answer to that very call
        ask_gateway(gateway.address, question())
    total = DatabaseLedger(sqlite_database).spend("AUD-2026-0001").total
    assert (server.bill, total.calls, total.unknown_calls) == (1, 1, 0)


def test_a_gateway_told_to_end_finishes_what_is_paid(
    sqlite_url: str, sqlite_database: Database, server: AnthropicServer
) -> None:
    with gateway_process(sqlite_url, server.url) as gateway, ThreadPoolExecutor(1) as asker:
        with server.holding():
            asking = asker.submit(ask_gateway, gateway.address, question())
            server.wait_for_requests(1)
            gateway.process.terminate()
        assert len(asking.result(60)) == 1
        assert gateway.process.wait(60) == 0
    total = DatabaseLedger(sqlite_database).spend("AUD-2026-0001").total
    assert (server.bill, total.calls, total.unknown_calls) == (1, 1, 0)


def test_two_gateways_over_one_database_pay_once(postgresql_url: str, server: AnthropicServer) -> None:
    crowd = [question(f"Question {number}?") for number in range(40)]
    with ExitStack() as stack:
        # Nobody dies here. With a lease of a second, a busy machine alone would make one take over from the other.
        two = [stack.enter_context(gateway_process(postgresql_url, server.url, lease=LEASE_SECONDS)) for _ in range(2)]
        with ThreadPoolExecutor(2) as askers:
            first, second = askers.map(lambda gateway: ask_gateway(gateway.address, *crowd), two)
    assert first == second
    assert (server.bill, max(server.billed.values())) == (40, 1)


def test_a_gateway_takes_over_what_another_was_killed_over(
    postgresql_url: str, ledger_on_postgresql: DatabaseLedger, server: AnthropicServer
) -> None:
    with (
        gateway_process(postgresql_url, server.url, Point.AFTER_ANSWER) as doomed,
        gateway_process(postgresql_url, server.url) as other,
    ):
        killed_while_asked(doomed)
        ask_gateway(other.address, question())
    total = ledger_on_postgresql.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls, server.bill) == (1, 1, 2)
