"""Tables of the Slack surface: clicks kept until they are answered, and the messages that show audits."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base
from audit_agent.store.slack_words import ClickKind, ClickState


class SlackClickRow(Base):
    """Something a person did in Slack that must have an effect once, and an answer."""

    __tablename__ = "slack_clicks"
    __table_args__ = (Index(None, "state", "received_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    """Names the click, however often Slack delivers it."""
    kind: Mapped[ClickKind]
    person: Mapped[Person]
    channel: Mapped[str]
    content: Mapped[str]
    """What was asked for, as JSON; the kind says which record."""
    received_at: Mapped[datetime]
    state: Mapped[ClickState]
    claimed_until: Mapped[datetime | None]
    """While another process works on it."""
    audit: Mapped[AuditId | None]
    """The id reserved for an audit this click starts, so that a second try starts no second audit."""
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class SlackMessageRow(Base):
    """A message that shows something of an audit. It is reserved before it is posted."""

    __tablename__ = "slack_messages"
    __table_args__ = (Index(None, "audit"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    """Like `card/AUD-2026-0007` or `review/AUD-2026-0007/plan/1`."""
    audit: Mapped[AuditId]
    channel: Mapped[str]
    ts: Mapped[str | None]
    """Slack's name for the message in its channel, or for the file it shares; None until Slack has it."""
    shown: Mapped[Digest | None]
    """Digest of what it shows; None until it is known that people see it."""
    reserved_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]


class SlackFollowRow(Base):
    """A person who follows an audit."""

    __tablename__ = "slack_follows"

    person: Mapped[Person] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(primary_key=True)


class SlackLeaseRow(Base):
    """Which process may do what only one may do at a time."""

    __tablename__ = "slack_leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]
