"""However a supervisor ends, nothing of it stays."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit_agent.settings import Settings
from audit_agent.temporal.ports import Ports, choose_ports
from audit_agent.temporal.running import running
from audit_agent.temporal.runstate import read_state, running_state
from tests.integration.temporal.waiting import until

LeftOver = Callable[[], list[str]]


@contextmanager
def supervisor(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A supervisor in a process of its own, and where its gateway is."""
    program = Path(__file__).with_name("supervise.py")
    environment = {"PATH": "", **settings.as_environment()}
    with subprocess.Popen(
        [sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout
        address, gateway_url = process.stdout.readline().split()
        assert address.startswith("127.0.0.1:")
        yield process, gateway_url
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(settings: Settings, left_over: LeftOver, number: signal.Signals) -> None:
    with supervisor(settings) as (supervising, _):
        assert len(left_over()) == 3
        supervising.send_signal(number)
        supervising.wait(timeout=20)
    assert left_over() == []
    assert read_state(settings.home) is None


def test_kill_9_of_the_supervisor_ends_its_children_and_does_not_block_the_next(
    settings: Settings, left_over: LeftOver, tiny_worker: tuple[str, ...]
) -> None:
    # Given a supervisor that was killed
    with supervisor(settings) as (supervising, _):
        supervising.kill()
        supervising.wait(timeout=20)
    # Then its children end by themselves
    until(lambda: left_over() == [], "the children have ended")
    # And what it wrote down is known to be stale, so that the next one starts
    assert read_state(settings.home) is not None
    assert running_state(settings.home) is None
    with running(settings, worker_command=tiny_worker) as runtime:
        assert runtime.address


def test_a_server_left_behind_is_ended_before_the_next_starts(
    settings: Settings, left_over: LeftOver, tiny_worker: tuple[str, ...]
) -> None:
    # Given a server on this home that nobody supervises, as a kill leaves it where the kernel does not end it
    settings.home.mkdir()
    binary = Path(sys.executable).with_name("temporal")
    command = [str(binary), "server", "start-dev", "--db-filename", str(settings.home / "temporal.db"), "--headless"]
    port = str(choose_ports(Ports(0, 0)).frontend)
    with subprocess.Popen([*command, "--port", port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as orphan:
        until(lambda: (settings.home / "temporal.db").exists(), "the orphan works on the file")
        # When the home is started, then the orphan was ended first
        with running(settings, worker_command=tiny_worker):
            assert orphan.wait(timeout=10) is not None
