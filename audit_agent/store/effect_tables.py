"""Tables of what an audit does to the world, and undoes."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest
from audit_agent.store.base import Base
from audit_agent.store.words import EffectState, HoldState, Lease, Publication


class EffectRow(Base):
    """One kind of effect of an audit: reserved before it is done, fenced once it is being undone."""

    __tablename__ = "effects"
    __table_args__ = (Index(None, "state"),)

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    kind: Mapped[EffectKind] = mapped_column(primary_key=True)
    state: Mapped[EffectState]
    detail: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    undo_attempts: Mapped[int] = mapped_column(default=0)
    """How often undoing was taken up; grows when a person has a stuck one tried again."""
    reserved_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    undoing_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class BooksLeaseRow(Base):
    """An audit's claim on frozen books: they may not be cleaned away while it is held."""

    __tablename__ = "books_leases"
    __table_args__ = (Index(None, "books", "state"),)

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    books: Mapped[Digest]
    state: Mapped[Lease]
    taken_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class PaymentHoldRow(Base):
    """The hold register: one payment hold, keyed so that it is placed once."""

    __tablename__ = "payment_holds"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    finding: Mapped[str]
    item: Mapped[str]
    supplier: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    reason: Mapped[str]
    state: Mapped[HoldState]
    reference: Mapped[str | None]
    """What the payment system calls the hold."""
    reserved_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class WorkpaperRow(Base):
    """A workpaper published, or withdrawn again."""

    __tablename__ = "workpapers"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    step: Mapped[StepId] = mapped_column(primary_key=True)
    digest: Mapped[Digest]
    state: Mapped[Publication]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ReportRow(Base):
    """One version of the report."""

    __tablename__ = "reports"

    audit: Mapped[AuditId] = mapped_column(ForeignKey("audits.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[Digest]
    state: Mapped[Publication]
    drafted_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
