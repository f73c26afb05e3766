"""Suppressions: what a reviewer dismissed once, and does not want to see again before a day."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from audit_agent.domain.catalogue import DismissalRule
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Record

LONGEST_DAYS = 3 * 366
"""A suppression is looked at again within three years."""


class Suppression(Record):
    """What `procedure` flags is dismissed where every row has the values of `where`, until a day, which counts.

    It applies only as a part of an agreed plan, so that whoever approves the plan has seen it.
    """

    id: str = Field(pattern=r"^sup-[0-9]{4,}$")
    procedure: str
    where: dict[str, str] = Field(min_length=1)
    """Canonical columns of the flagged rows and their values; capitals do not matter."""
    largest_amount: Decimal | None = None
    """Exceptions over more than this, or without an amount, are not covered."""
    until: date
    reason: str = Field(min_length=1)
    author: Person
    audit: AuditId
    """Where it was seen, and which exception it was."""
    ref: str

    @property
    def rule(self) -> DismissalRule:
        """The rule as workpapers and reports tell it."""
        return DismissalRule(
            id=self.id,
            title=f"Suppressed until {self.until} where {self.scope}",
            because=f"{self.author} dismissed {self.ref} of {self.audit}: {self.reason}",
        )

    @property
    def scope(self) -> str:
        """What it covers, in words."""
        conditions = " and ".join(f"{column} is {value}" for column, value in self.where.items())
        return conditions if self.largest_amount is None else f"{conditions}, up to {self.largest_amount:,f}"

    @property
    def in_a_line(self) -> str:
        """At a glance: `sup-0003 by user:carol until 2027-03-31: Entered_By is BATCH01. Night job, seen.`."""
        return f"{self.id} by {self.author} until {self.until}: {self.scope}. {self.reason}"
