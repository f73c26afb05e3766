"""The book of batches in the database, and the calls they reserve in the spend ledger."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.batches import CREATE_WITHIN, Batch, BatchOutcome, BatchState
from audit_agent.domain.ids import AuditId, BatchId
from audit_agent.domain.ledger import CallRequest
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.store.batch_tables import BatchRow
from audit_agent.store.database import Database
from audit_agent.store.ledger import add_bill
from audit_agent.store.ledger_many import identity, insert_new
from audit_agent.store.ledger_purse import Purse
from audit_agent.store.ledger_table import CallState, LedgerRow, LedgerUse

_USES: Table = LedgerUse.__table__  # type: ignore[assignment]
_KEYS_PER_QUERY = 5_000
"""SQLite takes 32,766 parameters."""


class Batches:
    """Implements `domain.batches.BatchBook`. Any number of processes may share one database."""

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, id_: BatchId) -> Batch | None:
        """A batch as it stands."""
        with self._database.read() as session:
            row = session.get(BatchRow, id_)
            return None if row is None else _batch(row)

    def of(self, audit: AuditId) -> tuple[Batch, ...]:
        """An audit's batches, in the order of their documents."""
        query = select(BatchRow).where(BatchRow.audit == audit).order_by(BatchRow.step, BatchRow.begin)
        with self._database.read() as session:
            return tuple(_batch(row) for row in session.scalars(query))

    def never_asked(self, keys: Sequence[Digest]) -> set[Digest]:
        """Those of the keys the ledger knows nothing of."""
        with self._database.read() as session:
            known = {
                key
                for some in _slices(keys)
                for key in session.scalars(select(LedgerRow.key).where(LedgerRow.key.in_(some)))
            }
        return set(keys) - known

    def prepare(self, batch: Batch, calls: Sequence[CallRequest]) -> set[Digest]:
        """Enter a batch and reserve its calls.

        Returns those it cannot have, because somebody asked meanwhile or the budget does not allow them. When there
        are any, nothing is entered.
        """
        reservation = uuid4().hex
        rows = [
            {
                **identity(call),
                "state": CallState.RESERVED,
                "reservation": reservation,
                "reserved_at": batch.prepared_at,
                "batch": batch.id,
                "attempts": 1,
            }
            for call in sorted(calls, key=lambda one: one.key)
        ]
        uses = [{"key": one.key, "audit": one.audit, "purpose": one.purpose, "charged": True} for one in calls]
        with self._database.write() as session:
            point = session.begin_nested()
            session.add(BatchRow(**_columns(batch)))
            session.flush()
            fresh = set(session.connection().execute(insert_new(session).returning(LedgerRow.key), rows).scalars())
            session.connection().execute(insert(_USES), [use for use in uses if use["key"] in fresh])
            taken = {call.key for call in calls if call.key not in fresh}
            not_to_be_had = taken or set(Purse(session, batch.prepared_at).afford(calls))
            if not_to_be_had:
                point.rollback()
            else:
                point.commit()
            return not_to_be_had

    def save(self, batch: Batch) -> Batch | None:
        """Change a batch that is not over, unless somebody else has since it was read: then None."""
        with self._database.write() as session:
            return self._save(session, batch)

    def settle(self, id_: BatchId, outcomes: Sequence[BatchOutcome]) -> None:
        """Store answers, and let go of calls without one. Doing it again changes nothing."""
        by_key = {outcome.key: outcome for outcome in outcomes}
        now = self._clock()
        with self._database.write() as session:
            purse = Purse(session, now)
            for row, audit in _waiting(session, id_, list(by_key)):
                outcome = by_key[Digest(row.key)]
                _let_go(row, now)
                if outcome.answer is None:
                    row.state, row.error = CallState.FAILED, outcome.error
                    purse.note(audit, row.estimate, reserved=-1)
                else:
                    add_bill(row, outcome.answer)
                    row.state, row.answer = CallState.DONE, canonical_json(outcome.answer).decode()
                    purse.note(audit, row.estimate, reserved=-1, cost=outcome.answer.cost)
            purse.write()

    def finish(self, batch: Batch) -> Batch | None:
        """Save its end, and let go of the calls it still reserves; those that may be billed count as unknown."""
        now = self._clock()
        with self._database.write() as session:
            saved = self._save(session, batch)
            if saved is None:
                return None
            purse = Purse(session, now)
            unknown = 0 if batch.state is BatchState.DROPPED else 1
            for row, audit in _waiting(session, batch.id):
                _let_go(row, now)
                row.error = batch.note or "The results of its batch do not mention it."
                row.state = CallState.UNKNOWN if unknown else CallState.FAILED
                row.unknown_calls += unknown
                purse.note(audit, row.estimate, reserved=-1, unknown=unknown)
            purse.write()
            return saved

    def others(self, batch: Batch) -> dict[str, Batch]:
        """Other batches of as many calls, by what the service calls them."""
        query = select(BatchRow).where(
            BatchRow.count == batch.count, BatchRow.remote.is_not(None), BatchRow.id != batch.id
        )
        with self._database.read() as session:
            return {row.remote: _batch(row) for row in session.scalars(query) if row.remote is not None}

    def unattended(self, before: datetime) -> tuple[BatchId, ...]:
        """Batches that are not over and that nobody has asked after since."""
        standing = [state for state in BatchState if not state.over]
        query = select(BatchRow.id).where(BatchRow.state.in_(standing), BatchRow.looked_at < before)
        with self._database.read() as session:
            return tuple(session.scalars(query.order_by(BatchRow.looked_at)))

    def _save(self, session: Session, batch: Batch) -> Batch | None:
        saved = batch.model_copy(update={"version": batch.version + 1})
        unchanged = (BatchRow.id == batch.id, BatchRow.version == batch.version)
        row = session.execute(select(BatchRow).where(*unchanged).with_for_update()).scalar_one_or_none()
        if row is None or row.state.over:
            return None
        if (row.state, row.intended_at) != (batch.state, batch.intended_at):
            # A create that nobody finished in time makes its calls' outcome unknown: they show as exposure.
            until = batch.intended_at and batch.intended_at + CREATE_WITHIN
            in_doubt = batch.state is BatchState.INTENDED
            _lock(session, batch.id)
            session.execute(
                update(LedgerRow).where(LedgerRow.batch == batch.id).values(lease_until=until if in_doubt else None)
            )
        for name, value in _columns(saved).items():
            setattr(row, name, value)
        return saved


def _lock(session: Session, id_: BatchId) -> None:
    """In the order in which everybody locks several calls: by key."""
    query = select(LedgerRow.key).where(LedgerRow.batch == id_).order_by(LedgerRow.key).with_for_update()
    session.execute(query)


def _waiting(session: Session, id_: BatchId, keys: list[Digest] | None = None) -> list[tuple[LedgerRow, str]]:
    """Calls that wait in a batch, all of it or some, each with the audit that is charged with it."""
    query = (
        select(LedgerRow, LedgerUse.audit)
        .join(LedgerUse, LedgerUse.key == LedgerRow.key)
        .where(LedgerRow.batch == id_, LedgerUse.charged)
        .order_by(LedgerRow.key)
        .with_for_update(of=LedgerRow)
    )
    found = session.execute(query if keys is None else query.where(LedgerRow.key.in_(keys)))
    return [(row, audit) for row, audit in found]


def _let_go(row: LedgerRow, now: datetime) -> None:
    row.reservation = row.lease_until = row.batch = row.error = None
    row.settled_at = now


def _columns(batch: Batch) -> dict[str, Any]:
    return {**{name: getattr(batch, name) for name in Batch.model_fields}, "refuted": " ".join(batch.refuted)}


def _batch(row: BatchRow) -> Batch:
    values = {name: getattr(row, name) for name in Batch.model_fields}
    return Batch(**{**values, "refuted": tuple(row.refuted.split())})


def _slices(keys: Sequence[Digest]) -> Iterator[Sequence[Digest]]:
    for begin in range(0, len(keys), _KEYS_PER_QUERY):
        yield keys[begin : begin + _KEYS_PER_QUERY]
