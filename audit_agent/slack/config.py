"""What the Slack surface is told by whoever wires it."""

from pathlib import Path
from typing import NamedTuple

from audit_agent.domain.policy import Policy


class SlackConfig(NamedTuple):
    """Everything but secrets and services."""

    team: str
    """The workspace's id."""
    bot_user: str
    channel: str | None
    """Where audits are shown that were not started in Slack; None: nowhere."""
    books_folder: Path | None
    """Where books named in Slack must lie; None: no audit can be started from Slack."""
    programs_folder: Path | None
    spool_folder: Path
    policy: Policy
    task_queue: str
