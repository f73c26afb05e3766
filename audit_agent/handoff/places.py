"""Places that people and business hours are in."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from audit_agent.domain.errors import BadInputError
from audit_agent.procedures.calendar_days import public_holidays


class UnknownTimeZoneError(BadInputError):
    """No time zone is called that."""


def check_time_zone(name: str) -> str:
    """A time zone's IANA name; raises UnknownTimeZoneError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZoneError(f"{name!r} is no time zone.", "Write it like Europe/Berlin.") from error
    return name


def check_country(code: str) -> str:
    """A country or subdivision whose holidays are known; raises UnknownCountryError."""
    public_holidays(code, 2026, 2026)
    return code
