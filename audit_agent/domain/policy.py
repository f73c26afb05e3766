"""Who may decide what, by when, and what happens when nobody does."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field, model_validator

from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record

ANYONE = Person("*")


class Gate(StrEnum):
    """A point where people must decide."""

    PLAN = "plan"
    FINDINGS = "findings"
    REMEDIATION = "remediation"
    REPORT = "report"

    @property
    def verb(self) -> str:
        """`is`, or `are` where the subject is plural: the findings are approved."""
        return "are" if self is Gate.FINDINGS else "is"

    @property
    def past_verb(self) -> str:
        """`was`, or `were` where the subject is plural."""
        return "were" if self is Gate.FINDINGS else "was"


class GatePolicy(Record):
    """The rules of one gate. They are copied into a review when it opens and never change after."""

    eligible: tuple[Person, ...] = (ANYONE,)
    quorum: int = Field(default=1, ge=1, le=20)
    requester_may_approve: bool = False
    remind_every: timedelta = Field(default=timedelta(days=1), ge=timedelta(minutes=1))
    reminders: int = Field(default=5, ge=0, le=100)
    escalate_after: timedelta | None = timedelta(days=3)
    escalate_to: tuple[Person, ...] = ()
    """Who may decide in addition once the review is escalated."""
    expire_after: timedelta = Field(default=timedelta(days=14), ge=timedelta(minutes=1))

    @model_validator(mode="after")
    def _escalates_before_it_expires(self) -> "GatePolicy":
        if self.escalate_after is not None and self.escalate_after >= self.expire_after:
            raise ValueError("escalate_after must be shorter than expire_after")
        return self


class Policy(Record):
    """The rules of one audit."""

    plan: GatePolicy = GatePolicy()
    findings: GatePolicy = GatePolicy()
    remediation: GatePolicy = GatePolicy()
    report: GatePolicy = GatePolicy()
    end_after: timedelta | None = None
    """An audit that runs longer than this is ended and everything it did is undone."""

    def gate(self, gate: Gate) -> GatePolicy:
        """The rules of that gate."""
        rules: GatePolicy = getattr(self, gate.value)
        return rules
