"""The usual course of many calls in few statements: calls nobody asked before, and answers to first attempts.

What takes another course is left to `store.ledger`, call by call.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Insert, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from audit_agent.domain.ledger import CallRequest, Claim, Reserved, Settlement, StoredAnswer
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.store.ledger_table import CallState, LedgerRow, LedgerUse

_CALLS: Table = LedgerRow.__table__  # type: ignore[assignment]
_USES: Table = LedgerUse.__table__  # type: ignore[assignment]
_STORE_FIRST = (
    update(_CALLS)
    .where(
        _CALLS.c.key == bindparam("call"),
        _CALLS.c.reservation == bindparam("held"),
        _CALLS.c.state == CallState.RESERVED,
        _CALLS.c.paid_calls == 0,
    )
    .values(reservation=None, lease_until=None, error=None, state=CallState.DONE, paid_calls=1)
    .values({name: bindparam(f"new_{name}") for name in ("settled_at", "cost", "answer")})
    .values({f"{name}_tokens": bindparam(f"new_{name}") for name in ("input", "output", "cache_write", "cache_read")})
)


def insert_new(session: Session) -> Insert:
    """Insert a call unless it is there."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(_CALLS).on_conflict_do_nothing()
    return sqlite.insert(_CALLS).on_conflict_do_nothing()


def identity(request: CallRequest) -> dict[str, Any]:
    """The columns that say which call it is."""
    return {name: getattr(request, name) for name in ("key", "model", "prompt", "output", "estimate")}


def find_used(session: Session, requests: Sequence[CallRequest]) -> list[StoredAnswer | None]:
    """The answers whose use is recorded already."""
    uses = [(one.key, one.audit, one.purpose) for one in requests]
    query = (
        select(_CALLS.c.key, _CALLS.c.answer)
        .join(_USES, _USES.c.key == _CALLS.c.key)
        .where(tuple_(_USES.c.key, _USES.c.audit, _USES.c.purpose).in_(uses), _CALLS.c.state == CallState.DONE)
    )
    found: dict[str, str | None] = {key: answer for key, answer in session.execute(query)}
    return [StoredAnswer.model_validate_json(found[key] or "") if key in found else None for key, _, _ in uses]


def reserve_new(session: Session, claims: Sequence[CallRequest], now: datetime) -> dict[Digest, Claim]:
    """Reserve the calls that nobody ever asked for, and charge them to whoever asks."""
    rows = [
        {
            **identity(request),
            "state": CallState.RESERVED,
            "reservation": uuid4().hex,
            "reserved_at": now,
            "lease_until": now + timedelta(seconds=request.lease),
            "attempts": 1,
        }
        for request in claims
    ]
    fresh = set(session.connection().execute(insert_new(session).returning(_CALLS.c.key), rows).scalars())
    uses = [
        {"key": one.key, "audit": one.audit, "purpose": one.purpose, "charged": True}
        for one in claims
        if one.key in fresh
    ]
    if uses:
        session.connection().execute(insert(_USES), uses)
    return {row["key"]: Reserved(reservation=row["reservation"]) for row in rows if row["key"] in fresh}


def store_first(session: Session, settlements: Sequence[Settlement], now: datetime) -> dict[Digest, StoredAnswer]:
    """Store the answers to calls that were sent once and still are the sender's: all of them, or none."""
    rows = [
        {
            "call": one.key,
            "held": one.reservation,
            "new_settled_at": now,
            "new_cost": one.answer.cost,
            "new_answer": canonical_json(one.answer).decode(),
            **{f"new_{name}": count for name, count in one.answer.tokens.model_dump().items()},
        }
        for one in settlements
    ]
    point = session.begin_nested()
    if session.connection().execute(_STORE_FIRST, rows).rowcount != len(rows):
        point.rollback()
        return {}
    point.commit()
    return {one.key: one.answer for one in settlements}
