"""A server and a worker, supervised: started, killed, restarted, joined, ended."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from audit_agent.settings import Settings
from audit_agent.temporal.attributes import AUDIT_ID, missing_attributes
from audit_agent.temporal.client import connect
from audit_agent.temporal.errors import AlreadyRunningError, ServerNotStartedError
from audit_agent.temporal.running import running
from audit_agent.temporal.runstate import read_state
from audit_agent.temporal.runtime import RuntimeEvent
from tests.integration.temporal.waiting import until, until_async

LeftOver = Callable[[], list[str]]


def test_audits_can_be_searched_for_as_soon_as_it_runs(settings: Settings, tiny_worker: tuple[str, ...]) -> None:
    # Given a home that has just been started
    async def search(client: Client) -> None:
        assert await missing_attributes(client) == frozenset()
        named = TypedSearchAttributes([SearchAttributePair(AUDIT_ID, "AUD-2026-0001")])
        # When an audit is started with its search attributes
        await client.start_workflow(
            "WaitForWord", "unused", id="one", task_queue="nobody-polls", search_attributes=named
        )

        async def found() -> bool:
            return [one.id async for one in client.list_workflows("AuditId = 'AUD-2026-0001'")] == ["one"]

        # Then it is found by them
        await until_async(found, "the workflow is found by its audit id")

    with running(settings, worker_command=tiny_worker):
        asyncio.run(_with_client(settings, search))


def test_everything_has_ended_when_the_block_ends(
    settings: Settings, tiny_worker: tuple[str, ...], left_over: LeftOver
) -> None:
    # Given a running home
    with running(settings, worker_command=tiny_worker):
        assert len(left_over()) == 2
    # When the block has ended, then no process is left, and nobody is said to run
    assert left_over() == []
    assert read_state(settings.home) is None


def test_everything_has_ended_when_the_block_fails(
    settings: Settings, tiny_worker: tuple[str, ...], left_over: LeftOver
) -> None:
    with pytest.raises(ZeroDivisionError), running(settings, worker_command=tiny_worker):
        raise ZeroDivisionError
    assert left_over() == []


def test_a_workflow_goes_on_after_worker_and_server_were_killed(
    settings: Settings, tiny_worker: tuple[str, ...]
) -> None:
    events: list[RuntimeEvent] = []
    lines = settings.home / "lines"

    with running(settings, events.append, worker_command=tiny_worker) as runtime:
        address = runtime.address

        async def kill_both(client: Client) -> None:
            # Given a workflow that has done its first step and waits
            handle = await client.start_workflow("WaitForWord", str(lines), id="one", task_queue=settings.task_queue)

            async def waits() -> bool:
                return len([event async for event in handle.fetch_history_events()]) >= 10

            await until_async(waits, "the first step is recorded")
            # When both processes are killed
            killed = dict(runtime.pids)
            for pid in killed.values():
                os.kill(pid, signal.SIGKILL)
            await asyncio.to_thread(
                until,
                lambda: all(runtime.pids.get(part) not in (None, pid) for part, pid in killed.items()),
                "both were started again",
            )
            # Then the workflow takes the next word, and no step was done twice
            await handle.signal("say", "approved")
            assert await handle.result() == "approved 2"

        asyncio.run(_with_client(settings, kill_both))
        assert runtime.address == address
    assert "was killed by signal 9; starting it again" in "\n".join(event.message for event in events)


def test_a_second_supervisor_is_refused_and_told_who_runs(settings: Settings, tiny_worker: tuple[str, ...]) -> None:
    with running(settings, worker_command=tiny_worker, role="up") as runtime:
        # When another wants the same home, then it is told who has it
        with pytest.raises(AlreadyRunningError) as refused, running(settings, worker_command=tiny_worker):
            pass
        assert f"`audit-agent up`, process {os.getpid()} at {runtime.address}, since 20" in refused.value.message
        # And when it is willing to join, it uses what runs and ends nothing
        with running(settings, join=True) as joined:
            assert (joined.joined, joined.address, joined.pids) == (True, runtime.address, runtime.pids)
        assert read_state(settings.home) is not None


def test_other_ports_are_chosen_when_the_preferred_are_taken(tmp_path: Path, tiny_worker: tuple[str, ...]) -> None:
    # Given both preferred ports in use by somebody else
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        taken, ui_taken = first.getsockname()[1], second.getsockname()[1]
        settings = Settings(home=tmp_path / "home", temporal_port=taken, temporal_ui_port=ui_taken)
        # When it starts, then it listens elsewhere, and a client finds it
        with running(settings, worker_command=tiny_worker) as runtime:
            assert not runtime.address.endswith(f":{taken}")
            assert not (runtime.ui_url or "").endswith(f":{ui_taken}")
            asyncio.run(_with_client(settings, _describe))


def test_a_cluster_of_ones_own_is_used_when_the_environment_names_it(
    settings: Settings,
    tmp_path: Path,
    tiny_worker: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    left_over: LeftOver,
) -> None:
    with running(settings, worker_command=tiny_worker) as cluster:
        # Given TEMPORAL_ADDRESS, and another home
        monkeypatch.setenv("TEMPORAL_ADDRESS", cluster.address)
        elsewhere = Settings(home=tmp_path / "elsewhere", task_queue="elsewhere")
        with running(elsewhere, worker_command=tiny_worker) as runtime:
            # Then no server is started there, and its worker polls the named one
            assert runtime.address == cluster.address
            assert set(runtime.pids) == {"worker"}
            assert not (elsewhere.home / "temporal.db").exists()

            async def work(client: Client) -> None:
                handle = await client.start_workflow(
                    "WaitForWord", str(tmp_path / "lines"), id="one", task_queue="elsewhere"
                )
                await handle.signal("say", "hello")
                assert await handle.result() == "hello 2"

            asyncio.run(_with_client(elsewhere, work))


def test_a_damaged_server_database_is_reported_with_what_the_server_said(
    settings: Settings, tiny_worker: tuple[str, ...], left_over: LeftOver
) -> None:
    settings.home.mkdir()
    (settings.home / "temporal.db").write_bytes(b"no database at all, " * 100)
    with pytest.raises(ServerNotStartedError, match="file is not a database"), running(settings):
        pass
    assert left_over() == []


def test_a_worker_that_ends_again_and_again_is_reported_as_trouble(settings: Settings) -> None:
    # Given a worker that always fails at once
    broken = (sys.executable, "-c", "raise SystemExit('no such table: audits')")
    with running(settings, worker_command=broken) as runtime:
        # Then the runtime comes to say so, with the last lines of its log
        until(lambda: runtime.trouble is not None, "trouble is noticed")
        trouble = runtime.trouble
    assert trouble is not None
    assert "worker ended with code 1" in trouble.message
    assert "no such table: audits" in trouble.message


async def _with_client(settings: Settings, use: Callable[[Client], object]) -> None:
    outcome = use(await connect(settings))
    if asyncio.iscoroutine(outcome):
        await outcome


async def _describe(client: Client) -> None:
    assert client.namespace == "default"
