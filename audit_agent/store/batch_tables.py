"""The table of batches; the calls in one are rows of the ledger that name it (`store.ledger_table`)."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.batches import BatchState
from audit_agent.domain.ids import AuditId, BatchId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base


class BatchRow(Base):
    """One batch of model calls; `domain.batches.Batch` says what each column is."""

    __tablename__ = "llm_batches"
    __table_args__ = (Index(None, "audit", "step"), Index(None, "state", "looked_at"))

    id: Mapped[BatchId] = mapped_column(primary_key=True)
    audit: Mapped[AuditId]
    step: Mapped[StepId]
    begin: Mapped[int]
    end: Mapped[int]
    model: Mapped[str]
    count: Mapped[int]
    keys: Mapped[Digest]
    requests: Mapped[Digest]
    state: Mapped[BatchState]
    remote: Mapped[str | None] = mapped_column(index=True)
    confirmed: Mapped[bool]
    refuted: Mapped[str]
    """The remote ids, separated by blanks."""
    cancelled: Mapped[bool]
    results: Mapped[Digest | None]
    answered: Mapped[int]
    note: Mapped[str]
    prepared_at: Mapped[datetime]
    intended_at: Mapped[datetime | None]
    created_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    looked_at: Mapped[datetime]
    version: Mapped[int]
