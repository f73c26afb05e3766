"""Tables of what process owners are asked and what they reply."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.evidence_request import RequestOutcome
from audit_agent.domain.ids import AuditId, DecisionId, Person, RequestId, StepId
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer
from audit_agent.store.base import Base
from audit_agent.store.words import Delivery


class EvidenceRequestRow(Base):
    """One question to a process owner."""

    __tablename__ = "evidence_requests"
    __table_args__ = (Index(None, "audit", "step"), Index(None, "outcome", "asked_at"))

    id: Mapped[RequestId] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"))
    step: Mapped[StepId]
    owner: Mapped[Person]
    request: Mapped[str]
    """The whole EvidenceRequest as canonical JSON."""
    asked_at: Mapped[datetime]
    due: Mapped[datetime]
    reminders: Mapped[int]
    escalations: Mapped[int]
    outcome: Mapped[RequestOutcome | None]
    closed_at: Mapped[datetime | None]


class EvidenceReplyRow(Base):
    """One reply: first in the inbox, then answered."""

    __tablename__ = "evidence_replies"
    __table_args__ = (Index(None, "audit", "received_at"), Index(None, "delivery", "received_at"))

    id: Mapped[DecisionId] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"))
    request: Mapped[RequestId]
    person: Mapped[Person]
    reply: Mapped[str]
    """The whole Reply as canonical JSON."""
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    delivery: Mapped[Delivery]
    answer: Mapped[Answer | None]
    message: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    standing: Mapped[str | None]
    """What the directory said of the person then: the Standing as canonical JSON."""
    on_behalf_of: Mapped[Person | None]
    evidence: Mapped[Digest | None]
    """Of the reply in the evidence, once the audit has taken it."""
