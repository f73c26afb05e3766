"""When to remind whom: each within the business hours of where they are, holidays left out."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import available_timezones

from audit_agent.domain.business_time import BusinessHours, Reminder, next_open, reminder_times
from audit_agent.domain.ids import Person
from audit_agent.domain.policy import GatePolicy
from audit_agent.procedures.calendar_days import public_holidays
from audit_agent.store.people import People


class Course(NamedTuple):
    """Something people are asked: by which rules, whom first, and between which moments."""

    policy: GatePolicy
    to: tuple[Person, ...]
    opened_at: datetime
    ends_at: datetime


def reminders(course: Course, people: People) -> tuple[Reminder, ...] | None:
    """Every reminder in the order of time; None when the policy knows no business hours.

    Raises UnknownCountryError.
    """
    hours = course.policy.business_hours
    if hours is None:
        return None
    groups: dict[BusinessHours, list[Person]] = defaultdict(list)
    for person in course.to:
        groups[_hours_of(person, hours, people)].append(person)
    planned = [Reminder(at=at, to=tuple(whom)) for local, whom in groups.items() for at in _times(course, local)]
    return tuple(sorted(planned, key=lambda reminder: (reminder.at, reminder.to)))


def expanded(to: Sequence[Person], people: People) -> tuple[Person, ...]:
    """Addressees with everybody who has a role in place of `role:NAME`; a user group stays for its workspace."""
    named = [one for one in to if not one.startswith("role:")]
    roles = [one.removeprefix("role:") for one in to if one.startswith("role:")]
    return tuple(dict.fromkeys((*named, *(account.person for account in people.with_roles(roles)))))


def _hours_of(person: Person, hours: BusinessHours, people: People) -> BusinessHours:
    """The same hours, where the person is; the policy's own place for whoever is not known better."""
    account = people.find(person)
    # A workspace may name a zone that this machine's data does not have.
    if account is None or account.time_zone not in available_timezones():
        return hours
    elsewhere = account.time_zone != hours.time_zone
    country = account.country or ("" if elsewhere else hours.country)
    return hours.model_copy(update={"time_zone": account.time_zone, "country": country})


def _times(course: Course, hours: BusinessHours) -> tuple[datetime, ...]:
    policy = course.policy
    holidays: frozenset[date] = frozenset()
    if hours.country:
        # A day more on each side: the year may have turned already where the reviewer is.
        first, last = course.opened_at.year - 1, course.ends_at.year + 1
        holidays = frozenset(public_holidays(hours.country, first, last))
    return reminder_times(
        course.opened_at,
        policy.remind_every,
        policy.reminders,
        course.ends_at,
        lambda moment: next_open(moment, hours, holidays.__contains__),
    )
