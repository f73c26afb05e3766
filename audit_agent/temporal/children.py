"""One supervised process after another: started, watched, ended in order, and how long to wait between two."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from audit_agent.temporal.logfile import open_log

STEADY_SECONDS = 5.0
"""Who lived this long was well: the next start is not delayed on account of earlier ends."""
TROUBLED_AFTER = 4
_FIRST_DELAY_SECONDS = 0.2
_LONGEST_DELAY_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.1


@dataclass
class Backoff:
    """How long to wait before a part is started again: not at all at first, then twice as long each time."""

    ends: int = 0
    """Ends in a row, each soon after the start."""

    def next_delay(self, lived: float) -> float:
        """Seconds to wait, given how many seconds the part lived."""
        self.ends = 1 if lived >= STEADY_SECONDS else self.ends + 1
        return 0.0 if self.ends == 1 else min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** (self.ends - 2))

    @property
    def troubled(self) -> bool:
        """Whether starting again has not helped several times in a row."""
        return self.ends >= TROUBLED_AFTER


@dataclass
class Child:
    """A process of its own group, so that Ctrl-C in the terminal reaches the supervisor alone."""

    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)

    @property
    def lived(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def watch(self, ended: Callable[["Child"], None]) -> None:
        """Call back, from a thread, once the process has ended."""

        def wait() -> None:
            self.process.wait()
            ended(self)

        Thread(target=wait, name=f"watch-{self.process.pid}", daemon=True).start()

    def end(self, grace: float, hurry: Event) -> None:
        """Ask it to end, and kill its group after `grace` seconds or as soon as `hurry` is set."""
        deadline = time.monotonic() + grace
        self._signal(signal.SIGTERM)
        while time.monotonic() < deadline and not hurry.is_set():
            try:
                self.process.wait(_LOOK_AGAIN_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            # macOS answers "not permitted" for a group whose last member is a zombie.
            return


def start_child(command: Sequence[str], log: Path, environment: Mapping[str, str], *descriptors: int) -> Child:
    """Start a command that logs to a file and inherits these descriptors, such as the supervisor's pipe."""
    with open_log(log) as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            pass_fds=descriptors,
            process_group=0,
        )
    return Child(process)
