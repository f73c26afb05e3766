"""Processes that race and processes that die: no finished call is paid again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.paying import ask, question

REPOSITORY = Path(__file__).resolve().parents[3]


@contextmanager
def asking_process(database_url: str, server: AnthropicServer, kind: str) -> Iterator[subprocess.Popen[str]]:
    """A process about to ask; it does when its standard input says so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.paying", database_url, server.url, kind],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert _line(process) == "ready"
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def test_two_processes_that_ask_at_once_pay_once(
    database_url: str, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(asking_process(database_url, server, "plain")) for _ in range(2)]
        with server.holding():
            for process in processes:
                _go(process)
            server.wait_for_requests(1)
            # One waits for the service, and the other for the one.
        answers = [_line(process) for process in processes]
    assert answers[0] == answers[1] != ""
    assert (server.bill, ledger.spend("AUD-2026-0001").total.calls) == (1, 1)


def test_a_process_killed_between_answer_and_store_leaves_exposure_and_no_more(
    database_url: str, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    with asking_process(database_url, server, "stuck") as process:
        _go(process)
        assert _line(process) == "answered"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    ask(ledger, server.url, question())
    ask(ledger, server.url, question())
    total = ledger.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls) == (1, 1)
    assert server.bill == total.calls + total.unknown_calls


def test_a_process_killed_after_the_store_costs_nothing_more(
    sqlite_url: str, sqlite_database: Database, server: AnthropicServer
) -> None:
    with asking_process(sqlite_url, server, "plain") as process:
        _go(process)
        first = _line(process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    [answer] = ask(DatabaseLedger(sqlite_database), server.url, question())
    assert (answer.text, server.bill) == (first, 1)


def test_a_crowd_of_callers_is_served_over_one_database(sqlite_url: str, server: AnthropicServer) -> None:
    # In a process of its own: what goes wrong between threads and SQLite can end a process.
    with asking_process(sqlite_url, server, "crowd") as process:
        _go(process)
        assert _line(process) == "400"
    assert (server.bill, max(server.billed.values())) == (200, 1)


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
