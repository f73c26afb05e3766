"""The business year 2025: working days, holidays and office hours."""

from bisect import bisect_left, bisect_right
from datetime import date, time, timedelta
from random import Random

YEAR = 2025
YEAR_END = date(YEAR, 12, 31)

HOLIDAYS = {
    date(2025, 1, 1): "New Year's Day",
    date(2025, 4, 18): "Good Friday",
    date(2025, 4, 21): "Easter Monday",
    date(2025, 5, 1): "Labour Day",
    date(2025, 5, 29): "Ascension Day",
    date(2025, 6, 9): "Whit Monday",
    date(2025, 10, 3): "Day of German Unity",
    date(2025, 12, 25): "Christmas Day",
    date(2025, 12, 26): "Second Day of Christmas",
    date(2026, 1, 1): "New Year's Day",
}
"""Holidays in every German state; January 2026 because the year is closed in it."""

SEASON = (78, 82, 92, 94, 96, 95, 90, 88, 104, 118, 138, 125)
"""Business per month in percent of the average: a maker of kitchenware lives from the end of the year."""


def _working(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


_WORKING_DAYS = [day for n in range(-40, 520) if _working(day := date(YEAR, 1, 1) + timedelta(days=n))]


def working_days() -> list[date]:
    """The working days of the year, in order."""
    return [day for day in _WORKING_DAYS if day.year == YEAR]


def working_day(day: date, later: int = 0) -> date:
    """The first working day on or after that day, and so many working days later."""
    return _WORKING_DAYS[bisect_left(_WORKING_DAYS, day) + later]


def last_working_day(day: date) -> date:
    """The last working day on or before that day."""
    return _WORKING_DAYS[bisect_right(_WORKING_DAYS, day) - 1]


def month_end(month: int) -> date:
    """The last day of a month of the year."""
    return date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def office_time(rng: Random) -> time:
    """A moment in office hours, 07:40 to 18:20, most often around noon."""
    return clock(27600 + rng.randrange(19200) + rng.randrange(19200))


def night_time(rng: Random) -> time:
    """A moment at which batch jobs run, 22:15 to 23:45."""
    return clock(80100 + rng.randrange(5400))


def clock(seconds: int) -> time:
    """The time of day so many seconds after midnight."""
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
