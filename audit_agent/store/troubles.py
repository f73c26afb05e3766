"""What fails and is tried again, for people who wait. No part of the log: it says nothing of an audit's result."""

from datetime import datetime

from sqlalchemy import update

from audit_agent.domain.ids import AuditId
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.database import Database


class Troubles:
    """The latest trouble of each audit. Entering another phase ends it too (`store.audits`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, audit: AuditId, activity: str, text: str, at: datetime) -> None:
        """An attempt of an activity failed and there will be another; nothing happens where there is no such audit."""
        changed = update(AuditRow).where(AuditRow.id == audit, AuditRow.ended_at.is_(None))
        with self._database.write() as session:
            session.execute(changed.values(trouble=text, trouble_at=at, trouble_of=activity))

    def clear(self, audit: AuditId, activity: str) -> None:
        """The activity succeeded in the end; the trouble of another one stays."""
        changed = update(AuditRow).where(AuditRow.id == audit, AuditRow.trouble_of == activity)
        with self._database.write() as session:
            session.execute(changed.values(trouble="", trouble_at=None, trouble_of=""))
