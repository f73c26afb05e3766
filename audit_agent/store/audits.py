"""Audits: their ids, requests, and where each stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.domain.record import Digest, Record, canonical_json, digest_of
from audit_agent.domain.review import Outcome
from audit_agent.store.audit_log import GENESIS, append
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.budgets import open_budget
from audit_agent.store.database import Database
from audit_agent.store.errors import AuditExistsError
from audit_agent.store.lookup import audit_row, lock_audit
from audit_agent.store.review_tables import ReviewRow
from audit_agent.store.words import Event

_NEXT_NUMBER = text(
    "INSERT INTO audit_numbers (year, last) VALUES (:year, 1)"
    " ON CONFLICT (year) DO UPDATE SET last = audit_numbers.last + 1 RETURNING last"
)


class DocumentSet(Record):
    """The frozen set of an audit's documents."""

    digest: Digest
    """Of its manifest."""
    count: int
    rejected: int


class Audits:
    """Where each audit stands. Every method may be repeated: the second time changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_audit_id(self, year: int) -> AuditId:
        """The next free id of a year, like `AUD-2026-0007`. The one method that differs each time."""
        with self._database.write() as session:
            number: int = session.execute(_NEXT_NUMBER, {"year": year}).scalar_one()
        return AuditId(f"AUD-{year}-{number:04d}")

    def create(self, request: AuditRequest, at: datetime) -> None:
        """Record a request; raises AuditExistsError when the id belongs to another request."""
        wanted = canonical_json(request).decode()
        with self._database.write() as session:
            existing = session.scalar(select(AuditRow.request).where(AuditRow.id == request.audit))
            if existing is None:
                session.add(_new_row(request, wanted, at))
                session.flush()
                open_budget(session, request)
            elif existing != wanted:
                raise AuditExistsError(f"{request.audit} is another audit.", "Ask for an audit id of its own.")
            data = {
                "request": digest_of(request),
                "program": f"{request.program.id}/{request.program.version}",
                "books": request.books,
            }
            if request.schedule is not None:
                data |= {"schedule": request.schedule.name, "scheduled_at": request.schedule.at.isoformat()}
            append(session, request.audit, "requested", request.requester, Event.REQUESTED, data, at)

    def request(self, audit: AuditId) -> AuditRequest:
        """What was asked for; raises AuditNotFoundError."""
        with self._database.read() as session:
            return AuditRequest.model_validate_json(audit_row(session, audit).request)

    def set_run(self, audit: AuditId, run: str, at: datetime) -> None:
        """The workflow run that carries the audit."""
        with self._database.write() as session:
            if _told(session, audit, f"run/{run}", Event.RUN_STARTED, {"run": run}, at):
                lock_audit(session, audit).workflow_run = run

    def mark(self, audit: AuditId, key: str, phase: Phase, detail: str, at: datetime) -> None:
        """The audit enters a phase. A repeated key is ignored, even when the audit has moved on since."""
        data = {"phase": phase.value, "detail": detail}
        with self._database.write() as session:
            if _told(session, audit, f"mark/{key}", Event.PHASE, data, at):
                _enter(lock_audit(session, audit), phase, detail)

    def end(self, audit: AuditId, phase: Phase, reason: str, report: Digest | None, at: datetime) -> None:
        """The audit ends. Reviews still open are withdrawn."""
        data = {"phase": phase.value, "reason": reason, "report": report}
        with self._database.write() as session:
            if not _told(session, audit, "ended", Event.ENDED, data, at):
                return
            row = lock_audit(session, audit)
            _enter(row, phase, "")
            row.reason, row.ended_at = reason, at
            row.report = report or row.report
            row.waiting_review = row.waiting_since = row.waiting_deadline = None
            still_open = update(ReviewRow).where(ReviewRow.audit == audit, ReviewRow.outcome.is_(None))
            session.execute(still_open.values(outcome=Outcome.WITHDRAWN, closed_at=at))

    def set_books(
        self, audit: AuditId, books: Digest, *, rows: int, rejected_rows: int, currency: str, at: datetime
    ) -> None:
        """The books the audit works on: the digest of their manifest, and their size."""
        data = {"books": books, "rows": rows, "rejected_rows": rejected_rows, "currency": currency}
        with self._database.write() as session:
            if _told(session, audit, f"books/{books}", Event.BOOKS_FROZEN, data, at):
                row = lock_audit(session, audit)
                row.books, row.currency = books, currency
                row.books_rows, row.books_rejected_rows = rows, rejected_rows

    def set_documents(self, audit: AuditId, documents: Digest, count: int, rejected: int, at: datetime) -> DocumentSet:
        """The documents the audit looks at. The first set stands and is returned."""
        data = {"documents": documents, "count": count, "rejected": rejected}
        with self._database.write() as session:
            row = lock_audit(session, audit)
            if row.documents is None:
                row.documents, row.documents_count, row.documents_rejected = documents, count, rejected
                append(session, audit, "documents", SYSTEM, Event.DOCUMENTS_FROZEN, data, at)
            return _set_of(row)

    def documents(self, audit: AuditId) -> DocumentSet | None:
        """The documents the audit looks at, once they are frozen; raises AuditNotFoundError."""
        with self._database.read() as session:
            row = audit_row(session, audit)
            return None if row.documents is None else _set_of(row)

    def set_findings(self, audit: AuditId, version: int, count: int, risk: Severity | None, at: datetime) -> None:
        """How many findings that version of the draft has, and the severity of the worst."""
        data = {"version": version, "findings": count, "risk": risk.value if risk else None}
        with self._database.write() as session:
            if _told(session, audit, f"findings/{version}", Event.FINDINGS_COUNTED, data, at):
                row = lock_audit(session, audit)
                row.findings, row.risk = count, risk


def _set_of(row: AuditRow) -> DocumentSet:
    assert row.documents is not None
    return DocumentSet(digest=row.documents, count=row.documents_count or 0, rejected=row.documents_rejected or 0)


def _told(session: Session, audit: AuditId, key: str, event: Event, data: dict[str, Any], at: datetime) -> bool:
    return append(session, audit, key, SYSTEM, event, data, at).is_new


def _enter(row: AuditRow, phase: Phase, detail: str) -> None:
    row.phase, row.detail = phase, detail
    # Whatever failed on the way here is over.
    row.trouble, row.trouble_at, row.trouble_of = "", None, ""


def _new_row(request: AuditRequest, text: str, at: datetime) -> AuditRow:
    return AuditRow(
        id=request.audit,
        program=request.program.id,
        title=request.program.title,
        requester=request.requester,
        request=text,
        phase=Phase.REQUESTED,
        period_start=request.period.start if request.period else None,
        period_end=request.period.end if request.period else None,
        books_path=request.books,
        started_at=at,
        updated_at=at,
        log_count=0,
        log_head=GENESIS,
        schedule=request.schedule.name if request.schedule else None,
        scheduled_at=request.schedule.at if request.schedule else None,
        schedule_run=request.schedule.run if request.schedule else None,
    )
