"""Which message in Slack shows what, so that it is posted once and updated in place."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest
from audit_agent.store.audit_tables import AuditRow
from audit_agent.store.database import Database
from audit_agent.store.slack_tables import SlackFollowRow, SlackLeaseRow, SlackMessageRow


class Posted(NamedTuple):
    """A message as far as it has come."""

    key: str
    channel: str
    ts: str | None
    shown: Digest | None
    reserved_at: datetime


class SlackMessages:
    """Messages and followers of audits. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self, since: datetime) -> dict[AuditId, Digest]:
        """The head of the log of every audit that moved since then: another head means something happened."""
        query = select(AuditRow.id, AuditRow.log_head).where(AuditRow.updated_at >= since)
        with self._database.read() as session:
            return {AuditId(row.id): row.log_head for row in session.execute(query.order_by(AuditRow.started_at))}

    def of(self, audit: AuditId) -> dict[str, Posted]:
        """The messages of an audit by key."""
        query = select(SlackMessageRow).where(SlackMessageRow.audit == audit)
        with self._database.read() as session:
            return {row.key: _as_posted(row) for row in session.scalars(query)}

    def reserve(self, key: str, audit: AuditId, channel: str, at: datetime) -> Posted:
        """Make a message known before it is posted; returns it as it stands if it was reserved before."""
        with self._database.write() as session:
            row = session.get(SlackMessageRow, key)
            if row is None:
                row = SlackMessageRow(key=key, audit=audit, channel=channel, reserved_at=at)
                session.add(row)
            return _as_posted(row)

    def uploads(self, key: str, file: str, at: datetime) -> None:
        """Slack has a file for the message, and has perhaps shared it."""
        with self._database.write() as session:
            row = session.get_one(SlackMessageRow, key)
            row.ts, row.updated_at = file, at

    def shows(self, key: str, ts: str, shown: Digest, at: datetime) -> None:
        """Slack has the message, and it shows this."""
        with self._database.write() as session:
            row = session.get_one(SlackMessageRow, key)
            row.ts, row.shown, row.updated_at = ts, shown, at

    def follow(self, audit: AuditId, person: Person) -> None:
        """The person follows the audit from here on."""
        with self._database.write() as session:
            if session.get(SlackFollowRow, (person, audit)) is None:
                session.add(SlackFollowRow(person=person, audit=audit))

    def followed_by(self, person: Person) -> tuple[AuditId, ...]:
        """The audits a person follows."""
        query = select(SlackFollowRow.audit).where(SlackFollowRow.person == person)
        with self._database.read() as session:
            return tuple(session.scalars(query.order_by(SlackFollowRow.audit.desc())))

    def lead(self, name: str, holder: str, now: datetime, time: timedelta) -> bool:
        """Whether this process may do what only one does at a time; it may for `time` from now."""
        with self._database.write() as session:
            row = session.get(SlackLeaseRow, name, with_for_update=True)
            if row is None:
                session.add(SlackLeaseRow(name=name, holder=holder, until=now + time))
                return True
            if row.holder != holder and row.until > now:
                return False
            row.holder, row.until = holder, now + time
            return True

    def resign(self, name: str, holder: str) -> None:
        """The holder does it no longer: another may at once."""
        with self._database.write() as session:
            row = session.get(SlackLeaseRow, name, with_for_update=True)
            if row is not None and row.holder == holder:
                session.delete(row)


def _as_posted(row: SlackMessageRow) -> Posted:
    return Posted(row.key, row.channel, row.ts, row.shown, row.reserved_at)
