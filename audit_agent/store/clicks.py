"""Clicks in Slack: kept before Slack is told so, and not forgotten until the person has an answer."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Record
from audit_agent.store.database import Database
from audit_agent.store.slack_tables import SlackClickRow
from audit_agent.store.slack_words import ClickKind, ClickState


class Click(Record):
    """What a person asked for in Slack."""

    key: str
    kind: ClickKind
    person: Person
    channel: str = ""
    """Where to answer; empty for a direct message."""
    content: str
    """JSON of what the kind says."""
    received_at: datetime
    audit: AuditId | None = None
    state: ClickState = ClickState.RECEIVED


CLAIM = timedelta(seconds=15)
"""How long one process may work on a click before another takes it up."""

_OPEN = tuple(state for state in ClickState if state is not ClickState.ANSWERED)
"""Named one by one, so that the index finds the few among all that were ever answered."""


class Clicks:
    """The durable inbox of clicks. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, click: Click, claim_until: datetime | None = None) -> bool:
        """Keep a click; durable when this returns. Returns whether it is new."""
        values = click.model_dump() | {"claimed_until": claim_until, "answer": ""}
        with self._database.write() as session:
            postgresql = session.get_bind().dialect.name == "postgresql"
            insert = (postgresql_insert if postgresql else sqlite_insert)(SlackClickRow).values(**values)
            kept = session.execute(insert.on_conflict_do_nothing().returning(SlackClickRow.key))
            return kept.first() is not None

    def claim(self, now: datetime, limit: int = 50) -> tuple[Click, ...]:
        """Clicks nobody works on and that have no answer, oldest first; they are this process's for CLAIM."""
        free = or_(SlackClickRow.claimed_until.is_(None), SlackClickRow.claimed_until < now)
        query = select(SlackClickRow).where(SlackClickRow.state.in_(_OPEN), free)
        query = query.order_by(SlackClickRow.received_at, SlackClickRow.key).limit(limit)
        with self._database.write() as session:
            rows = session.scalars(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.claimed_until = now + CLAIM
            return tuple(_as_click(row) for row in rows)

    def unanswered(self) -> bool:
        """Whether any click waits for an answer; a look without the lock that claiming takes."""
        query = select(SlackClickRow.key).where(SlackClickRow.state.in_(_OPEN)).limit(1)
        with self._database.read() as session:
            return session.scalar(query) is not None

    def of(self, key: str) -> Click | None:
        """The click of that key, as far as it has come."""
        with self._database.read() as session:
            row = session.get(SlackClickRow, key)
            return _as_click(row) if row else None

    def reserve(self, key: str, audit: AuditId) -> AuditId:
        """The id of the audit a click starts: the first one reserved stands."""
        with self._database.write() as session:
            row = session.get_one(SlackClickRow, key)
            row.audit = row.audit or audit
            return row.audit

    def release(self, key: str) -> None:
        """Nobody works on the click; whoever looks next may."""
        self._set(key, claimed_until=None)

    def delivering(self, key: str) -> None:
        """The click is handed over; whoever looks next may ask for the answer."""
        self._set(key, state=ClickState.DELIVERING, claimed_until=None)

    def answered(self, key: str, answer: str, at: datetime) -> None:
        """The person was told."""
        self._set(key, state=ClickState.ANSWERED, claimed_until=None, answer=answer, answered_at=at)

    def _set(self, key: str, **values: object) -> None:
        still_open = SlackClickRow.state != ClickState.ANSWERED
        with self._database.write() as session:
            session.execute(update(SlackClickRow).where(SlackClickRow.key == key, still_open).values(**values))


def _as_click(row: SlackClickRow) -> Click:
    return Click(**{name: getattr(row, name) for name in Click.model_fields})
