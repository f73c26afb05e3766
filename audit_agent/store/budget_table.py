"""The table of audits' budgets for model calls."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.ids import AuditId
from audit_agent.store.base import Base
from audit_agent.store.ledger_table import Dollars


class BudgetRow(Base):
    """What an audit may spend, and what its calls have taken of it; none for an audit without a limit."""

    __tablename__ = "audit_budgets"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    limit: Mapped[Decimal] = mapped_column(Dollars())
    spent: Mapped[Decimal] = mapped_column(Dollars(), default=Decimal(0))
    """Cost and exposure of the calls charged to the audit."""
    reserved: Mapped[Decimal] = mapped_column(Dollars(), default=Decimal(0))
    """Estimates of its calls under way."""
    warned_at: Mapped[datetime | None]
    reached_at: Mapped[datetime | None]
    """When a call was first refused; NULL again once the limit is raised."""
