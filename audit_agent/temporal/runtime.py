"""What a surface sees of the processes that run an audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from audit_agent.domain.errors import AuditAgentError
from audit_agent.temporal.client import NAMESPACE

Part = Literal["server", "gateway", "worker", "supervisor"]
Happening = Literal["started", "ended", "failing", "stopped"]


class RuntimeEvent(NamedTuple):
    """Something happened to a supervised process."""

    part: Part
    what: Happening
    message: str


OnEvent = Callable[[RuntimeEvent], None]


@dataclass
class Runtime:
    """Where Temporal is, which processes run, and whether one of them is in trouble."""

    home: Path
    address: str = ""
    ui_url: str | None = None
    pids: Mapping[str, int] = field(default_factory=dict)
    """Process ids of `server`, `gateway` and `worker`, as far as they run here."""
    gateway_url: str | None = None
    """Where the gateway takes model calls, if one runs here."""
    joined: bool = False
    """Whether another process supervises these, so that nothing is ended with this one."""
    troubles: Callable[[], AuditAgentError | None] = lambda: None

    @property
    def trouble(self) -> AuditAgentError | None:
        """Why a process cannot be kept running; None while all live or are merely being started again."""
        return self.troubles()

    def workflow_url(self, workflow_id: str) -> str | None:
        """The page of a workflow in Temporal's Web UI, where there is one."""
        return f"{self.ui_url}/namespaces/{NAMESPACE}/workflows/{workflow_id}" if self.ui_url else None
