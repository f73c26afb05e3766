"""How long to wait before a part is started again, and ending one."""

import os
import sys
import threading
from pathlib import Path

import pytest

from audit_agent.temporal.children import STEADY_SECONDS, Backoff, Child, start_child

IGNORES_SIGTERM = (
    "import signal, sys, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path(sys.argv[1]).touch(); signal.pause()"
)


def test_the_first_restart_does_not_wait_and_later_ones_wait_longer() -> None:
    backoff = Backoff()
    delays = [backoff.next_delay(lived=0.1) for _ in range(8)]
    assert delays == [0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_part_that_lived_well_is_restarted_at_once() -> None:
    backoff = Backoff(ends=6)
    assert backoff.next_delay(lived=STEADY_SECONDS) == 0.0
    assert not backoff.troubled


@pytest.mark.parametrize(("ends", "troubled"), [(3, False), (4, True)])
def test_trouble_is_four_quick_ends_in_a_row(ends: int, troubled: bool) -> None:
    assert Backoff(ends).troubled is troubled


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    child = _stubborn(tmp_path)
    child.end(grace=0.2, hurry=threading.Event())
    assert child.process.returncode == -9


def test_in_a_hurry_nothing_is_waited_for(tmp_path: Path) -> None:
    child, hurry = _stubborn(tmp_path), threading.Event()
    hurry.set()
    child.end(grace=60, hurry=hurry)
    assert child.process.returncode == -9


def _stubborn(folder: Path) -> Child:
    ready = folder / "ready"
    reading, writing = os.pipe()
    child = start_child((sys.executable, "-c", IGNORES_SIGTERM, str(ready)), folder / "log", os.environ, reading)
    os.close(reading)
    os.close(writing)
    pause = threading.Event()
    while not ready.exists():
        assert child.process.poll() is None
        pause.wait(0.02)
    return child
