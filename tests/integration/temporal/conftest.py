"""Homes with a real server, and whether anything of them is left."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from audit_agent.settings import Settings

TINY_WORKER = (sys.executable, str(Path(__file__).with_name("tiny_worker.py")))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("AUDIT_AGENT_", "TEMPORAL_")):
            monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty home; the server takes any free ports."""
    return Settings(home=tmp_path / "home", temporal_port=0, temporal_ui_port=0, user="someone")


@pytest.fixture
def tiny_worker() -> tuple[str, ...]:
    """The command of a worker that knows one tiny workflow."""
    return TINY_WORKER


@pytest.fixture
def left_over(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """Command lines of running processes that belong to this test's home; ended afterwards whatever they are."""

    def processes() -> list[tuple[psutil.Process, str]]:
        return [(one, line) for one in psutil.process_iter() if (line := _line_of(one, tmp_path)) is not None]

    yield lambda: [line for _, line in processes()]
    for process, _ in processes():
        process.kill()


def _line_of(process: psutil.Process, folder: Path) -> str | None:
    """The command line of a process that belongs to the folder; None for any other, or when it ends meanwhile."""
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return None
        line = " ".join(process.cmdline())
        home = process.environ().get("AUDIT_AGENT_HOME", "")
        return line if home.startswith(str(folder)) or str(folder) in line else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
