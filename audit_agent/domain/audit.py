"""An audit as a whole: what is asked for, where it stands, how it ends."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from audit_agent.domain.asked import Asked
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.period import Period
from audit_agent.domain.policy import Policy
from audit_agent.domain.program import Program
from audit_agent.domain.record import Digest, Record


class Phase(StrEnum):
    """Where an audit stands. The last six are ends."""

    REQUESTED = "requested"
    FREEZING = "freezing books"
    PLANNING = "planning"
    PLAN_REVIEW = "waiting for plan review"
    FIELDWORK = "carrying out"
    BUDGET_REVIEW = "waiting for budget review"
    INVESTIGATING = "investigating"
    CONCLUDING = "concluding"
    FINDINGS_REVIEW = "waiting for findings review"
    REMEDIATION_REVIEW = "waiting for remediation review"
    REMEDIATING = "remediating"
    REPORTING = "reporting"
    REPORT_REVIEW = "waiting for report review"
    COMPENSATING = "undoing"
    NEEDS_PERSON = "needs a person"
    FINISHED = "finished"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    TERMINATED = "terminated by policy"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in ENDS


ENDS = frozenset({Phase.FINISHED, Phase.REJECTED, Phase.EXPIRED, Phase.CANCELLED, Phase.FAILED, Phase.TERMINATED})


class ScheduledBy(Record):
    """The schedule that made an audit, and the instant it was scheduled for."""

    name: str
    at: datetime
    run: str
    """The schedule's own workflow run, which makes one audit however often it is tried."""


class AuditRequest(Record):
    """Everything an audit needs to begin. Program and policy are copies: later edits do not reach a running audit."""

    audit: AuditId
    program: Program
    books: str
    """Absolute path of a file or folder the worker can read."""
    mapping: str | None = None
    period: Period | None = None
    budget: Decimal | None = None
    """US dollars for model calls; None for no limit."""
    requester: Person
    policy: Policy = Policy()
    requested_at: datetime
    documents: str | None = None
    """Supporting documents the worker can read: the absolute path of a folder, pattern or list, `s3://bucket/prefix`,
    or `column:TABLE.COLUMN` of the books."""
    economy: bool = False
    """Whether a model may read the documents in batches, at half price and within a day, however few they are."""
    channel: str | None = None
    """The Slack channel that follows the audit."""
    schedule: ScheduledBy | None = None
    """None for an audit a person asked for."""
    asked: Asked | None = Field(default=None, exclude_if=lambda asked: asked is None)
    """A request in plain words, where somebody made one."""


class AuditResult(Record):
    """How an audit ended."""

    audit: AuditId
    phase: Phase
    report: Digest | None = None
    reason: str = ""


class EffectKind(StrEnum):
    """What an audit does to the world and can undo."""

    BOOKS_LEASE = "books lease"
    WORKPAPERS = "published workpapers"
    EVIDENCE_REQUESTS = "evidence requests"
    PAYMENT_HOLDS = "payment holds"
    REPORT = "published report"
