"""Effects on the world: reserved, done, undone; an effect being undone is fenced against whoever still does it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.domain.record import Record
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.effect_tables import EffectRow
from audit_agent.store.errors import EffectUndoneError
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import EffectState, Event

_FENCED = (EffectState.UNDOING, EffectState.UNDONE, EffectState.STUCK)


class Effect(Record):
    """Where one effect of an audit stands."""

    kind: EffectKind
    state: EffectState
    detail: str
    error: str
    reserved_at: datetime | None
    done_at: datetime | None
    undoing_at: datetime | None
    undone_at: datetime | None


class Effects:
    """What audits do to the world. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(self, audit: AuditId, kind: EffectKind, detail: str, at: datetime) -> None:
        """Say what is about to be done; raises EffectUndoneError when it is being undone already."""
        with self._database.write() as session:
            if _unfenced(session, audit, kind) is None:
                row = EffectRow(audit=audit, kind=kind, state=EffectState.RESERVED, detail=detail, reserved_at=at)
                session.add(row)
                _tell(session, audit, kind, Event.EFFECT_RESERVED, "reserved", {"detail": detail}, at)

    def settle(self, audit: AuditId, kind: EffectKind, detail: str, at: datetime) -> None:
        """It is done; raises EffectUndoneError when it was undone meanwhile."""
        with self._database.write() as session:
            row = _unfenced(session, audit, kind)
            if row is None:
                row = EffectRow(audit=audit, kind=kind, reserved_at=at)
                session.add(row)
            elif row.state is EffectState.DONE:
                return
            row.state, row.detail, row.done_at = EffectState.DONE, detail, at
            _tell(session, audit, kind, Event.EFFECT_DONE, "done", {"detail": detail}, at)

    def begin_undo(self, audit: AuditId, kind: EffectKind, reason: str, at: datetime) -> bool:
        """From here on nobody may do it any more. Returns whether there is anything to undo."""
        with self._database.write() as session:
            lock_audit(session, audit)
            row = session.get(EffectRow, (audit, kind))
            if row is None:
                session.add(EffectRow(audit=audit, kind=kind, state=EffectState.UNDONE, detail="", undone_at=at))
                _tell(session, audit, kind, Event.EFFECT_UNDONE, "undone", {"detail": "was never begun"}, at)
                return False
            if row.state is EffectState.UNDONE:
                return False
            if row.state is not EffectState.UNDOING:
                row.state, row.undoing_at, row.error = EffectState.UNDOING, at, ""
                row.undo_attempts += 1
                _tell(
                    session, audit, kind, Event.EFFECT_UNDOING, f"undoing/{row.undo_attempts}", {"reason": reason}, at
                )
            return True

    def finish_undo(self, audit: AuditId, kind: EffectKind, detail: str, at: datetime) -> None:
        """It is undone."""
        with self._database.write() as session:
            lock_audit(session, audit)
            row = session.get(EffectRow, (audit, kind))
            if row is None or row.state not in _FENCED:
                raise ValueError(f"{kind.value} of {audit} is not being undone: call begin_undo first")
            if row.state is EffectState.UNDONE:
                return
            row.state, row.error, row.undone_at = EffectState.UNDONE, "", at
            _tell(session, audit, kind, Event.EFFECT_UNDONE, "undone", {"detail": detail}, at)

    def stuck(self, audit: AuditId, kind: EffectKind, error: str, at: datetime) -> None:
        """Undoing keeps failing: a person must look."""
        with self._database.write() as session:
            lock_audit(session, audit)
            row = session.get(EffectRow, (audit, kind))
            if row is None:
                row = EffectRow(audit=audit, kind=kind, state=EffectState.UNDOING, detail="", undo_attempts=0)
                session.add(row)
            if row.state in (EffectState.UNDONE, EffectState.STUCK):
                return
            row.state, row.error = EffectState.STUCK, error
            _tell(session, audit, kind, Event.EFFECT_STUCK, f"stuck/{row.undo_attempts}", {"error": error}, at)

    def effects(self, audit: AuditId) -> tuple[Effect, ...]:
        """The effects of an audit, in the order they were reserved."""
        with self._database.read() as session:
            return effects_of(session, audit)


def effects_of(session: Session, audit: AuditId) -> tuple[Effect, ...]:
    """The effects of an audit within a session, in the order they were reserved."""
    order = list(EffectKind)
    rows = session.scalars(select(EffectRow).where(EffectRow.audit == audit)).all()
    return tuple(
        Effect(
            kind=row.kind,
            state=row.state,
            detail=row.detail,
            error=row.error,
            reserved_at=row.reserved_at,
            done_at=row.done_at,
            undoing_at=row.undoing_at,
            undone_at=row.undone_at,
        )
        for row in sorted(rows, key=lambda row: order.index(row.kind))
    )


def fence(session: Session, audit: AuditId, kind: EffectKind) -> None:
    """Lock the audit and refuse to go on doing an effect that is being undone; raises EffectUndoneError."""
    _unfenced(session, audit, kind)


def _unfenced(session: Session, audit: AuditId, kind: EffectKind) -> EffectRow | None:
    lock_audit(session, audit)
    row = session.get(EffectRow, (audit, kind))
    if row is not None and row.state in _FENCED:
        raise EffectUndoneError(
            f"The {kind.value} of {audit} must not be done any more: it is {row.state.value}.",
            "The audit has stopped; nothing is to be done.",
        )
    return row


def _tell(
    session: Session, audit: AuditId, kind: EffectKind, event: Event, what: str, data: dict[str, str], at: datetime
) -> None:
    append(session, audit, f"effect/{kind.value}/{what}", SYSTEM, event, {"effect": kind.value, **data}, at)
