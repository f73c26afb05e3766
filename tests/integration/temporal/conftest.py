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

    def processes() -> list[psutil.Process]:
        return [one for one in psutil.process_iter() if _belongs(one, tmp_path)]

    yield lambda: [" ".join(one.cmdline()) for one in processes()]
    for process in processes():
        process.kill()


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        environment = process.environ()
        return environment.get("AUDIT_AGENT_HOME", "").startswith(str(folder)) or str(folder) in " ".join(
            process.cmdline()
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
