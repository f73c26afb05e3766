"""Drafts: each version of what people decide on, by digest."""

from datetime import datetime

from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.domain.record import Digest
from audit_agent.store.audit_log import append
from audit_agent.store.audit_tables import DraftRow
from audit_agent.store.database import Database
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import DraftKind, Event


class Drafts:
    """Versions of plans, findings, remediations and reports. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, audit: AuditId, kind: DraftKind, version: int) -> Digest | None:
        """The digest of that version, if it is drafted."""
        with self._database.read() as session:
            row = session.get(DraftRow, (audit, kind, version))
            return row.digest if row else None

    def save(self, audit: AuditId, kind: DraftKind, version: int, digest: Digest, at: datetime) -> Digest:
        """Save a version. The first one saved stands and is returned, so that a retry goes on with the same draft."""
        with self._database.write() as session:
            lock_audit(session, audit)
            if row := session.get(DraftRow, (audit, kind, version)):
                return row.digest
            session.add(DraftRow(audit=audit, kind=kind, version=version, digest=digest, created_at=at))
            data = {"kind": kind.value, "version": version, "digest": digest}
            append(session, audit, f"draft/{kind.value}/{version}", SYSTEM, Event.DRAFT_SAVED, data, at)
            return digest
