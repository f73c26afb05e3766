"""Suppressions, kept from audit to audit. Nothing is ever deleted."""

from datetime import date, datetime

from sqlalchemy import func, select

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record, canonical_json
from audit_agent.domain.suppression import Suppression
from audit_agent.store.database import Database
from audit_agent.store.suppression_table import SuppressionRow


class SuppressionNotFoundError(NotFoundError):
    """No suppression has that id."""


class KeptSuppression(Record):
    """A suppression, when it was made, and when somebody revoked it."""

    suppression: Suppression
    made_at: datetime
    revoked_at: datetime | None
    revoked_by: Person | None

    def in_force(self, on: date) -> bool:
        """Whether plans drafted on that day take it up."""
        return self.revoked_at is None and on <= self.suppression.until


class Suppressions:
    """The suppressions table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, wanted: Suppression, at: datetime) -> Suppression:
        """Keep a suppression under the next free id; the id given stands for none."""
        with self._database.write() as session:
            number = (session.scalar(select(func.max(SuppressionRow.number))) or 0) + 1
            made = wanted.model_copy(update={"id": _id(number)})
            row = SuppressionRow(number=number, audit=made.audit, content=canonical_json(made).decode(), made_at=at)
            session.add(row)
            return made

    def revoke(self, suppression: str, by: Person, at: datetime) -> Suppression:
        """End a suppression for plans drafted from now on; the first one who revokes it is remembered."""
        with self._database.write() as session:
            for row in session.scalars(select(SuppressionRow)):
                if _id(row.number) == suppression:
                    if row.revoked_at is None:
                        row.revoked_at, row.revoked_by = at, by
                    return Suppression.model_validate_json(row.content)
        raise SuppressionNotFoundError(
            f"There is no suppression {suppression}.", "`audit-agent suppressions list --all` shows them."
        )

    def all(self) -> tuple[KeptSuppression, ...]:
        """Every suppression there ever was, oldest first."""
        with self._database.read() as session:
            return tuple(
                KeptSuppression(
                    suppression=Suppression.model_validate_json(row.content),
                    made_at=row.made_at,
                    revoked_at=row.revoked_at,
                    revoked_by=row.revoked_by,
                )
                for row in session.scalars(select(SuppressionRow).order_by(SuppressionRow.number))
            )

    def in_force(self, on: date) -> tuple[Suppression, ...]:
        """Those that plans drafted on that day take up."""
        return tuple(kept.suppression for kept in self.all() if kept.in_force(on))


def _id(number: int) -> str:
    return f"sup-{number:04d}"
