"""The hold register: payment holds, each reserved before it is placed and released at most once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.domain.record import Record
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.effect_tables import PaymentHoldRow
from audit_agent.store.effects import fence
from audit_agent.store.errors import EffectUndoneError
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import Event, HoldState

_RELEASE = (HoldState.RELEASING, HoldState.RELEASED)


class RegisteredHold(Record):
    """A payment hold and where it stands."""

    hold: Hold
    state: HoldState
    reference: str | None
    reserved_at: datetime
    placed_at: datetime | None
    released_at: datetime | None


class Holds:
    """The hold register. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, audit: AuditId, hold: Hold, at: datetime) -> HoldState:
        """Enter a hold that is about to be placed; returns where it stands.

        Raises EffectUndoneError when the audit's holds, or this one, are being released.
        """
        with self._database.write() as session:
            fence(session, audit, EffectKind.PAYMENT_HOLDS)
            row = session.get(PaymentHoldRow, (audit, hold.key))
            if row is None:
                row = PaymentHoldRow(audit=audit, **hold.model_dump(), state=HoldState.RESERVED, reserved_at=at)
                session.add(row)
                data = hold.model_dump(mode="json")
                append(session, audit, f"hold/{hold.key}/reserved", SYSTEM, Event.HOLD_RESERVED, data, at)
            return _unreleased(row).state

    def place(self, audit: AuditId, key: str, reference: str, at: datetime) -> None:
        """The payment system has placed it; raises EffectUndoneError when it is being released meanwhile."""
        with self._database.write() as session:
            row = _unreleased(_locked(session, audit, key))
            if row.state is HoldState.PLACED:
                return
            row.state, row.reference, row.placed_at = HoldState.PLACED, reference, at
            _tell(session, row, Event.HOLD_PLACED, "placed", {"reference": reference}, at)

    def begin_release(self, audit: AuditId, key: str, at: datetime) -> bool:
        """From here on it may not be placed any more. Returns whether it must still be released."""
        with self._database.write() as session:
            row = _locked(session, audit, key)
            if row.state is HoldState.RELEASED:
                return False
            if row.state is not HoldState.RELEASING:
                row.state = HoldState.RELEASING
                _tell(session, row, Event.HOLD_RELEASING, "releasing", {}, at)
            return True

    def release(self, audit: AuditId, key: str, at: datetime) -> None:
        """The payment system has released it, or never placed it."""
        with self._database.write() as session:
            row = _locked(session, audit, key)
            if row.state is HoldState.RELEASED:
                return
            row.state, row.released_at = HoldState.RELEASED, at
            _tell(session, row, Event.HOLD_RELEASED, "released", {}, at)

    def holds(self, audit: AuditId) -> tuple[RegisteredHold, ...]:
        """The holds of an audit, by key."""
        with self._database.read() as session:
            return holds_of(session, audit)


def holds_of(session: Session, audit: AuditId) -> tuple[RegisteredHold, ...]:
    """The holds of an audit within a session, by key."""
    query = select(PaymentHoldRow).where(PaymentHoldRow.audit == audit).order_by(PaymentHoldRow.key)
    return tuple(
        RegisteredHold(
            hold=Hold.model_validate({name: getattr(row, name) for name in Hold.model_fields}),
            state=row.state,
            reference=row.reference,
            reserved_at=row.reserved_at,
            placed_at=row.placed_at,
            released_at=row.released_at,
        )
        for row in session.scalars(query)
    )


def _locked(session: Session, audit: AuditId, key: str) -> PaymentHoldRow:
    lock_audit(session, audit)
    row = session.get(PaymentHoldRow, (audit, key))
    if row is None:
        raise NotFoundError(f"{audit} has no payment hold {key}.", "Reserve it before it is placed.")
    return row


def _unreleased(row: PaymentHoldRow) -> PaymentHoldRow:
    if row.state in _RELEASE:
        raise EffectUndoneError(
            f"The hold {row.key} of {row.audit} must not be placed any more: it is {row.state.value}.",
            "The audit has stopped; if the payment system just placed it, release it there.",
        )
    return row


def _tell(session: Session, row: PaymentHoldRow, event: Event, what: str, data: dict[str, str], at: datetime) -> None:
    append(session, row.audit, f"hold/{row.key}/{what}", SYSTEM, event, {"key": row.key, **data}, at)
