"""Tables of documents that steps read."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base


class DocumentRunRow(Base):
    """How far a step has come with its documents, for reading; the workflow is the authority."""

    __tablename__ = "document_runs"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    step: Mapped[StepId] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    """Of those done: documents that could not be had or read."""
    state: Mapped[RunState]
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DocumentPageRow(Base):
    """A page that is finished: the idempotency key of its work."""

    __tablename__ = "document_pages"
    __table_args__ = (Index(None, "audit", "finished_at"),)

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    step: Mapped[StepId] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The number of its first document, counted from 0."""
    count: Mapped[int]
    failed: Mapped[int]
    passing: Mapped[int]
    """Of those failed: which another attempt may help."""
    attempts: Mapped[int]
    outcomes: Mapped[Digest]
    """JSON lines in the evidence, one of each document."""
    finished_at: Mapped[datetime]
