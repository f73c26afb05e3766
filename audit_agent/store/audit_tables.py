"""Tables of an audit itself: where it stands, its steps and drafts, and its log."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.audit import Phase
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import AuditId, Person, ReviewId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base
from audit_agent.store.words import DraftKind, Event, StepState


class AuditRow(Base):
    """Where an audit stands, for reading; the workflow is the authority."""

    __tablename__ = "audits"
    __table_args__ = (
        Index(None, "started_at"),
        Index(None, "phase", "started_at"),
        Index(None, "schedule", "scheduled_at"),
        Index(None, "schedule_run", unique=True),
    )

    id: Mapped[AuditId] = mapped_column(primary_key=True)
    program: Mapped[str]
    title: Mapped[str]
    requester: Mapped[Person]
    request: Mapped[str] = mapped_column(deferred=True)
    """The whole AuditRequest as canonical JSON."""
    workflow_run: Mapped[str | None]
    phase: Mapped[Phase]
    detail: Mapped[str] = mapped_column(default="")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    books_path: Mapped[str]
    books: Mapped[Digest | None]
    books_rows: Mapped[int | None] = mapped_column(BigInteger)
    books_rejected_rows: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(default="")
    documents: Mapped[Digest | None]
    """The manifest of the documents frozen for it; None where it was asked to look at none."""
    documents_count: Mapped[int | None] = mapped_column(BigInteger)
    documents_rejected: Mapped[int | None] = mapped_column(BigInteger)
    waiting_review: Mapped[ReviewId | None]
    waiting_since: Mapped[datetime | None]
    waiting_deadline: Mapped[datetime | None]
    steps_total: Mapped[int] = mapped_column(default=0)
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_not_done: Mapped[int] = mapped_column(default=0)
    exceptions: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)
    risk: Mapped[Severity | None]
    report: Mapped[Digest | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it ended as it did."""
    trouble: Mapped[str] = mapped_column(default="")
    """What failed and is tried again; not in the log, because it says nothing of the audit's result."""
    trouble_at: Mapped[datetime | None]
    trouble_of: Mapped[str] = mapped_column(default="")
    """Which activity it was, so that only its own success ends the trouble."""
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    log_count: Mapped[int] = mapped_column(default=0)
    log_head: Mapped[Digest]
    """Hash of the last log entry: a log cut short does not end with it."""
    schedule: Mapped[str | None]
    """The schedule that made it; None when a person asked for it."""
    scheduled_at: Mapped[datetime | None]
    schedule_run: Mapped[str | None]


class AuditNumberRow(Base):
    """The last number given to an audit of a year."""

    __tablename__ = "audit_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class StepRow(Base):
    """One step at one revision: the idempotency key of its work."""

    __tablename__ = "steps"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    step: Mapped[StepId] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    procedure: Mapped[str]
    title: Mapped[str]
    state: Mapped[StepState]
    attempts: Mapped[int] = mapped_column(default=0)
    workpaper: Mapped[Digest | None]
    exceptions: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[Decimal | None]
    reason: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class DraftRow(Base):
    """One version of something drafted for people to decide on."""

    __tablename__ = "drafts"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    kind: Mapped[DraftKind] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[Digest]
    created_at: Mapped[datetime]


class LogRow(Base):
    """One entry of an audit's log. Triggers refuse to change or delete it."""

    __tablename__ = "audit_log"
    __table_args__ = (UniqueConstraint("audit", "key"),)

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[Person]
    event: Mapped[Event]
    data: Mapped[str]
    """Canonical JSON."""
    previous: Mapped[Digest]
    hash: Mapped[Digest]
