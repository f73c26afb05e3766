"""The table of investigations."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.investigation import InvestigationState, Judgement
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base


class InvestigationRow(Base):
    """Where an investigation stands, for reading; its workflow is the authority."""

    __tablename__ = "investigations"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    lead: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[StepId]
    procedure: Mapped[str]
    title: Mapped[str]
    state: Mapped[InvestigationState]
    turns: Mapped[int]
    calls: Mapped[int]
    note: Mapped[str]
    """What the last turn looked for."""
    judgement: Mapped[Judgement | None]
    paper: Mapped[Digest | None]
    """The newest paper; without a conclusion while people or money are waited for."""
    began_at: Mapped[datetime]
    updated_at: Mapped[datetime]
