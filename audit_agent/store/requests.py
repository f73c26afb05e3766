"""Evidence requests: what process owners are asked, what time did to it, how it ended."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence_request import AskedEvidence, EvidenceRequest, Reply, RequestOutcome
from audit_agent.domain.ids import SYSTEM, AuditId, Person, RequestId, StepId
from audit_agent.domain.record import Record, canonical_json, digest_of
from audit_agent.domain.review import Answer, Nudge
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.effects import fence
from audit_agent.store.lookup import lock_audit
from audit_agent.store.request_tables import EvidenceReplyRow, EvidenceRequestRow
from audit_agent.store.words import Event


class RequestStatus(Record):
    """A request, what time did to it, how it ended, and the reply the audit took."""

    request: EvidenceRequest
    reminders: int
    escalations: int
    outcome: RequestOutcome | None
    closed_at: datetime | None
    reply: Reply | None


class EvidenceRequests:
    """Questions to process owners. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, request: EvidenceRequest, at: datetime) -> None:
        """The owner is asked; raises EffectUndoneError when the audit's questions are being withdrawn."""
        data = {"request": request.id, "step": request.step, "owner": request.owner, "digest": digest_of(request)}
        with self._database.write() as session:
            fence(session, request.audit, EffectKind.EVIDENCE_REQUESTS)
            key = f"request/{request.id}/asked"
            if not append(session, request.audit, key, SYSTEM, Event.EVIDENCE_ASKED, data, at).is_new:
                return
            row = EvidenceRequestRow(
                id=request.id,
                audit=request.audit,
                step=request.step,
                owner=request.owner,
                request=canonical_json(request).decode(),
                asked_at=request.asked_at,
                due=request.due,
                reminders=0,
                escalations=0,
            )
            session.add(row)

    def nudge(self, request: RequestId, kind: Nudge, number: int, to: tuple[Person, ...], at: datetime) -> None:
        """Time reminded the owner of an open request, or escalated it."""
        event = Event.EVIDENCE_REMINDED if kind is Nudge.REMIND else Event.EVIDENCE_ESCALATED
        with self._database.write() as session:
            row = _locked(session, request)
            data = {"request": request, "number": number, "to": list(to)}
            key = f"request/{request}/{kind.value}/{number}"
            if not append(session, row.audit, key, SYSTEM, event, data, at).is_new:
                return
            if kind is Nudge.REMIND:
                row.reminders = max(row.reminders, number)
            else:
                row.escalations = max(row.escalations, number)

    def close(self, request: RequestId, outcome: RequestOutcome, at: datetime) -> None:
        """The request ended. The first outcome stands."""
        with self._database.write() as session:
            _close(session, _locked(session, request), outcome, at)

    def withdraw(self, audit: AuditId, at: datetime) -> int:
        """Nobody needs to answer any more; returns how many were open."""
        with self._database.write() as session:
            lock_audit(session, audit)
            query = select(EvidenceRequestRow).where(EvidenceRequestRow.audit == audit)
            still_open = session.scalars(query.where(EvidenceRequestRow.outcome.is_(None))).all()
            for row in still_open:
                _close(session, row, RequestOutcome.WITHDRAWN, at)
            return len(still_open)

    def status(self, request: RequestId) -> RequestStatus:
        """One request; raises NotFoundError."""
        with self._database.read() as session:
            return _as_status(session, _existing(session, request))

    def open_requests(self, audit: AuditId | None = None) -> tuple[RequestStatus, ...]:
        """Requests that wait for an answer, oldest first; of one audit or of all."""
        query = select(EvidenceRequestRow).where(EvidenceRequestRow.outcome.is_(None))
        if audit is not None:
            query = query.where(EvidenceRequestRow.audit == audit)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(EvidenceRequestRow.asked_at, EvidenceRequestRow.id))
            return tuple(_as_status(session, row) for row in rows.all())

    def of_step(self, audit: AuditId, step: StepId) -> tuple[AskedEvidence, ...]:
        """What a step asked, for its workpaper; every request of it has ended."""
        with self._database.read() as session:
            query = select(EvidenceRequestRow).where(EvidenceRequestRow.audit == audit, EvidenceRequestRow.step == step)
            rows = session.scalars(query.order_by(EvidenceRequestRow.id)).all()
            return tuple(_as_asked(session, row) for row in rows if row.outcome is not None)


def requests_of(session: Session, audit: AuditId) -> tuple[RequestStatus, ...]:
    """Every request of an audit within a session, oldest first."""
    query = select(EvidenceRequestRow).where(EvidenceRequestRow.audit == audit)
    rows = session.scalars(query.order_by(EvidenceRequestRow.asked_at, EvidenceRequestRow.id)).all()
    return tuple(_as_status(session, row) for row in rows)


_ENDS = {
    RequestOutcome.ANSWERED: Event.EVIDENCE_ANSWERED,
    RequestOutcome.EXPIRED: Event.EVIDENCE_EXPIRED,
    RequestOutcome.WITHDRAWN: Event.EVIDENCE_WITHDRAWN,
}


def _close(session: Session, row: EvidenceRequestRow, outcome: RequestOutcome, at: datetime) -> None:
    if row.outcome is not None:
        return
    row.outcome, row.closed_at = outcome, at
    append(session, row.audit, f"request/{row.id}/closed", SYSTEM, _ENDS[outcome], {"request": row.id}, at)


def _existing(session: Session, request: RequestId) -> EvidenceRequestRow:
    row = session.get(EvidenceRequestRow, request)
    if row is None:
        raise NotFoundError(
            f"There is no evidence request {request}.", "`audit-agent requests` shows what waits for an answer."
        )
    return row


def _locked(session: Session, request: RequestId) -> EvidenceRequestRow:
    row = _existing(session, request)
    lock_audit(session, row.audit)
    # Another process may have changed it between the look and the lock.
    session.refresh(row)
    return row


def _taken(session: Session, row: EvidenceRequestRow) -> EvidenceReplyRow | None:
    query = select(EvidenceReplyRow).where(EvidenceReplyRow.request == row.id)
    return session.scalars(query.where(EvidenceReplyRow.answer == Answer.RECORDED)).first()


def _as_status(session: Session, row: EvidenceRequestRow) -> RequestStatus:
    taken = _taken(session, row)
    return RequestStatus(
        request=EvidenceRequest.model_validate_json(row.request),
        reminders=row.reminders,
        escalations=row.escalations,
        outcome=row.outcome,
        closed_at=row.closed_at,
        reply=Reply.model_validate_json(taken.reply) if taken else None,
    )


def _as_asked(session: Session, row: EvidenceRequestRow) -> AskedEvidence:
    status, taken = _as_status(session, row), _taken(session, row)
    assert status.outcome is not None, "a step waits until its requests have ended"
    request, reply = status.request, status.reply
    return AskedEvidence(
        request=request.id,
        owner=request.owner,
        question=request.question,
        expected=request.expected,
        asked_at=request.asked_at,
        due=request.due,
        outcome=status.outcome,
        answered_by=reply.person if reply else None,
        answered_at=reply.made_at if reply else None,
        text=reply.text if reply else "",
        file=reply.file if reply else None,
        evidence=taken.evidence if taken else None,
    )
