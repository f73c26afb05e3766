"""Reviews: which gates are open, what time did to them, how they ended."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import SYSTEM, AuditId, Person, ReviewId
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import canonical_json, digest_of
from audit_agent.domain.review import Nudge, Outcome, Review
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.lookup import lock_audit
from audit_agent.store.review_tables import ReviewRow
from audit_agent.store.words import Event


class Reviews:
    """Opened gates. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, review: Review, at: datetime) -> None:
        """People are asked; the audit waits for them."""
        data = {
            "review": review.id,
            "gate": review.gate.value,
            "round": review.round,
            "subject": review.subject,
            "digest": digest_of(review),
        }
        with self._database.write() as session:
            key = f"review/{review.id}/opened"
            if not append(session, review.audit, key, SYSTEM, Event.REVIEW_OPENED, data, at).is_new:
                return
            row = ReviewRow(
                id=review.id,
                audit=review.audit,
                gate=review.gate,
                round=review.round,
                subject=review.subject,
                review=canonical_json(review).decode(),
                opened_at=review.opened_at,
                expires_at=review.expires_at,
            )
            session.add(row)
            session.flush()
            _wait_for_oldest(session, review.audit)

    def nudge(self, review: ReviewId, kind: Nudge, number: int, to: tuple[Person, ...], at: datetime) -> None:
        """Time reminded people of an open review, or escalated it."""
        with self._database.write() as session:
            row = _locked(session, review)
            data = {"review": review, "nudge": kind.value, "number": number, "to": list(to)}
            key = f"review/{review}/{kind.value}/{number}"
            if not append(session, row.audit, key, SYSTEM, Event.REVIEW_NUDGED, data, at).is_new:
                return
            if kind is Nudge.REMIND:
                row.reminders = max(row.reminders, number)
            elif kind is Nudge.ESCALATE:
                row.escalations = max(row.escalations, number)
                row.escalated_at = row.escalated_at or at

    def close(self, review: ReviewId, outcome: Outcome, at: datetime) -> None:
        """The review ended. The first outcome stands."""
        with self._database.write() as session:
            row = _locked(session, review)
            if row.outcome is not None:
                return
            row.outcome, row.closed_at = outcome, at
            data = {"review": review, "outcome": outcome.value}
            append(session, row.audit, f"review/{review}/closed", SYSTEM, Event.REVIEW_CLOSED, data, at)
            session.flush()
            _wait_for_oldest(session, row.audit)

    def review(self, review: ReviewId) -> Review:
        """What was asked; raises NotFoundError."""
        with self._database.read() as session:
            return _as_review(_existing(session, review))

    def outcome(self, review: ReviewId) -> Outcome | None:
        """How the review ended, None while it is open; raises NotFoundError."""
        with self._database.read() as session:
            return _existing(session, review).outcome

    def open_reviews(self, audit: AuditId | None = None) -> tuple[Review, ...]:
        """Reviews that wait for a decision, oldest first; of one audit or of all."""
        query = select(ReviewRow).where(ReviewRow.outcome.is_(None)).order_by(ReviewRow.opened_at, ReviewRow.id)
        if audit is not None:
            query = query.where(ReviewRow.audit == audit)
        with self._database.read() as session:
            return tuple(_as_review(row) for row in session.scalars(query))

    def current(self, audit: AuditId, gate: Gate) -> Review | None:
        """The latest round of a gate, open or ended; None before the first. `outcome` tells which it is."""
        query = select(ReviewRow).where(ReviewRow.audit == audit, ReviewRow.gate == gate)
        with self._database.read() as session:
            row = session.scalars(query.order_by(ReviewRow.round.desc()).limit(1)).first()
            return _as_review(row) if row else None


def _as_review(row: ReviewRow) -> Review:
    return Review.model_validate_json(row.review)


def _existing(session: Session, review: ReviewId) -> ReviewRow:
    row = session.get(ReviewRow, review)
    if row is None:
        raise NotFoundError(f"There is no review {review}.", "`audit-agent reviews` shows what waits for a decision.")
    return row


def _locked(session: Session, review: ReviewId) -> ReviewRow:
    row = _existing(session, review)
    lock_audit(session, row.audit)
    # Another process may have changed it between the look and the lock.
    session.refresh(row)
    return row


def _wait_for_oldest(session: Session, audit: AuditId) -> None:
    """Show the oldest open review as what the audit waits for."""
    query = select(ReviewRow).where(ReviewRow.audit == audit, ReviewRow.outcome.is_(None))
    oldest = session.scalars(query.order_by(ReviewRow.opened_at, ReviewRow.id).limit(1)).first()
    row = lock_audit(session, audit)
    row.waiting_review = oldest.id if oldest else None
    row.waiting_since = oldest.opened_at if oldest else None
    row.waiting_deadline = oldest.expires_at if oldest else None
