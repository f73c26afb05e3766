"""A person lets another decide in their place, by days."""

from datetime import date, datetime, time, timedelta, tzinfo
from uuid import uuid4

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.store.database import Database
from audit_agent.store.delegations import Delegations


class DelegationDatesError(BadInputError):
    """The days of a delegation make no sense."""


class SelfDelegationError(BadInputError):
    """Nobody can stand in for themselves."""


def delegate_to(
    database: Database, delegator: Person, delegate: Person, first: str, last: str, zone: tzinfo | None, at: datetime
) -> Delegation:
    """Keep that `delegate` may decide where `delegator` may, from the first day to the last, which counts.

    Days are ISO dates in `zone`, or in this machine's zone without one. Raises DelegationDatesError,
    SelfDelegationError.
    """
    begin, end = _day(first), _day(last)
    if end < begin:
        raise DelegationDatesError(f"{last} is before {first}.", "Give the first day, then the last.")
    if delegate == delegator:
        raise SelfDelegationError(f"{delegator} cannot stand in for themselves.", "Name somebody else.")
    delegation = Delegation(
        id=uuid4().hex[:8],
        delegator=delegator,
        delegate=delegate,
        starts_at=_midnight(begin, zone),
        ends_at=_midnight(end + timedelta(days=1), zone),
    )
    if delegation.ends_at <= at:
        raise DelegationDatesError(f"{last} is over.", "Give days to come.")
    Delegations(database).add(delegation, at)
    return delegation


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DelegationDatesError(f"{text!r} is no day.", "Write it like 2026-08-03.") from error


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    moment = datetime.combine(day, time(), zone)
    return moment if zone else moment.astimezone()
