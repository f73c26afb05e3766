"""Who runs in a home: a lock that dies with its holder, and a file that says who holds it."""

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import psutil
from pydantic import AwareDatetime, BaseModel, ValidationError

from audit_agent.temporal.errors import AlreadyRunningError, HomeNotWritableError

_CLOCK_TOLERANCE_SECONDS = 2.0
"""The kernel counts start times in ticks since boot; two readings of one may differ by clock corrections."""


class ProcessMark(BaseModel, frozen=True):
    """A process, told from a later one with the same id by its start time (seconds since the epoch)."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """The mark of a running process; raises psutil.NoSuchProcess when it has ended."""
        return cls(pid=pid, created=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _CLOCK_TOLERANCE_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


class RunState(BaseModel, frozen=True):
    """What `run.json` says: the supervisor, where its server listens, and its children."""

    supervisor: ProcessMark
    role: str
    started_at: AwareDatetime
    address: str | None = None
    """Host and port of the server, once it is healthy."""
    ui_url: str | None = None
    children: Mapping[str, ProcessMark] = {}

    def describe(self) -> str:
        """Role, process id, address and start, for people."""
        where = f" at {self.address}" if self.address else ""
        started = self.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        return f"`audit-agent {self.role}`, process {self.supervisor.pid}{where}, since {started}"


def read_state(home: Path) -> RunState | None:
    """What `run.json` says, whether or not it is still true; raises HomeNotWritableError when it may not be read."""
    try:
        return RunState.model_validate_json((home / "run.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
    except OSError as error:
        raise _not_usable(home, "read", error) from error


def running_state(home: Path) -> RunState | None:
    """The state of the supervisor that runs in this home; None when none does."""
    state = read_state(home)
    return state if state and state.supervisor.find() else None


@dataclass
class HomeLock:
    """The right to supervise a home. The kernel gives it back when its holder dies, however it dies."""

    home: Path
    role: str

    def take(self) -> Self:
        """Take the lock; raises AlreadyRunningError when another process holds it."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self._file = (self.home / "run.lock").open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.left_behind = read_state(self.home)
            self._state = RunState(supervisor=ProcessMark.of(os.getpid()), role=self.role, started_at=datetime.now(UTC))
            self._write()
        except BlockingIOError as error:
            self._file.close()
            raise _already_running(self.home) from error
        except OSError as error:
            raise _not_usable(self.home, "written", error) from error
        return self

    def release(self) -> None:
        """Remove the state file, then give the lock back."""
        (self.home / "run.json").unlink(missing_ok=True)
        self._file.close()

    def tell(self, address: str | None, ui_url: str | None, children: Mapping[str, ProcessMark]) -> None:
        """Write down where the server listens and which children run."""
        self._state = self._state.model_copy(update={"address": address, "ui_url": ui_url, "children": dict(children)})
        self._write()

    def _write(self) -> None:
        temporary = self.home / f"run.json.{os.getpid()}"
        try:
            with temporary.open("w", encoding="utf-8") as file:
                file.write(self._state.model_dump_json(indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.home / "run.json")
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def _not_usable(home: Path, how: str, error: OSError) -> HomeNotWritableError:
    return HomeNotWritableError(
        f"The home folder {home} cannot be {how}: {error.strerror or error}.",
        "Free space there, or set AUDIT_AGENT_HOME to a folder that can be read and written.",
    )


def _already_running(home: Path) -> AlreadyRunningError:
    state = running_state(home)
    who = state.describe() if state else "another process that is starting or ending"
    return AlreadyRunningError(
        f"The home {home} is in use by {who}.",
        "Use that one, end it with Ctrl-C in its terminal, or set AUDIT_AGENT_HOME to another folder.",
    )
