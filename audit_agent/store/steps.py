"""Steps: what is planned, what is done, and the workpaper that keeps a step from being done twice."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audit_agent.domain.ids import SYSTEM, AuditId, StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import Digest, Record
from audit_agent.store.audit_log import append
from audit_agent.store.audit_tables import StepRow
from audit_agent.store.database import Database
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import Event, StepState


class FinishedStep(Record):
    """The final result of a step: a workpaper, or the reason why there is none."""

    workpaper: Digest | None
    exceptions: int = 0
    not_done: str = ""


class Steps:
    """The steps of audits, keyed by audit, step and revision. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan_steps(self, audit: AuditId, plan: Digest, steps: Sequence[PlanStep], revision: int, at: datetime) -> None:
        """Show these steps as pending. Steps of an earlier plan that were not begun are dropped."""
        data = {"plan": plan, "revision": revision, "steps": [step.id for step in steps]}
        with self._database.write() as session:
            if not append(session, audit, f"steps/{plan}/{revision}", SYSTEM, Event.STEPS_PLANNED, data, at).is_new:
                return
            unbegun = StepRow.audit == audit, StepRow.state == StepState.PENDING
            session.execute(delete(StepRow).where(*unbegun))
            for position, step in enumerate(steps, 1):
                row = session.get(StepRow, (audit, step.id, revision))
                if row is None:
                    row = StepRow(audit=audit, step=step.id, revision=revision, state=StepState.PENDING)
                    session.add(row)
                row.position, row.procedure, row.title = position, step.procedure, step.title
            _count(session, audit)

    def begin(
        self, audit: AuditId, step: StepId, revision: int, procedure: str, title: str, at: datetime
    ) -> FinishedStep | None:
        """Begin a step; its result when it is finished already, and then there is nothing to do."""
        with self._database.write() as session:
            row = _row(session, audit, step, revision)
            if row is None:
                row = _new_row(session, audit, step, revision)
            elif row.state.finished:
                return _result(row)
            row.procedure, row.title = procedure, title
            row.state, row.reason = StepState.RUNNING, ""
            row.attempts = (row.attempts or 0) + 1
            row.started_at = row.started_at or at
            data = {"step": step, "revision": revision, "procedure": procedure}
            append(session, audit, f"step/{step}/{revision}/begun", SYSTEM, Event.STEP_BEGUN, data, at)
            _count(session, audit)
            return None

    def finish(
        self,
        audit: AuditId,
        step: StepId,
        revision: int,
        workpaper: Digest,
        exceptions: int,
        seconds: Decimal,
        at: datetime,
    ) -> FinishedStep:
        """The step is done. The first result stands: a second one is answered with it."""
        result = FinishedStep(workpaper=workpaper, exceptions=exceptions)
        return self._finish(audit, step, revision, result, Event.STEP_DONE, seconds, at)

    def not_done(self, audit: AuditId, step: StepId, revision: int, reason: str, at: datetime) -> FinishedStep:
        """The step cannot be carried out. The first result stands."""
        result = FinishedStep(workpaper=None, not_done=reason)
        return self._finish(audit, step, revision, result, Event.STEP_NOT_DONE, None, at)

    def fail(self, audit: AuditId, step: StepId, revision: int, reason: str, at: datetime) -> None:
        """The attempt broke off; the step may be begun again. A finished step stays finished."""
        with self._database.write() as session:
            row = _row(session, audit, step, revision)
            if row is None or row.state is not StepState.RUNNING:
                return
            row.state, row.reason = StepState.FAILED, reason
            data = {"step": step, "revision": revision, "reason": reason}
            key = f"step/{step}/{revision}/failed/{row.attempts}"
            append(session, audit, key, SYSTEM, Event.STEP_FAILED, data, at)

    def _finish(
        self,
        audit: AuditId,
        step: StepId,
        revision: int,
        result: FinishedStep,
        event: Event,
        seconds: Decimal | None,
        at: datetime,
    ) -> FinishedStep:
        with self._database.write() as session:
            row = _row(session, audit, step, revision) or _new_row(session, audit, step, revision)
            if row.state is not None and row.state.finished:
                return _result(row)
            row.state = StepState.DONE if result.workpaper else StepState.NOT_DONE
            row.workpaper, row.exceptions, row.reason = result.workpaper, result.exceptions, result.not_done
            row.seconds, row.finished_at = seconds, at
            data: dict[str, Any] = {"step": step, "revision": revision, **result.model_dump(mode="json")}
            append(session, audit, f"step/{step}/{revision}/finished", SYSTEM, event, data, at)
            _count(session, audit)
            return result


def _row(session: Session, audit: AuditId, step: StepId, revision: int) -> StepRow | None:
    lock_audit(session, audit)
    return session.get(StepRow, (audit, step, revision))


def _new_row(session: Session, audit: AuditId, step: StepId, revision: int) -> StepRow:
    last = session.scalar(select(func.max(StepRow.position)).where(StepRow.audit == audit))
    row = StepRow(
        audit=audit, step=step, revision=revision, position=(last or 0) + 1, procedure="", title="", attempts=0
    )
    row.state = StepState.PENDING
    session.add(row)
    return row


def _result(row: StepRow) -> FinishedStep:
    return FinishedStep(workpaper=row.workpaper, exceptions=row.exceptions, not_done=row.reason)


def _count(session: Session, audit: AuditId) -> None:
    """Bring the audit's counts of steps and exceptions up to date."""
    session.flush()
    latest = latest_steps(session, audit)
    audit_row = lock_audit(session, audit)
    audit_row.steps_total = len(latest)
    audit_row.steps_done = sum(step.state is StepState.DONE for step in latest)
    audit_row.steps_not_done = sum(step.state is StepState.NOT_DONE for step in latest)
    audit_row.exceptions = sum(step.exceptions for step in latest)


def latest_steps(session: Session, audit: AuditId) -> list[StepRow]:
    """Each step once, at its latest revision, in the plan's order."""
    rows = session.scalars(select(StepRow).where(StepRow.audit == audit).order_by(StepRow.revision)).all()
    return sorted({row.step: row for row in rows}.values(), key=lambda row: (row.position, row.step))
