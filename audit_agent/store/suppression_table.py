"""The table of suppressions."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.ids import AuditId, Person
from audit_agent.store.base import Base


class SuppressionRow(Base):
    """One suppression. Revoked ones stay, so that old reports can be explained."""

    __tablename__ = "suppressions"

    number: Mapped[int] = mapped_column(primary_key=True)
    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"))
    content: Mapped[str]
    """The whole Suppression as canonical JSON."""
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[Person | None]
