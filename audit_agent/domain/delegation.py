"""Delegation: B may decide where A may, from one moment to another."""

from datetime import datetime

from pydantic import model_validator

from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record


class Delegation(Record):
    """`delegate` stands in for `delegator` from `starts_at` until before `ends_at`.

    It passes on what the delegator may decide by their own right, never what others delegated to them.
    """

    id: str
    delegator: Person
    delegate: Person
    starts_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "Delegation":
        if self.delegator == self.delegate:
            raise ValueError("Nobody can stand in for themselves.")
        if self.starts_at >= self.ends_at:
            raise ValueError("A delegation must end after it starts.")
        return self

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at that moment."""
        until = self.ends_at if self.withdrawn_at is None else min(self.ends_at, self.withdrawn_at)
        return self.starts_at <= at < until
