"""Findings in the five Cs, and the remedies they call for."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation_paper import Inquiry
from audit_agent.domain.money import show
from audit_agent.domain.record import Record
from audit_agent.domain.wording import counted


class Severity(StrEnum):
    """How much a finding matters, most first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Its place in that order: 0 matters most."""
        return list(Severity).index(self)


class Finding(Record):
    """Condition, criteria, cause, consequence, corrective action (IIA Standard 15.1), and what stands behind it.

    `amount` and the counts are computed by code from the exceptions, never written by a model.
    """

    ref: str
    """Like `F-01`."""
    step: StepId
    procedure: str
    title: str
    severity: Severity
    condition: str
    criteria: str
    cause: str
    consequence: str
    corrective_action: str
    amount: Decimal | None = None
    currency: str = ""
    exception_count: int
    exceptions: tuple[str, ...]
    """Refs of at most 50 exceptions."""
    investigations: tuple[Inquiry, ...] = Field(default=(), exclude_if=lambda looked_into: not looked_into)
    """What was looked into. Exceptions that were explained count neither in the amount nor in the number."""

    @property
    def in_a_line(self) -> str:
        """The finding at a glance: `F-01 high: Title (3 exceptions, 1,200.00 EUR)`."""
        amount = f", {show(self.amount, self.currency)}" if self.amount is not None else ""
        return f"{self.ref} {self.severity.value}: {self.title} ({counted(self.exception_count, 'exception')}{amount})"


class Dismissal(Record):
    """A draft finding, or a step's exceptions, that people or rules set aside, and why."""

    subject: str
    reason: str
    by: str


class FindingSet(Record):
    """What people decide on at the `findings` gate."""

    version: int
    findings: tuple[Finding, ...]
    dismissed: tuple[Dismissal, ...] = ()
    drafted_by: str
    answers: tuple[str, ...] = ()
    upheld: tuple[str, ...] = Field(default=(), exclude_if=lambda refs: not refs)
    """Findings whose exceptions count although an investigation explained them, because a reviewer restored them."""


class Hold(Record):
    """A payment hold to place on a suspect item."""

    key: str
    """`table/supplier/item`; with the audit's id it is the idempotency key of the effect."""
    finding: str
    item: str
    supplier: str
    amount: Decimal
    currency: str
    reason: str


class RemediationProposal(Record):
    """What people decide on at the `remediation` gate."""

    version: int
    holds: tuple[Hold, ...]
    answers: tuple[str, ...] = ()
    """What was done with each reviewer comment."""
