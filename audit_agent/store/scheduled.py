"""Audits that schedules make: each scheduled time has one, however often a run is tried or a range backfilled."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from audit_agent.domain.audit import ENDS, AuditRequest, Phase, ScheduledBy
from audit_agent.domain.ids import AuditId
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.summaries import AuditSummary, summary_of

UNSUCCESSFUL = ENDS - {Phase.FINISHED}


class Requested(NamedTuple):
    """The audit of a scheduled time, and whether another run had asked for it already."""

    request: AuditRequest
    by_another_run: bool


class ScheduledAudits:
    """What schedules have asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._audits = Audits(database)

    def record(self, due: ScheduledBy, ask: Callable[[AuditId], AuditRequest], at: datetime) -> Requested:
        """The audit of a scheduled time, recorded if there is none.

        A scheduled time whose audit runs or has finished gets no second one; one that failed, or was rejected,
        cancelled or expired, does, when its range is backfilled.
        """
        existing = self._of_run(due.run) or self._standing(due)
        if existing is None:
            request = ask(self._audits.new_audit_id(at.year))
            self._audits.create(request, at)
            return Requested(request, by_another_run=False)
        request = self._audits.request(existing)
        return Requested(request, by_another_run=request.schedule is None or request.schedule.run != due.run)

    def made_by(self, schedule: str, limit: int = 10) -> tuple[AuditSummary, ...]:
        """The audits a schedule made last, newest scheduled time first."""
        query = select(AuditRow).where(AuditRow.schedule == schedule)
        query = query.order_by(AuditRow.scheduled_at.desc(), AuditRow.id.desc()).limit(limit)
        with self._database.read() as session:
            return tuple(summary_of(row) for row in session.scalars(query))

    def _of_run(self, run: str) -> AuditId | None:
        with self._database.read() as session:
            return session.scalar(select(AuditRow.id).where(AuditRow.schedule_run == run))

    def _standing(self, due: ScheduledBy) -> AuditId | None:
        query = select(AuditRow.id).where(AuditRow.schedule == due.name, AuditRow.scheduled_at == due.at)
        with self._database.read() as session:
            return session.scalar(query.where(AuditRow.phase.not_in(UNSUCCESSFUL)).limit(1))
