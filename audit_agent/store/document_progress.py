"""How far steps have come with their documents, from the database alone."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from audit_agent.domain.batches import BatchState
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Record
from audit_agent.store.batch_tables import BatchRow
from audit_agent.store.document_tables import DocumentPageRow, DocumentRunRow
from audit_agent.store.ledger_table import LedgerRow, LedgerUse

RATE_OVER = timedelta(minutes=5)
"""What was finished within this time says how fast it goes."""
_MOVING = (RunState.READING, RunState.TRYING_AGAIN)


class DocumentsProgress(Record):
    """How far one step has come with its documents."""

    step: StepId
    revision: int
    state: RunState
    total: int
    done: int
    failed: int
    """Of those done: documents that could not be had or read."""
    a_minute: int
    """Documents that were finished, of late."""
    seconds_left: int | None
    """None where nobody can tell, such as while it is paused."""
    spent: Decimal | None
    """US dollars for model calls; None where a model's price is not known."""
    batches: int
    """Batches of model calls that are waited for."""
    batched_calls: int
    batched_since: datetime | None
    """When the first of them was put together."""
    started_at: datetime
    updated_at: datetime


def progress_of(session: Session, audit: AuditId, at: datetime) -> tuple[DocumentsProgress, ...]:
    """The progress of every step of an audit that reads documents."""
    query = select(DocumentRunRow).where(DocumentRunRow.audit == audit)
    rows = session.scalars(query.order_by(DocumentRunRow.step, DocumentRunRow.revision))
    return tuple(_progress(session, row, at) for row in rows)


def _progress(session: Session, row: DocumentRunRow, at: datetime) -> DocumentsProgress:
    a_minute = _a_minute(session, row, at) if row.state in _MOVING else 0
    left = row.total - row.done
    batches, calls, since = _batches(session, row)
    return DocumentsProgress(
        step=row.step,
        revision=row.revision,
        state=row.state,
        total=row.total,
        done=row.done,
        failed=row.failed,
        a_minute=a_minute,
        seconds_left=left * 60 // a_minute if a_minute and left else None,
        spent=_spent(session, row),
        batches=batches,
        batched_calls=calls,
        batched_since=since,
        started_at=row.started_at,
        updated_at=row.updated_at,
    )


def _a_minute(session: Session, row: DocumentRunRow, at: datetime) -> int:
    since = max(row.started_at, at - RATE_OVER)
    page = DocumentPageRow
    of_late = page.audit == row.audit, page.step == row.step, page.revision == row.revision, page.finished_at > since
    finished = session.scalar(select(func.sum(page.count)).where(*of_late)) or 0
    return int(finished * 60 / max((at - since).total_seconds(), 1))


def _spent(session: Session, row: DocumentRunRow) -> Decimal | None:
    cost = func.sum(LedgerRow.cost, type_=LedgerRow.cost.type)
    unpriced = func.sum(case((and_(LedgerRow.paid_calls > 0, LedgerRow.cost.is_(None)), 1), else_=0))
    query = select(cost.label("cost"), unpriced.label("unpriced")).join(LedgerUse, LedgerUse.key == LedgerRow.key)
    purpose = LedgerUse.purpose.startswith(f"document/{row.step}/", autoescape=True)
    found = session.execute(query.where(LedgerUse.audit == row.audit, LedgerUse.charged, purpose)).one()
    return None if found.unpriced else found.cost or Decimal(0)


def _batches(session: Session, row: DocumentRunRow) -> tuple[int, int, datetime | None]:
    standing = [state for state in BatchState if not state.over]
    counted = func.count(BatchRow.id), func.coalesce(func.sum(BatchRow.count), 0), func.min(BatchRow.prepared_at)
    query = select(*counted).where(BatchRow.audit == row.audit, BatchRow.step == row.step)
    batches, calls, since = session.execute(query.where(BatchRow.state.in_(standing))).one()
    return batches, calls, since
