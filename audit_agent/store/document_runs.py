"""The documents of a step: which pages are finished, and how far it has come."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit_agent.domain.documents import PageOutcomes, RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest, Record
from audit_agent.store.database import Database
from audit_agent.store.document_tables import DocumentPageRow, DocumentRunRow
from audit_agent.store.errors import NoSuchRunError
from audit_agent.store.lookup import lock_audit


class StepRun(Record):
    """Whose documents: one step of one audit at one revision."""

    audit: AuditId
    step: StepId
    revision: int


class FinishedPage(Record):
    """A page, and what became of its documents."""

    offset: int
    count: int
    failed: int
    passing: int
    attempts: int
    outcomes: Digest


class DocumentRuns:
    """The documents that steps read. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, run: StepRun, total: int, state: RunState, at: datetime) -> bool:
        """Where it stands; returns whether this is its very first mark. What is closed stays closed."""
        with self._database.write() as session:
            lock_audit(session, run.audit)
            row = _run(session, run)
            if row is None:
                values = {"total": total, "done": 0, "failed": 0, "state": state, "started_at": at, "updated_at": at}
                session.add(DocumentRunRow(**run.model_dump(), **values))
                return True
            if row.state is not RunState.CLOSED:
                row.state, row.updated_at = state, at
            return False

    def seconds(self, run: StepRun, at: datetime) -> int:
        """How long ago the first document was begun."""
        with self._database.read() as session:
            row = _run(session, run)
            return 0 if row is None else int((at - row.started_at).total_seconds())

    def page(self, run: StepRun, offset: int) -> FinishedPage | None:
        """A page, if it is finished."""
        with self._database.read() as session:
            row = session.get(DocumentPageRow, (*_key(run), offset))
            return None if row is None else _finished(row)

    def finish_page(self, run: StepRun, page: FinishedPage, at: datetime) -> FinishedPage:
        """A page is done. The first result of an attempt stands: a second one is answered with it."""
        with self._database.write() as session:
            standing = _run(session, run, lock=True)
            if standing is None:
                raise NoSuchRunError(f"{run.audit} has not begun to read the documents of {run.step}.")
            row = session.get(DocumentPageRow, (*_key(run), page.offset))
            if row is None:
                row = DocumentPageRow(**run.model_dump(), offset=page.offset, count=page.count, failed=0, attempts=0)
                session.add(row)
                standing.done += page.count
            elif row.attempts >= page.attempts:
                return _finished(row)
            standing.failed += page.failed - row.failed
            row.failed, row.passing, row.attempts = page.failed, page.passing, page.attempts
            row.outcomes, row.finished_at = page.outcomes, at
            standing.updated_at = at
            return page

    def failed_pages(self, run: StepRun, after: int, final_too: bool, limit: int) -> tuple[FinishedPage, ...]:
        """Pages behind an offset with documents that failed, in order."""
        failures = DocumentPageRow.failed if final_too else DocumentPageRow.passing
        query = _pages(run).where(DocumentPageRow.offset > after, failures > 0).limit(limit)
        with self._database.read() as session:
            return tuple(_finished(row) for row in session.scalars(query))

    def of_audit(self, audit: AuditId) -> tuple[StepRun, ...]:
        """The steps that read documents, in order."""
        query = select(DocumentRunRow).where(DocumentRunRow.audit == audit)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(DocumentRunRow.step, DocumentRunRow.revision)).all()
            return tuple(StepRun(audit=row.audit, step=row.step, revision=row.revision) for row in rows)

    def outcomes(self, run: StepRun) -> Iterator[PageOutcomes]:
        """Every finished page in order, without holding them all."""
        after = -1
        while True:
            with self._database.read() as session:
                query = _pages(run).where(DocumentPageRow.offset > after).limit(1_000)
                found = [PageOutcomes(offset=row.offset, digest=row.outcomes) for row in session.scalars(query)]
            yield from found
            if not found:
                return
            after = found[-1].offset


def _key(run: StepRun) -> tuple[AuditId, StepId, int]:
    return run.audit, run.step, run.revision


def _run(session: Session, run: StepRun, lock: bool = False) -> DocumentRunRow | None:
    return session.get(DocumentRunRow, _key(run), with_for_update=lock)


def _pages(run: StepRun) -> Select[DocumentPageRow]:
    of_run = [getattr(DocumentPageRow, name) == value for name, value in run.model_dump().items()]
    return select(DocumentPageRow).where(*of_run).order_by(DocumentPageRow.offset)


def _finished(row: DocumentPageRow) -> FinishedPage:
    return FinishedPage(**{name: getattr(row, name) for name in FinishedPage.model_fields})
