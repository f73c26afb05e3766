"""Tables of the spend ledger: one row per distinct model call, and who used it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, Dialect, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from audit_agent.store.base import Base, Word

_PER_DOLLAR = Decimal(10) ** 12


class Dollars(TypeDecorator[Decimal]):
    """US dollars as whole millionths of a millionth, so that both databases add them up exactly.

    A token costs as little as a hundredth of a millionth of a dollar. The largest amount is nine million dollars.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * _PER_DOLLAR).to_integral_value())

    @override
    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / _PER_DOLLAR).normalize() + 0


class CallState(StrEnum):
    """Where a call stands."""

    RESERVED = "reserved"
    """Somebody makes it now, or died making it: the lease tells."""
    DONE = "done"
    """Its answer is stored. It is never made again."""
    FAILED = "failed"
    """The last attempt failed and was not billed."""
    UNKNOWN = "unknown"
    """The last attempt was sent and its outcome cannot be known."""


class LedgerRow(Base):
    """A distinct model call: its state, its answer, and everything paid for it."""

    __tablename__ = "llm_calls"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[CallState] = mapped_column(Word(CallState), index=True)
    model: Mapped[str] = mapped_column(String(100))
    prompt: Mapped[str] = mapped_column(String(100))
    output: Mapped[str] = mapped_column(String(100))

    reservation: Mapped[str | None] = mapped_column(String(32))
    """The attempt in flight; NULL when there is none."""
    lease_until: Mapped[datetime | None]
    reserved_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    batch: Mapped[str | None] = mapped_column(index=True)
    """The batch it waits in: only that batch lets go of it, whatever the lease says."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Times it was reserved."""

    paid_calls: Mapped[int] = mapped_column(default=0)
    """Answers delivered. More than one only where an attempt that counted as lost came back after all."""
    input_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    output_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cache_read_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cost: Mapped[Decimal | None] = mapped_column(Dollars())
    """Of all delivered answers; NULL while there is none, or when the model's price is not known."""
    unknown_calls: Mapped[int] = mapped_column(default=0)
    estimate: Mapped[Decimal | None] = mapped_column(Dollars())
    """What one attempt costs at most; `unknown_calls` times this is the exposure."""

    answer: Mapped[str | None] = mapped_column(Text)
    """Canonical JSON of the first delivered answer."""
    error: Mapped[str | None] = mapped_column(Text)
    """Why the last attempt failed."""


class LedgerUse(Base):
    """An audit's use of a call. The use that came first is charged, later ones are free."""

    __tablename__ = "llm_uses"

    key: Mapped[str] = mapped_column(ForeignKey("llm_calls.key"), primary_key=True)
    audit: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    purpose: Mapped[str] = mapped_column(String(100), primary_key=True)
    charged: Mapped[bool]
