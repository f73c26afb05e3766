"""Waiting for people while time passes: whatever is open listens for both."""

from typing import Protocol

from temporalio import workflow

from audit_agent.domain.review import NextNudge


class Open(Protocol):
    """Something people were asked, and what time will do to it next."""

    @property
    def outcome(self) -> str | None:
        """How it ended; None while it is open."""
        ...

    def next_nudge(self) -> NextNudge:
        """What time will do next."""
        ...


async def comes(state: Open, nudge: NextNudge) -> bool:
    """Wait for a nudge; False when what people said meanwhile means that something else comes next."""

    def is_off() -> bool:
        return state.outcome is not None or state.next_nudge() != nudge

    try:
        wait = (nudge.at - workflow.now()).total_seconds()
        await workflow.wait_condition(is_off, timeout=max(wait, 0))
    except TimeoutError:
        # What came with the timer was taken first: it may have settled the matter, or reopened it.
        return not is_off()
    return False
