"""Processes that a killed supervisor left behind."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from audit_agent.temporal.runstate import RunState

_GRACE_SECONDS = 5.0


def end_orphans(database: Path, left_behind: RunState | None) -> list[int]:
    """End the processes that still work on this home, and return their ids.

    Call it holding the home's lock: then no supervisor lives, so whatever is found is an orphan.
    On Linux the kernel ends the server with its supervisor; elsewhere this is what does.
    """
    orphans = {process.pid: process for process in _servers_on(database)}
    if left_behind:
        # A gateway ends by itself once the calls it had in flight are stored: they are paid.
        found = (mark.find() for part, mark in left_behind.children.items() if part != "gateway")
        orphans |= {process.pid: process for process in found if process}
    for process in orphans.values():
        _signal(process, kill=False)
    _, stubborn = psutil.wait_procs(list(orphans.values()), timeout=_GRACE_SECONDS)
    for process in stubborn:
        _signal(process, kill=True)
    psutil.wait_procs(stubborn, timeout=_GRACE_SECONDS)
    return sorted(orphans)


def _servers_on(database: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "start-dev" in command and str(database) in command:
            yield process


def _signal(process: psutil.Process, *, kill: bool) -> None:
    try:
        if kill:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        return
