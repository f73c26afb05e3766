"""Investigations: how far each has come, and the papers they leave."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.ids import SYSTEM, AuditId, StepId
from audit_agent.domain.investigation import InvestigationState, Judgement, Lead
from audit_agent.domain.record import Digest, Record
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.investigation_table import InvestigationRow
from audit_agent.store.lookup import audit_row, lock_audit
from audit_agent.store.words import Event

_EVENTS = {
    InvestigationState.ASKS: Event.INVESTIGATION_PAUSED,
    InvestigationState.OUT_OF_BUDGET: Event.INVESTIGATION_PAUSED,
    InvestigationState.CONCLUDED: Event.INVESTIGATION_CONCLUDED,
}


class Progress(Record):
    """How far an investigation has come."""

    turns: int
    calls: int
    note: str = ""


class InvestigationStatus(Record):
    """An investigation as surfaces show it."""

    lead: str
    step: StepId
    procedure: str
    title: str
    state: InvestigationState
    turns: int
    calls: int
    note: str
    judgement: Judgement | None
    paper: Digest | None
    began_at: datetime
    updated_at: datetime


class Investigations:
    """The investigations of audits. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def work(self, audit: AuditId, lead: Lead, progress: Progress, at: datetime) -> None:
        """A turn was taken."""
        with self._database.write() as session:
            row = _row(session, audit, lead, at)
            row.state, row.judgement = InvestigationState.WORKING, None
            _show(row, progress, at)

    def end(
        self,
        audit: AuditId,
        lead: Lead,
        state: InvestigationState,
        paper: Digest,
        judgement: Judgement | None,
        progress: Progress,
        at: datetime,
    ) -> None:
        """A run ended: with a conclusion, or to wait for people or money."""
        data = {"lead": lead.id, "paper": paper, "state": state.value}
        with self._database.write() as session:
            row = _row(session, audit, lead, at)
            append(session, audit, f"investigation/{lead.id}/{paper}", SYSTEM, _EVENTS[state], data, at)
            row.state, row.paper, row.judgement = state, paper, judgement
            _show(row, progress, at)

    def paper(self, audit: AuditId, lead: str) -> Digest | None:
        """The newest paper of a lead."""
        with self._database.read() as session:
            row = session.get(InvestigationRow, (audit, lead))
            return row.paper if row else None

    def of_audit(self, audit: AuditId) -> tuple[InvestigationStatus, ...]:
        """Every investigation of an audit, by lead; raises AuditNotFoundError."""
        with self._database.read() as session:
            audit_row(session, audit)
            return investigations_of(session, audit)


def investigations_of(session: Session, audit: AuditId) -> tuple[InvestigationStatus, ...]:
    """Every investigation of an audit within a session, by lead."""
    query = select(InvestigationRow).where(InvestigationRow.audit == audit).order_by(InvestigationRow.lead)
    return tuple(_status(row) for row in session.scalars(query).all())


def _row(session: Session, audit: AuditId, lead: Lead, at: datetime) -> InvestigationRow:
    lock_audit(session, audit)
    row = session.get(InvestigationRow, (audit, lead.id))
    if row is None:
        row = InvestigationRow(audit=audit, lead=lead.id, step=lead.step, procedure=lead.procedure, title=lead.title)
        row.began_at = at
        session.add(row)
    return row


def _show(row: InvestigationRow, progress: Progress, at: datetime) -> None:
    row.turns, row.calls, row.updated_at = progress.turns, progress.calls, at
    row.note = progress.note or row.note or ""


def _status(row: InvestigationRow) -> InvestigationStatus:
    return InvestigationStatus.model_validate({name: getattr(row, name) for name in InvestigationStatus.model_fields})
