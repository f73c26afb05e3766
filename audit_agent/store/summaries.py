"""Where audits stand, as surfaces list them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Row, select

from audit_agent.domain.audit import Phase
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import AuditId, Person, ReviewId
from audit_agent.domain.period import Period
from audit_agent.domain.record import Digest, Record
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.database import Database


class AuditSummary(Record):
    """One audit in a line."""

    id: AuditId
    program: str
    title: str
    requester: Person
    period: Period | None
    phase: Phase
    detail: str
    reason: str
    """Why it ended as it did; empty while it runs."""
    trouble: str = ""
    """What failed and is being tried again; empty when nothing is."""
    trouble_at: datetime | None = None
    waiting_review: ReviewId | None
    waiting_since: datetime | None
    waiting_deadline: datetime | None
    steps_total: int
    steps_done: int
    steps_not_done: int
    exceptions: int
    findings: int
    risk: Severity | None
    report: Digest | None
    """The published report."""
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    schedule: str | None = None
    """The schedule that made it; None when a person asked for it."""
    scheduled_at: datetime | None = None


_FIELDS = tuple(name for name in AuditSummary.model_fields if name != "period")
_COLUMNS = [getattr(AuditRow, name) for name in (*_FIELDS, "period_start", "period_end")]


def list_audits(
    database: Database, limit: int | None = 100, phases: Collection[Phase] | None = None
) -> tuple[AuditSummary, ...]:
    """The audits started last, newest first, all of them without a limit; only those in `phases` when given."""
    query = select(*_COLUMNS).order_by(AuditRow.started_at.desc(), AuditRow.id.desc()).limit(limit)
    if phases is not None:
        query = query.where(AuditRow.phase.in_(phases))
    with database.read() as session:
        return tuple(summary_of(row) for row in session.execute(query))


def summary_of(row: AuditRow | Row[tuple[object, ...]]) -> AuditSummary:
    """One audit's line, from its row or from the columns of it that a list reads."""
    fields = {name: getattr(row, name) for name in _FIELDS}
    period = None
    if row.period_start is not None and row.period_end is not None:
        period = Period(start=row.period_start, end=row.period_end)
    return AuditSummary(**fields, period=period)
