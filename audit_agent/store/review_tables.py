"""Tables of what people are asked and what they say."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Outcome, Verdict
from audit_agent.store.base import Base
from audit_agent.store.words import Delivery


class ReviewRow(Base):
    """One opened gate."""

    __tablename__ = "reviews"
    __table_args__ = (Index(None, "audit", "gate", "round"), Index(None, "outcome", "opened_at"))

    id: Mapped[ReviewId] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"))
    gate: Mapped[Gate]
    round: Mapped[int]
    subject: Mapped[Digest]
    review: Mapped[str]
    """The whole Review as canonical JSON."""
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    escalated_at: Mapped[datetime | None]
    escalations: Mapped[int] = mapped_column(default=0, server_default="0")
    """Levels of escalation it has reached."""
    outcome: Mapped[Outcome | None]
    closed_at: Mapped[datetime | None]


class DecisionRow(Base):
    """One decision: first in the inbox, then answered."""

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "audit", "received_at"), Index(None, "delivery", "received_at"))

    id: Mapped[DecisionId] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"))
    review: Mapped[ReviewId]
    gate: Mapped[Gate]
    person: Mapped[Person]
    verdict: Mapped[Verdict]
    reason: Mapped[str]
    decision: Mapped[str]
    """The whole Decision as canonical JSON."""
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    delivery: Mapped[Delivery]
    answer: Mapped[Answer | None]
    message: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome | None]
    answered_at: Mapped[datetime | None]
    standing: Mapped[str | None]
    """What the directory said of the person then: the Standing as canonical JSON."""
    on_behalf_of: Mapped[Person | None]
    undo_until: Mapped[datetime | None]
    undid: Mapped[DecisionId | None]


class NotificationRow(Base):
    """Something people were told."""

    __tablename__ = "notifications"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    to: Mapped[str]
    """JSON list of people."""
    text: Mapped[str]
