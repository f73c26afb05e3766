"""Leases on frozen books: who still needs them."""

from datetime import datetime

from sqlalchemy import select

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import SYSTEM, AuditId
from audit_agent.domain.record import Digest
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.effect_tables import BooksLeaseRow
from audit_agent.store.effects import fence
from audit_agent.store.lookup import lock_audit
from audit_agent.store.words import Event, Lease


class Leases:
    """Claims of audits on frozen books. Every method may be repeated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, audit: AuditId, books: Digest, at: datetime) -> None:
        """The audit needs these books; raises EffectUndoneError when the lease is being released."""
        with self._database.write() as session:
            fence(session, audit, EffectKind.BOOKS_LEASE)
            if session.get(BooksLeaseRow, audit) is not None:
                return
            session.add(BooksLeaseRow(audit=audit, books=books, state=Lease.HELD, taken_at=at))
            append(session, audit, "lease/taken", SYSTEM, Event.BOOKS_LEASED, {"books": books}, at)

    def release(self, audit: AuditId, at: datetime) -> bool:
        """The audit does not need its books any more; returns whether it held them until now."""
        with self._database.write() as session:
            lock_audit(session, audit)
            row = session.get(BooksLeaseRow, audit)
            if row is None or row.state is Lease.RELEASED:
                return False
            row.state, row.released_at = Lease.RELEASED, at
            append(session, audit, "lease/released", SYSTEM, Event.BOOKS_RELEASED, {"books": row.books}, at)
            return True

    def holders(self, books: Digest) -> tuple[AuditId, ...]:
        """The audits that need these books."""
        query = select(BooksLeaseRow.audit).where(BooksLeaseRow.books == books, BooksLeaseRow.state == Lease.HELD)
        with self._database.read() as session:
            return tuple(session.scalars(query.order_by(BooksLeaseRow.audit)))
