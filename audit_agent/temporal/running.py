"""`with running(settings) as runtime:` a server, a gateway and a worker for as long as the block lasts."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from audit_agent.settings import Settings
from audit_agent.temporal.errors import AlreadyRunningError
from audit_agent.temporal.logfile import open_log
from audit_agent.temporal.runstate import HomeLock, RunState, running_state
from audit_agent.temporal.runtime import OnEvent, Runtime, RuntimeEvent
from audit_agent.temporal.supervisor import WORKER_COMMAND, Supervisor

_OTHER_IS_READY_WITHIN_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.1


@contextmanager
def running(
    settings: Settings,
    on_event: OnEvent = lambda event: None,
    *,
    role: str = "up",
    join: bool = False,
    worker_command: Sequence[str] = WORKER_COMMAND,
) -> Iterator[Runtime]:
    """Supervise a server (unless the TEMPORAL_* settings name one), a gateway (if a model is used) and a worker.

    All have ended when this returns, however the block ends: normally, with an error, Ctrl-C, SIGTERM or SIGHUP.

    Args:
        settings: The settings; the worker gets the same.
        on_event: Called with each start and end, from the supervisor's thread. All go to `logs/supervisor.log` too.
        role: The command that asks, shown to whoever finds the home in use.
        join: Use what already runs in this home, and leave it running afterwards.
        worker_command: What to run as the worker.

    Raises:
        AlreadyRunningError: another process supervises this home, and `join` is not set.
        ServerNotStartedError, TemporalBinaryMissingError: there is no server.
    """
    try:
        lock = HomeLock(settings.home, role).take()
    except AlreadyRunningError:
        if not join:
            raise
        yield _join(settings.home)
        return
    supervisor = Supervisor(settings, lock, _journal(settings.logs_folder, on_event), worker_command)
    try:
        with _ending_signals():
            try:
                supervisor.start()
                yield supervisor.runtime
            finally:
                supervisor.stop()
    finally:
        lock.release()


def _join(home: Path) -> Runtime:
    deadline = time.monotonic() + _OTHER_IS_READY_WITHIN_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        state = running_state(home)
        if state and state.address:
            return _runtime_of(home, state)
        pause.wait(_LOOK_AGAIN_SECONDS)
    raise AlreadyRunningError(
        f"The home {home} is in use by a process whose server is not ready.", f"See {home / 'logs'}."
    )


def _runtime_of(home: Path, state: RunState) -> Runtime:
    pids = {part: mark.pid for part, mark in state.children.items()}
    return Runtime(home, state.address or "", state.ui_url, pids, joined=True)


def _journal(folder: Path, on_event: OnEvent) -> OnEvent:
    def write(event: RuntimeEvent) -> None:
        with open_log(folder / "supervisor.log") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {event.message}\n".encode())
        on_event(event)

    return write


@contextmanager
def _ending_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does. Only the main thread may set that up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
