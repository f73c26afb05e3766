"""People: accounts with their e-mail and roles, as administrators keep them and workspaces tell them."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.directory import Account
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import Person
from audit_agent.domain.record import canonical_json
from audit_agent.store.database import Database
from audit_agent.store.people_tables import PersonRow


class PersonNotFoundError(NotFoundError):
    """Nobody of that name is kept in the people table."""


class People:
    """The people table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, account: Account, at: datetime) -> None:
        """Keep an account as given, whatever was kept of it before."""
        with self._database.write() as session:
            _put(session, account, at)

    def remember(self, account: Account, at: datetime) -> Account:
        """Keep what a workspace says of an account. Roles, which no workspace knows, stay as they are.

        Returns the account with its roles.
        """
        with self._database.write() as session:
            row = session.get(PersonRow, account.person)
            known = _account(row) if row else account
            told = known.model_copy(
                update={
                    "kind": account.kind,
                    "email": account.email or known.email,
                    "time_zone": account.time_zone or known.time_zone,
                }
            )
            if row is None or told != known:
                _put(session, told, at)
            return told

    def remove(self, person: Person) -> None:
        """Forget an account; raises PersonNotFoundError."""
        with self._database.write() as session:
            row = session.get(PersonRow, person)
            if row is None:
                raise PersonNotFoundError(
                    f"Nobody called {person} is known.", "`audit-agent people list` shows everyone."
                )
            session.delete(row)

    def find(self, person: Person) -> Account | None:
        """What is known of an account; None for nothing."""
        with self._database.read() as session:
            row = session.get(PersonRow, person)
            return _account(row) if row else None

    def with_email(self, email: str) -> tuple[Account, ...]:
        """Every account with that e-mail, however it is cased; none for an empty one."""
        if not email.strip():
            return ()
        query = select(PersonRow).where(PersonRow.email_folded == _folded(email)).order_by(PersonRow.person)
        with self._database.read() as session:
            return tuple(_account(row) for row in session.scalars(query))

    def with_roles(self, roles: Iterable[str]) -> tuple[Account, ...]:
        """Everybody who has one of these roles."""
        wanted = set(roles)
        return tuple(account for account in self.all() if not wanted.isdisjoint(account.roles))

    def all(self) -> tuple[Account, ...]:
        """Everybody, by name."""
        with self._database.read() as session:
            return tuple(_account(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.person)))


def _put(session: Session, account: Account, at: datetime) -> None:
    session.merge(
        PersonRow(
            person=account.person,
            kind=account.kind,
            email=account.email,
            email_folded=_folded(account.email),
            roles=canonical_json(sorted(set(account.roles))).decode(),
            time_zone=account.time_zone,
            country=account.country,
            updated_at=at,
        )
    )


def _account(row: PersonRow) -> Account:
    return Account(
        person=row.person,
        kind=row.kind,
        email=row.email,
        roles=tuple(json.loads(row.roles)),
        time_zone=row.time_zone,
        country=row.country,
    )


def _folded(email: str) -> str:
    return email.strip().casefold()
