"""What a subcommand is given and what it answers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from audit_agent.domain.ids import AuditId, Person
from audit_agent.slack.blocks.text import Block


class Asked(NamedTuple):
    """One use of the command."""

    words: Sequence[str]
    """Those after the subcommand's name."""
    person: Person
    channel: str
    trigger: str

    @property
    def audit(self) -> AuditId:
        """The audit named first; empty when none is."""
        return AuditId(self.words[0].upper()) if self.words else AuditId("")


class Answer(NamedTuple):
    """What only the person who asked sees."""

    text: str
    """Mrkdwn, escaped."""
    blocks: Sequence[Block] = ()


Subcommand = Callable[[Asked], Awaitable[Answer | None]]
