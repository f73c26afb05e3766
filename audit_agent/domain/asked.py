"""A request in plain words, and what rules make of it."""

from pydantic import Field

from audit_agent.domain.period import Period
from audit_agent.domain.record import Record


class Asked(Record):
    """What somebody asked for in their own words.

    The programme and the period are taken from it when the audit starts; the rest is for whoever drafts the plan, and
    people see what became of it at the plan's gate.
    """

    text: str = Field(min_length=1, max_length=4_000)
    program: str
    """The name of the programme that fits best."""
    period: Period | None = None
    instructions: tuple[str, ...] = ()
    """What it asks of the plan, in the vocabulary of reviewers' comments: `investigate JE-14`."""
    unread: tuple[str, ...] = ()
    """Words that rules could not place."""
