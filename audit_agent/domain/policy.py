"""Who may decide what, by when, and what happens when nobody does."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field, model_validator

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record
from audit_agent.domain.wording import counted

ANYONE = Person("*")


class NobodyCanApproveError(BadInputError):
    """A gate's rules leave too few people who may approve: its review could only expire."""


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

    def missing_people(self, requester: Person) -> int:
        """How many people are too few to reach the quorum, everybody it may be escalated to counted in."""
        people = {*self.eligible, *(self.escalate_to if self.escalate_after is not None else ())}
        if ANYONE in people:
            return 0
        if not self.requester_may_approve:
            people.discard(requester)
        return max(self.quorum - len(people), 0)


class Policy(Record):
    """The rules of one audit."""

    plan: GatePolicy = GatePolicy()
    findings: GatePolicy = GatePolicy()
    remediation: GatePolicy = GatePolicy()
    report: GatePolicy = GatePolicy()
    end_after: timedelta | None = Field(default=None, ge=timedelta(minutes=1))
    """An audit that runs longer than this is ended and everything it did is undone."""

    def gate(self, gate: Gate) -> GatePolicy:
        """The rules of that gate."""
        rules: GatePolicy = getattr(self, gate.value)
        return rules

    def must_allow_approval(self, requester: Person) -> None:
        """Raise NobodyCanApproveError if some gate could never be approved in this requester's audit."""
        for gate in Gate:
            rules = self.gate(gate)
            if rules.missing_people(requester):
                named = ", ".join(rules.eligible) or "nobody"
                raise NobodyCanApproveError(
                    f"The policy lets nobody pass the {gate.value} gate of an audit that {requester} asks for: "
                    f"it needs {counted(rules.quorum, 'approval')}, and names {named}.",
                    "Name more people in its `eligible`, lower its quorum, or set requester_may_approve.",
                )
