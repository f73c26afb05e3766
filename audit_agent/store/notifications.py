"""What people were told, and when."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Record, canonical_json
from audit_agent.store.database import Database
from audit_agent.store.lookup import lock_audit
from audit_agent.store.review_tables import NotificationRow


class Notification(Record):
    """One thing people were told."""

    audit: AuditId
    at: datetime
    kind: str
    to: tuple[Person, ...]
    text: str


class Notifications:
    """The database's side of notifying. Not part of the audit log: telling people decides nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, audit: AuditId, key: str, kind: str, to: Sequence[Person], text: str, at: datetime) -> bool:
        """Keep a notification; returns whether the key is new."""
        with self._database.write() as session:
            lock_audit(session, audit)
            if session.get(NotificationRow, (audit, key)) is not None:
                return False
            people = canonical_json(list(to)).decode()
            session.add(NotificationRow(audit=audit, key=key, at=at, kind=kind, to=people, text=text))
            return True

    def of(self, audit: AuditId) -> tuple[Notification, ...]:
        """Everything people were told of an audit, oldest first."""
        query = select(NotificationRow).where(NotificationRow.audit == audit)
        with self._database.read() as session:
            return tuple(
                Notification(audit=row.audit, at=row.at, kind=row.kind, to=json.loads(row.to), text=row.text)
                for row in session.scalars(query.order_by(NotificationRow.at, NotificationRow.key))
            )
