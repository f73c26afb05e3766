"""Everything a surface shows of one audit, read in one go. No worker and no Temporal is needed."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.budget import Budget
from audit_agent.domain.ids import AuditId, DecisionId, Person, StepId
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Answer, Decision, Outcome, Review
from audit_agent.store.audit_tables import DraftRow, LogRow
from audit_agent.store.budgets import budget_of
from audit_agent.store.database import Database
from audit_agent.store.document_progress import DocumentsProgress, progress_of
from audit_agent.store.effects import Effect, effects_of
from audit_agent.store.holds import RegisteredHold, holds_of
from audit_agent.store.investigations import InvestigationStatus, investigations_of
from audit_agent.store.lookup import audit_row
from audit_agent.store.requests import RequestStatus, requests_of
from audit_agent.store.review_tables import DecisionRow, ReviewRow
from audit_agent.store.steps import latest_steps
from audit_agent.store.summaries import AuditSummary, list_audits, summary_of
from audit_agent.store.words import Delivery, DraftKind, Event, StepState

__all__ = ["AuditStatus", "AuditSummary", "audit_status", "list_audits"]

LOG_TAIL = 20
"""Entries of the log a status shows unless told otherwise."""


class StepStatus(Record):
    """Where one step stands."""

    step: StepId
    revision: int
    procedure: str
    title: str
    state: StepState
    attempts: int
    workpaper: Digest | None
    exceptions: int
    seconds: Decimal | None
    reason: str
    """Why it was not done, or why the last attempt broke off."""
    started_at: datetime | None
    finished_at: datetime | None


class DecisionStatus(Record):
    """A decision and its answer."""

    decision: Decision
    delivery: Delivery
    answer: Answer | None
    message: str
    received_at: datetime
    answered_at: datetime | None
    outcome: Outcome | None = None
    """Set when this decision settled the review; until the time to undo is over it may still be undone."""
    on_behalf_of: Person | None = None
    """For whom the person decided, if by a delegation."""
    undo_until: datetime | None = None
    undid: DecisionId | None = None
    """The decision this one took back."""

    @property
    def id(self) -> DecisionId:
        """The decision's id."""
        return self.decision.id


class ReviewStatus(Record):
    """A review, what time did to it, and what people said."""

    review: Review
    expires_at: datetime
    reminders: int
    escalated_at: datetime | None
    escalations: int = 0
    outcome: Outcome | None
    closed_at: datetime | None
    decisions: tuple[DecisionStatus, ...]

    @property
    def waits_for(self) -> tuple[Person, ...]:
        """Who may decide while the review is open; `role:NAME` and `group:ID` for those not named one by one."""
        if self.outcome is not None:
            return ()
        return self.review.policy.circle(self.escalations).addressees()


class DraftStatus(Record):
    """One version of something drafted."""

    kind: DraftKind
    version: int
    digest: Digest
    created_at: datetime


class LogEntry(Record):
    """One entry of the audit log."""

    seq: int
    at: datetime
    actor: Person
    event: Event
    data: dict[str, Any]
    hash: Digest


class AuditStatus(Record):
    """Everything there is to show of one audit."""

    audit: AuditSummary
    workflow_run: str | None
    books_path: str
    books: Digest | None
    books_rows: int | None
    books_rejected_rows: int | None
    currency: str
    documents: Digest | None
    """The manifest of the documents frozen for it."""
    documents_count: int | None
    documents_rejected: int | None
    budget: Budget | None
    """What it may spend on model calls; None for no limit."""
    reading: tuple[DocumentsProgress, ...]
    """How far steps have come with their documents."""
    steps: tuple[StepStatus, ...]
    drafts: tuple[DraftStatus, ...]
    requests: tuple[RequestStatus, ...]
    """What process owners were asked."""
    investigations: tuple[InvestigationStatus, ...]
    """What was or is looked into."""
    reviews: tuple[ReviewStatus, ...]
    undelivered: tuple[DecisionStatus, ...]
    """Decisions the audit has not answered yet."""
    effects: tuple[Effect, ...]
    holds: tuple[RegisteredHold, ...]
    log: tuple[LogEntry, ...]
    """The last entries, oldest first."""
    log_count: int
    log_head: Digest

    @property
    def waiting_for(self) -> ReviewStatus | None:
        """The review the audit waits for."""
        return next((entry for entry in self.reviews if entry.review.id == self.audit.waiting_review), None)


def audit_status(
    database: Database, audit: AuditId, log_tail: int = LOG_TAIL, clock: Clock = system_clock
) -> AuditStatus:
    """Everything there is to show of one audit; raises AuditNotFoundError with the nearest ids."""
    with database.read() as session:
        row = audit_row(session, audit)
        decisions = _decisions(session, audit)
        return AuditStatus(
            audit=summary_of(row),
            workflow_run=row.workflow_run,
            books_path=row.books_path,
            books=row.books,
            books_rows=row.books_rows,
            books_rejected_rows=row.books_rejected_rows,
            currency=row.currency,
            documents=row.documents,
            documents_count=row.documents_count,
            documents_rejected=row.documents_rejected,
            budget=budget_of(session, audit),
            reading=progress_of(session, audit, clock()),
            steps=tuple(StepStatus(**_fields(step, StepStatus)) for step in latest_steps(session, audit)),
            drafts=_drafts(session, audit),
            requests=requests_of(session, audit),
            investigations=investigations_of(session, audit),
            reviews=_reviews(session, audit, decisions),
            undelivered=tuple(entry for entry in decisions if entry.delivery is Delivery.PENDING),
            effects=effects_of(session, audit),
            holds=holds_of(session, audit),
            log=_log(session, audit, log_tail),
            log_count=row.log_count,
            log_head=row.log_head,
        )


def _fields(row: object, record: type[Record]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in record.model_fields}


def _drafts(session: Session, audit: AuditId) -> tuple[DraftStatus, ...]:
    query = select(DraftRow).where(DraftRow.audit == audit).order_by(DraftRow.created_at, DraftRow.version)
    return tuple(DraftStatus(**_fields(row, DraftStatus)) for row in session.scalars(query))


def _decisions(session: Session, audit: AuditId) -> list[DecisionStatus]:
    query = select(DecisionRow).where(DecisionRow.audit == audit).order_by(DecisionRow.received_at, DecisionRow.id)
    return [
        DecisionStatus(
            decision=Decision.model_validate_json(row.decision),
            delivery=row.delivery,
            answer=row.answer,
            message=row.message,
            received_at=row.received_at,
            answered_at=row.answered_at,
            outcome=row.outcome,
            on_behalf_of=row.on_behalf_of,
            undo_until=row.undo_until,
            undid=row.undid,
        )
        for row in session.scalars(query)
    ]


def _reviews(session: Session, audit: AuditId, decisions: list[DecisionStatus]) -> tuple[ReviewStatus, ...]:
    query = select(ReviewRow).where(ReviewRow.audit == audit).order_by(ReviewRow.opened_at, ReviewRow.id)
    return tuple(
        ReviewStatus(
            review=Review.model_validate_json(row.review),
            expires_at=row.expires_at,
            reminders=row.reminders,
            escalated_at=row.escalated_at,
            escalations=row.escalations,
            outcome=row.outcome,
            closed_at=row.closed_at,
            decisions=tuple(entry for entry in decisions if entry.decision.review == row.id),
        )
        for row in session.scalars(query)
    )


def _log(session: Session, audit: AuditId, count: int) -> tuple[LogEntry, ...]:
    query = select(LogRow).where(LogRow.audit == audit).order_by(LogRow.seq.desc()).limit(count)
    newest_first = [
        LogEntry(seq=row.seq, at=row.at, actor=row.actor, event=row.event, data=json.loads(row.data), hash=row.hash)
        for row in session.scalars(query)
    ]
    return tuple(reversed(newest_first))
