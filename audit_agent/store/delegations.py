"""Delegations: who stands in for whom, and when. Nothing is ever deleted, so that old decisions can be explained."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import Person
from audit_agent.store.database import Database
from audit_agent.store.people_tables import DelegationRow


class DelegationNotFoundError(NotFoundError):
    """No delegation of that person has that id."""


class Delegations:
    """The delegations table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, delegation: Delegation, at: datetime) -> None:
        """Keep a delegation; the same id is kept once."""
        with self._database.write() as session:
            if session.get(DelegationRow, delegation.id) is None:
                session.add(DelegationRow(**delegation.model_dump(), made_at=at))

    def withdraw(self, delegation: str, delegator: Person, at: datetime) -> Delegation:
        """End a delegation of that person from now on; decisions made before stand.

        Raises DelegationNotFoundError, also for a delegation of somebody else.
        """
        with self._database.write() as session:
            row = session.get(DelegationRow, delegation)
            if row is None or row.delegator != delegator:
                raise DelegationNotFoundError(
                    f"{delegator} has no delegation {delegation}.", "`audit-agent delegations list` shows them."
                )
            row.withdrawn_at = row.withdrawn_at or at
            return _delegation(row)

    def to(self, delegates: Iterable[Person], at: datetime) -> tuple[Delegation, ...]:
        """Delegations in force at a moment, to any of these accounts; oldest first."""
        query = select(DelegationRow).where(DelegationRow.delegate.in_(list(delegates)))
        with self._database.read() as session:
            found = [
                _delegation(row) for row in session.scalars(query.order_by(DelegationRow.made_at, DelegationRow.id))
            ]
        return tuple(one for one in found if one.in_force(at))

    def all(self) -> tuple[Delegation, ...]:
        """Every delegation there ever was, the earliest to start first."""
        query = select(DelegationRow).order_by(DelegationRow.starts_at, DelegationRow.id)
        with self._database.read() as session:
            return tuple(_delegation(row) for row in session.scalars(query))


def _delegation(row: DelegationRow) -> Delegation:
    return Delegation(**{name: getattr(row, name) for name in Delegation.model_fields})
