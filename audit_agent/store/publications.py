"""What an audit lets others read: workpapers and reports, published and withdrawn."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import SYSTEM, AuditId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.effect_tables import ReportRow, WorkpaperRow
from audit_agent.store.effects import fence
from audit_agent.store.errors import EffectUndoneError
from audit_agent.store.lookup import audit_row, lock_audit
from audit_agent.store.words import Event, Publication


class Publications:
    """Workpapers and reports. Every method may be repeated; what is withdrawn stays withdrawn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish_workpapers(self, audit: AuditId, workpapers: Mapping[StepId, Digest], at: datetime) -> None:
        """Publish the workpapers of these steps; raises EffectUndoneError when they are being withdrawn."""
        with self._database.write() as session:
            fence(session, audit, EffectKind.WORKPAPERS)
            for step, digest in workpapers.items():
                if session.get(WorkpaperRow, (audit, step)) is not None:
                    continue
                row = WorkpaperRow(audit=audit, step=step, digest=digest, state=Publication.PUBLISHED, published_at=at)
                session.add(row)
                data = {"step": step, "digest": digest}
                append(session, audit, f"workpaper/{step}/published", SYSTEM, Event.WORKPAPER_PUBLISHED, data, at)

    def withdraw_workpapers(self, audit: AuditId, at: datetime) -> int:
        """Withdraw every published workpaper; returns how many were."""
        query = select(WorkpaperRow).where(WorkpaperRow.audit == audit, WorkpaperRow.state == Publication.PUBLISHED)
        with self._database.write() as session:
            lock_audit(session, audit)
            rows = session.scalars(query.order_by(WorkpaperRow.step)).all()
            for row in rows:
                row.state, row.withdrawn_at = Publication.WITHDRAWN, at
                data = {"step": row.step, "digest": row.digest}
                append(session, audit, f"workpaper/{row.step}/withdrawn", SYSTEM, Event.WORKPAPER_WITHDRAWN, data, at)
            return len(rows)

    def published_workpapers(self, audit: AuditId) -> dict[StepId, Digest]:
        """The workpapers others may read, by step."""
        query = select(WorkpaperRow).where(WorkpaperRow.audit == audit, WorkpaperRow.state == Publication.PUBLISHED)
        with self._database.read() as session:
            return {row.step: row.digest for row in session.scalars(query.order_by(WorkpaperRow.step))}

    def draft_report(self, audit: AuditId, version: int, digest: Digest, at: datetime) -> None:
        """Record a version of the report that is not published yet."""
        with self._database.write() as session:
            lock_audit(session, audit)
            if session.get(ReportRow, (audit, version)) is not None:
                return
            row = ReportRow(audit=audit, version=version, digest=digest, state=Publication.DRAFT, drafted_at=at)
            session.add(row)
            data = {"version": version, "digest": digest}
            append(session, audit, f"report/{version}/drafted", SYSTEM, Event.REPORT_DRAFTED, data, at)

    def publish_report(self, audit: AuditId, draft: Digest, signed: Digest, at: datetime) -> Digest:
        """Publish the drafted report of that digest in its signed form. The first one published stands; returns it.

        Raises EffectUndoneError when it is being withdrawn, NotFoundError when no such version was drafted.
        """
        with self._database.write() as session:
            fence(session, audit, EffectKind.REPORT)
            row = _version(session, audit, draft)
            standing = lock_audit(session, audit)
            if row.state is Publication.WITHDRAWN:
                raise EffectUndoneError(f"Version {row.version} of the report of {audit} was withdrawn.")
            if standing.report is not None:
                return standing.report
            row.state, row.published_at = Publication.PUBLISHED, at
            standing.report = signed
            data = {"version": row.version, "draft": draft, "digest": signed}
            append(session, audit, f"report/{row.version}/published", SYSTEM, Event.REPORT_PUBLISHED, data, at)
            return signed

    def withdraw_report(self, audit: AuditId, at: datetime) -> bool:
        """Withdraw the published report; returns whether there was one."""
        query = select(ReportRow).where(ReportRow.audit == audit, ReportRow.state == Publication.PUBLISHED)
        with self._database.write() as session:
            lock_audit(session, audit).report = None
            rows = session.scalars(query.order_by(ReportRow.version)).all()
            for row in rows:
                row.state, row.withdrawn_at = Publication.WITHDRAWN, at
                data = {"version": row.version, "digest": row.digest}
                append(session, audit, f"report/{row.version}/withdrawn", SYSTEM, Event.REPORT_WITHDRAWN, data, at)
            return bool(rows)

    def report(self, audit: AuditId) -> Digest:
        """The published report; raises NotFoundError while there is none."""
        with self._database.read() as session:
            row = audit_row(session, audit)
            if row.report is None:
                raise NotFoundError(
                    f"{audit} has no published report: it is {row.phase.value}.",
                    f"`audit-agent status {audit}` shows where it stands.",
                )
            return row.report


def _version(session: Session, audit: AuditId, digest: Digest) -> ReportRow:
    query = select(ReportRow).where(ReportRow.audit == audit, ReportRow.digest == digest)
    row = session.scalars(query.order_by(ReportRow.version.desc()).limit(1)).first()
    if row is None:
        raise NotFoundError(f"No version of the report of {audit} has the digest {digest}.", "Draft it first.")
    return row
