"""Business hours: when it is reasonable to remind somebody. Pure; the caller knows the holidays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record

IsHoliday = Callable[[date], bool]

_LONGEST_CLOSURE = timedelta(days=60)
"""Whoever is closed for longer is reminded all the same."""


class BusinessHours(Record):
    """When people of a gate work. Whoever the directory knows to be elsewhere works by these hours there."""

    time_zone: str
    country: str = ""
    """For the holidays: ISO 3166-1 alpha-2, or a subdivision such as `DE-BY`; empty for none."""
    opens: time = time(9)
    closes: time = time(17)
    days: tuple[int, ...] = Field(default=(1, 2, 3, 4, 5), min_length=1)
    """ISO weekdays: 1 is Monday."""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "BusinessHours":
        if self.opens >= self.closes:
            raise ValueError("opens must be earlier than closes")
        if not set(self.days) <= set(range(1, 8)):
            raise ValueError("days are numbers from 1 (Monday) to 7 (Sunday)")
        return self


class Reminder(Record):
    """When whom to remind."""

    at: datetime
    to: tuple[Person, ...]


def next_open(moment: datetime, hours: BusinessHours, is_holiday: IsHoliday) -> datetime:
    """The moment itself within business hours, else when they begin next; in UTC."""
    zone = ZoneInfo(hours.time_zone)
    local = moment.astimezone(zone)
    day, last = local.date(), local.date() + _LONGEST_CLOSURE
    while day <= last:
        opens, closes = (datetime.combine(day, at, zone) for at in (hours.opens, hours.closes))
        if day.isoweekday() in hours.days and not is_holiday(day) and local < closes:
            return max(opens, local).astimezone(UTC)
        day += timedelta(days=1)
    return moment


def reminder_times(
    opened_at: datetime,
    every: timedelta,
    count: int,
    until: datetime,
    open_from: Callable[[datetime], datetime] = lambda moment: moment,
) -> tuple[datetime, ...]:
    """At most `count` moments before `until`, each at least `every` after the one before, moved by `open_from`."""
    times: list[datetime] = []
    last = opened_at
    while len(times) < count:
        last = open_from(last + every)
        if last >= until:
            break
        times.append(last)
    return tuple(times)
