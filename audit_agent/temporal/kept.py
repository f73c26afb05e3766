"""A part that is kept running: started again when it ends, later each time, and complained of when that is no help."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError
from audit_agent.temporal.children import STEADY_SECONDS, Backoff, Child
from audit_agent.temporal.errors import ChildKeepsEndingError
from audit_agent.temporal.logfile import last_lines
from audit_agent.temporal.runtime import Part


@dataclass
class Kept:
    """The server, the gateway or the worker, and when to start it again."""

    part: Part
    log: Path
    start: Callable[[], None]
    grace: float
    """Seconds it gets to end by itself."""
    backoff: Backoff = field(default_factory=Backoff)
    child: Child | None = None
    due: float | None = None
    """When to start it again, on the monotonic clock."""
    _complaint: str = ""

    def runs_as(self, child: Child) -> None:
        """It was started."""
        self.child, self.due = child, None

    def is_due(self) -> bool:
        """Whether it is time to start it again."""
        return self.due is not None and self.due <= time.monotonic()

    def note_end(self, child: Child) -> str:
        """Its process ended: plan the next start and say so."""
        how = _how_it_ended(child.process.returncode)
        delay = self._plan(child.lived, f"{how}, {self.backoff.ends + 1} times in a row")
        again = f"starting it again in {delay:.1f} s" if delay else "starting it again"
        return f"The {self.part} (process {child.process.pid}) {how}; {again}."

    def note_failed_start(self, error: Exception) -> str:
        """It could not be started: plan the next attempt and say so."""
        delay = self._plan(0.0, f"cannot be started: {error}")
        return f"The {self.part} cannot be started: {error} Trying again in {delay:.1f} s."

    def trouble(self) -> AuditAgentError | None:
        """Why it cannot be kept running; None while it lives or while starting it again may still help."""
        well = self.child is not None and self.child.lived > STEADY_SECONDS
        if well or not self.backoff.troubled:
            return None
        said = last_lines(self.log)
        return ChildKeepsEndingError(
            f"The {self.part} {self._complaint}.\n{said}", f"See {self.log}, and run `audit-agent doctor`."
        )

    def _plan(self, lived: float, complaint: str) -> float:
        delay = self.backoff.next_delay(lived)
        self.child, self.due, self._complaint = None, time.monotonic() + delay, complaint
        return delay


def _how_it_ended(code: int | None) -> str:
    return f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
