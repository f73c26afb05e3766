"""The spend ledger in the database: reserve, settle, add up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.ledger import CallRequest, Claim, Finished, Reserved, Settlement, StoredAnswer, Underway
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.domain.spend import SpendSummary
from audit_agent.store.database import Database
from audit_agent.store.ledger_many import find_used, identity, insert_new, reserve_new, store_first
from audit_agent.store.ledger_spend import read_exposure, read_spend
from audit_agent.store.ledger_table import CallState, LedgerRow, LedgerUse


class DatabaseLedger:
    """Implements `domain.ledger.Ledger`. Any number of processes may share one database.

    Leases are measured by the database's clock on PostgreSQL, whose clients may sit on several machines,
    and by `clock` on SQLite, whose clients share one.
    """

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        self._database = database
        self._clock = clock

    def find_all(self, requests: Sequence[CallRequest]) -> list[StoredAnswer | None]:
        """Answers to different calls, where this very use of them is recorded already: changes nothing."""
        with self._database.read() as session:
            return find_used(session, requests)

    def claim(self, request: CallRequest) -> Claim:
        """Record the use, and reserve the call unless it is finished or somebody makes it now."""
        with self._database.write() as session:
            return self._claim(session, request)

    def claim_all(self, requests: Sequence[CallRequest]) -> list[Claim]:
        """Claim different calls in one transaction: all claims are durable, or none is."""
        # Whoever locks several rows does so in the order of their keys, so that two do not wait for each other.
        in_order = sorted(requests, key=lambda one: one.key)
        with self._database.write() as session:
            claims = reserve_new(session, in_order, self._now(session))
            claims |= {one.key: self._claim(session, one) for one in in_order if one.key not in claims}
        return [claims[one.key] for one in requests]

    def settle_all(self, settlements: Sequence[Settlement]) -> list[StoredAnswer]:
        """Settle different calls in one transaction: all answers are durable, or none is."""
        in_order = sorted(settlements, key=lambda one: one.key)
        with self._database.write() as session:
            stored = store_first(session, in_order, self._now(session))
            stored |= {one.key: self._settle(session, one) for one in in_order if one.key not in stored}
        return [stored[one.key] for one in settlements]

    def renew(self, reservations: tuple[str, ...], lease: float) -> None:
        """Keep reservations from being taken for abandoned, for another `lease` seconds."""
        with self._database.write() as session:
            until = self._now(session) + timedelta(seconds=lease)
            ours = LedgerRow.reservation.in_(reservations)
            # In the order in which everybody locks several: by key.
            session.execute(select(LedgerRow.key).where(ours).order_by(LedgerRow.key).with_for_update())
            session.execute(update(LedgerRow).where(ours).values(lease_until=until))

    def settle(self, key: Digest, reservation: str, answer: StoredAnswer) -> StoredAnswer:
        """Store a delivered answer. The first one stored stands and is returned."""
        with self._database.write() as session:
            return self._settle(session, Settlement(key=key, reservation=reservation, answer=answer))

    def release(self, key: Digest, reservation: str, error: str) -> None:
        """The call failed and was not billed."""
        with self._database.write() as session:
            row = _existing(session, key)
            is_ours = row.reservation == reservation
            self._land(session, row, reservation)
            if is_ours and row.state is CallState.RESERVED:
                row.state = CallState.FAILED
                row.error = error

    def lose(self, key: Digest, reservation: str, error: str) -> None:
        """The call was sent and its outcome will never be known: it counts as exposure."""
        with self._database.write() as session:
            row = _existing(session, key)
            if row.reservation == reservation:
                _give_up(row, error)
                row.settled_at = self._now(session)

    def exposure(self) -> tuple[int, Decimal | None]:
        """Calls of all audits whose outcome cannot be known, and US dollars at most for them; None is unknown."""
        with self._database.read() as session:
            return read_exposure(session, self._now(session))

    def spend(self, audit: str) -> SpendSummary:
        """What an audit spent so far; reservations that nobody renews count as unknown calls."""
        with self._database.read() as session:
            return read_spend(session, audit, self._now(session))

    def _claim(self, session: Session, request: CallRequest) -> Claim:
        row = self._locked(session, request)
        _record_use(session, request)
        now = self._now(session)
        _give_up_if_abandoned(row, now)
        if row.state is CallState.DONE:
            return Finished(answer=_stored(row))
        if row.reservation is not None:
            return Underway(in_batch=row.batch is not None)
        row.state = CallState.RESERVED
        row.estimate = _at_most(row.estimate, request.estimate)
        row.reservation = uuid4().hex
        row.reserved_at = now
        row.lease_until = now + timedelta(seconds=request.lease)
        row.attempts += 1
        return Reserved(reservation=row.reservation)

    def _settle(self, session: Session, settlement: Settlement) -> StoredAnswer:
        row = _existing(session, settlement.key)
        self._land(session, row, settlement.reservation)
        add_bill(row, settlement.answer)
        row.error = None
        if row.state is not CallState.DONE:
            row.state = CallState.DONE
            row.answer = canonical_json(settlement.answer).decode()
        return _stored(row)

    def _locked(self, session: Session, request: CallRequest) -> LedgerRow:
        session.execute(insert_new(session), {**identity(request), "state": CallState.FAILED})
        return _existing(session, request.key)

    def _land(self, session: Session, row: LedgerRow, reservation: str) -> None:
        """An attempt's outcome is known. If it had been given up for lost, it is no exposure any more."""
        row.settled_at = self._now(session)
        if row.reservation == reservation:
            row.reservation = row.lease_until = None
        else:
            row.unknown_calls -= 1

    def _now(self, session: Session) -> datetime:
        if session.get_bind().dialect.name == "postgresql":
            now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
            return now.astimezone(UTC)
        return self._clock()


def _existing(session: Session, key: str) -> LedgerRow:
    return session.execute(select(LedgerRow).where(LedgerRow.key == key).with_for_update()).scalar_one()


def _record_use(session: Session, request: CallRequest) -> None:
    """Called with the call's row locked, so that exactly one use comes first."""
    if session.get(LedgerUse, (request.key, request.audit, request.purpose)) is None:
        first = session.execute(select(LedgerUse.key).where(LedgerUse.key == request.key).limit(1)).first()
        session.add(LedgerUse(key=request.key, audit=request.audit, purpose=request.purpose, charged=first is None))


def _give_up_if_abandoned(row: LedgerRow, now: datetime) -> None:
    if row.batch is None and row.reservation is not None and row.lease_until is not None and row.lease_until < now:
        _give_up(row, "The process that made this call ended before it could store the answer.")


def _give_up(row: LedgerRow, error: str) -> None:
    row.unknown_calls += 1
    row.reservation = row.lease_until = None
    if row.state is CallState.RESERVED:
        row.state = CallState.UNKNOWN
        row.error = error


def _at_most(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """What an attempt costs at most: half in a batch, and the whole when it is made by itself after all."""
    return None if one is None or other is None else max(one, other)


def add_bill(row: LedgerRow, answer: StoredAnswer) -> None:
    """One more delivered answer is paid."""
    row.cost = answer.cost if row.paid_calls == 0 else _plus(row, answer)
    row.paid_calls += 1
    row.input_tokens += answer.tokens.input
    row.output_tokens += answer.tokens.output
    row.cache_write_tokens += answer.tokens.cache_write
    row.cache_read_tokens += answer.tokens.cache_read


def _plus(row: LedgerRow, answer: StoredAnswer) -> Decimal | None:
    return None if row.cost is None or answer.cost is None else row.cost + answer.cost


def _stored(row: LedgerRow) -> StoredAnswer:
    return StoredAnswer.model_validate_json(row.answer or "")
