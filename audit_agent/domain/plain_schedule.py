"""When a schedule is due, in plain words: `monthly on business day 3 at 07:00 Europe/Berlin`."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from audit_agent.domain.record import Record

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
QUARTERS = (1, 4, 7, 10)
LAST_FIXED_DAY = 28
"""The last day every month has."""
LAST_BUSINESS_DAY = 15
"""Every month has as many, whatever its holidays."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SENTENCE = re.compile(r"(?P<days>.+?) at (?P<hour>\d{1,2}):(?P<minute>\d\d)(?: (?P<zone>\S+))?", re.IGNORECASE)
_WEEKLY = re.compile(r"(?:every|weekly on) (.+)")
_IN_MONTHS = re.compile(
    r"(?P<every>monthly|every month|quarterly|every quarter|yearly|every year)(?: in (?P<month>[a-z]+))?"
    r" on (?:the )?(?P<day>.+)"
)
_DAY = re.compile(r"(?:(?P<business>business )?day (?P<number>\d+)|(?P<nth>\d+)(?:st|nd|rd|th)(?P<of> business day)?)")
_CRON = re.compile(r"[\d*/,\-A-Za-z]+")

EXAMPLES = (
    "daily at 06:00 UTC, every Monday at 06:30 UTC, monthly on business day 3 at 07:00 Europe/Berlin, "
    "quarterly on day 5 at 08:00 America/New_York, yearly in March on the last business day at 07:00 Asia/Tokyo"
)


class Recurrence(Record):
    """Days that come again and again, and a time of day in the schedule's time zone.

    Without `day` it is days of the week; with it, one day of each of `months`.
    """

    hour: int
    minute: int
    time_zone: str | None
    weekdays: tuple[int, ...] = ()
    """ISO: 1 is Monday, 7 is Sunday."""
    months: tuple[int, ...] = ()
    day: int | None = None
    """The n-th day of the month, or -1 for the last."""
    business: bool = False
    """Whether `day` counts business days only."""

    @property
    def floats(self) -> bool:
        """Whether the day's number differs from month to month, so that no fixed calendar can name it."""
        return self.business or self.day == -1

    def skipped_in(self, zone: str) -> bool:
        """Whether clocks in that zone skip this time of day, once a year or so."""
        place, day = ZoneInfo(zone), datetime(_CHECKED[0], 1, 1, self.hour, self.minute)  # noqa: DTZ001
        while day.year <= _CHECKED[1]:
            there = day.replace(tzinfo=place)
            if there.astimezone(UTC).astimezone(place).replace(tzinfo=None) != day:
                return True
            day += timedelta(days=1)
        return False


_CHECKED = (2025, 2030)
"""Years looked through for a time of day that clocks skip; the rules in force repeat every year."""


def parse_plain(words: str) -> Recurrence:
    """Read plain words; raises ValueError that says what can be written."""
    match = _SENTENCE.fullmatch(" ".join(words.split()))
    if match is None:
        raise ValueError(f"{words!r} cannot be read; write for example {EXAMPLES}")
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f"{match['hour']}:{match['minute']} is no time of day; write 00:00 to 23:59")
    if match["zone"]:
        check_zone(match["zone"])
    days = match["days"].lower()
    found = _weekly(days) or _in_months(days)
    if found is None:
        raise ValueError(f"{match['days']!r} names no days; write for example {EXAMPLES}")
    return found.model_copy(update={"hour": hour, "minute": minute, "time_zone": match["zone"]})


def check_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name; raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write an IANA name such as Europe/Berlin or UTC") from error


def check_cron(expression: str) -> None:
    """Raise ValueError unless it looks like cron; Temporal checks the numbers.

    Five fields (minute, hour, day, month, weekday), six (and year), or seven (second first).
    """
    fields = expression.split()
    if not 5 <= len(fields) <= 7 or not all(_CRON.fullmatch(field) for field in fields):
        raise ValueError(f"{expression!r} is no cron expression; write five fields such as `0 7 3 * *`")


def _weekly(days: str) -> Recurrence | None:
    if days in ("daily", "every day"):
        return _blank(weekdays=EVERY_DAY)
    if days == "every weekday":
        return _blank(weekdays=EVERY_DAY[:5])
    match = _WEEKLY.fullmatch(days)
    names = re.split(r", and |, | and ", match[1]) if match else []
    if not names or any(name not in _WEEKDAYS for name in names):
        return None
    return _blank(weekdays=tuple(sorted({_WEEKDAYS.index(name) + 1 for name in names})))


def _in_months(days: str) -> Recurrence | None:
    match = _IN_MONTHS.fullmatch(days)
    day = _day_of_month(match["day"]) if match else None
    if match is None or day is None:
        return None
    yearly = match["every"] in ("yearly", "every year")
    month = match["month"]
    if month is not None and (not yearly or month not in _MONTHS):
        return None
    if yearly:
        months: tuple[int, ...] = (_MONTHS.index(month) + 1 if month else 1,)
    else:
        months = QUARTERS if "quarter" in match["every"] else tuple(range(1, 13))
    return day.model_copy(update={"months": months})


def _day_of_month(text: str) -> Recurrence | None:
    if text in ("last day", "last business day"):
        return _blank(day=-1, business=text == "last business day")
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    number, business = int(match["number"] or match["nth"]), bool(match["business"] or match["of"])
    last = LAST_BUSINESS_DAY if business else LAST_FIXED_DAY
    if not 1 <= number <= last:
        kind = "business day" if business else "day"
        raise ValueError(f"{kind} {number}: not every month has it; write {kind} 1 to {last}, or the last {kind}")
    return _blank(day=number, business=business)


def _blank(weekdays: tuple[int, ...] = (), day: int | None = None, business: bool = False) -> Recurrence:
    return Recurrence(hour=0, minute=0, time_zone=None, weekdays=weekdays, day=day, business=business)
