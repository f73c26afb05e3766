"""Tables of who people are and who stands in for whom."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.directory import AccountKind
from audit_agent.domain.ids import Person
from audit_agent.store.base import Base


class PersonRow(Base):
    """One account of a person."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "email_folded"),)

    person: Mapped[Person] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind]
    email: Mapped[str]
    email_folded: Mapped[str]
    """Without case, to find the person's other accounts."""
    roles: Mapped[str]
    """JSON list of words."""
    time_zone: Mapped[str]
    country: Mapped[str]
    updated_at: Mapped[datetime]


class DelegationRow(Base):
    """B for A, from one moment to another. Withdrawn ones stay."""

    __tablename__ = "delegations"
    __table_args__ = (Index(None, "delegate"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    delegator: Mapped[Person]
    delegate: Mapped[Person]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
