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
from audit_agent.domain.spend import SpendLine, SpendSummary
from audit_agent.store.database import Database
from audit_agent.store.ledger_many import find_used, identity, insert_new, reserve_new, store_first
from audit_agent.store.ledger_purse import Purse, charged_to
from audit_agent.store.ledger_spend import (
    read_document_spend,
    read_exposure,
    read_spend,
    read_turn_spend,
    read_unpriced,
    read_usual_output,
)
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
        """Record the use, and reserve the call unless it is finished, somebody makes it now, or it is too dear."""
        [claim] = self.claim_all([request])
        return claim

    def claim_all(self, requests: Sequence[CallRequest]) -> list[Claim]:
        """Claim different calls in one transaction: all claims are durable, or none is."""
        # Whoever locks several rows does so in the order of their keys, so that two do not wait for each other.
        in_order = sorted(requests, key=lambda one: one.key)
        with self._database.write() as session:
            now = self._now(session)
            purse = Purse(session, now)
            claims = reserve_new(session, in_order, now)
            claims |= {one.key: _claim(session, one, purse, now) for one in in_order if one.key not in claims}
            claims |= purse.afford([one for one in in_order if isinstance(claims[one.key], Reserved)])
        return [claims[one.key] for one in requests]

    def settle_all(self, settlements: Sequence[Settlement]) -> list[StoredAnswer]:
        """Settle different calls in one transaction: all answers are durable, or none is."""
        in_order = sorted(settlements, key=lambda one: one.key)
        with self._database.write() as session:
            now = self._now(session)
            purse = Purse(session, now)
            if stored := store_first(session, in_order, now):
                purse.note_stored(in_order)
            else:
                stored = {one.key: _settle(session, one, purse, now) for one in in_order}
            purse.write()
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
        [stored] = self.settle_all([Settlement(key=key, reservation=reservation, answer=answer)])
        return stored

    def release(self, key: Digest, reservation: str, error: str) -> None:
        """The call failed and was not billed."""
        with self._database.write() as session:
            row = _existing(session, key)
            is_ours = row.reservation == reservation
            now = self._now(session)
            purse = Purse(session, now)
            _land(session, row, reservation, purse, now)
            if is_ours and row.state is CallState.RESERVED:
                row.state = CallState.FAILED
                row.error = error
            purse.write()

    def lose(self, key: Digest, reservation: str, error: str) -> None:
        """The call was sent and its outcome will never be known: it counts as exposure."""
        with self._database.write() as session:
            row = _existing(session, key)
            if row.reservation == reservation:
                now = self._now(session)
                purse = Purse(session, now)
                _give_up(session, row, error, purse)
                row.settled_at = now
                purse.write()

    def exposure(self) -> tuple[int, Decimal | None]:
        """Calls of all audits whose outcome cannot be known, and US dollars at most for them; None is unknown."""
        with self._database.read() as session:
            return read_exposure(session, self._now(session))

    def spend(self, audit: str) -> SpendSummary:
        """What an audit spent so far; reservations that nobody renews count as unknown calls."""
        with self._database.read() as session:
            return read_spend(session, audit, self._now(session))

    def document_spend(self, audit: str, step: str) -> tuple[SpendLine, ...]:
        """What each document of a step cost, named by its number in the set."""
        with self._database.read() as session:
            return read_document_spend(session, audit, step, self._now(session))

    def turn_spend(self, audit: str, lead: str, since: int) -> SpendLine:
        """What the turns of an investigation cost after the first so many."""
        with self._database.read() as session:
            return read_turn_spend(session, audit, lead, since, self._now(session))

    def usual_output(self, model: str, prompts: str) -> int | None:
        """Tokens a model answers with on average to prompts so named at the beginning; None where it never did."""
        with self._database.read() as session:
            return read_usual_output(session, model, prompts)

    def unpriced(self, audit: str) -> str | None:
        """A model the audit wants to call whose price is not known; None where there is none."""
        with self._database.read() as session:
            return read_unpriced(session, audit)

    def _now(self, session: Session) -> datetime:
        if session.get_bind().dialect.name == "postgresql":
            now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
            return now.astimezone(UTC)
        return self._clock()


def _claim(session: Session, request: CallRequest, purse: Purse, now: datetime) -> Claim:
    row = _locked(session, request)
    use = _use(session, request)
    if row.batch is None and row.reservation is not None and row.lease_until is not None and row.lease_until < now:
        _give_up(session, row, "The process that made this call ended before it could store the answer.", purse)
    if row.state is CallState.DONE:
        return Finished(answer=_stored(row))
    if row.reservation is not None:
        return Underway(in_batch=row.batch is not None)
    purse.hand_over(row, use)
    row.state = CallState.RESERVED
    row.reservation = uuid4().hex
    row.reserved_at = now
    row.lease_until = now + timedelta(seconds=request.lease)
    row.attempts += 1
    return Reserved(reservation=row.reservation)


def _settle(session: Session, settlement: Settlement, purse: Purse, now: datetime) -> StoredAnswer:
    row = _existing(session, settlement.key)
    _land(session, row, settlement.reservation, purse, now, settlement.answer.cost)
    add_bill(row, settlement.answer)
    row.error = None
    if row.state is not CallState.DONE:
        row.state = CallState.DONE
        row.answer = canonical_json(settlement.answer).decode()
    return _stored(row)


def _land(
    session: Session,
    row: LedgerRow,
    reservation: str,
    purse: Purse,
    now: datetime,
    cost: Decimal | None = Decimal(0),
) -> None:
    """An attempt's outcome is known. If it had been given up for lost, it is no exposure any more."""
    audit = charged_to(session, row.key)
    row.settled_at = now
    if row.reservation == reservation:
        row.reservation = row.lease_until = None
        purse.note(audit, row.estimate, reserved=-1, cost=cost)
    else:
        row.unknown_calls -= 1
        purse.note(audit, row.estimate, unknown=-1, cost=cost)


def _locked(session: Session, request: CallRequest) -> LedgerRow:
    session.execute(insert_new(session), {**identity(request), "state": CallState.FAILED})
    return _existing(session, request.key)


def _existing(session: Session, key: str) -> LedgerRow:
    return session.execute(select(LedgerRow).where(LedgerRow.key == key).with_for_update()).scalar_one()


def _use(session: Session, request: CallRequest) -> LedgerUse:
    use = session.get(LedgerUse, (request.key, request.audit, request.purpose))
    if use is None:
        use = LedgerUse(key=request.key, audit=request.audit, purpose=request.purpose, charged=False)
        session.add(use)
    return use


def _give_up(session: Session, row: LedgerRow, error: str, purse: Purse) -> None:
    row.unknown_calls += 1
    row.reservation = row.lease_until = None
    purse.note(charged_to(session, row.key), row.estimate, reserved=-1, unknown=1)
    if row.state is CallState.RESERVED:
        row.state = CallState.UNKNOWN
        row.error = error


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
