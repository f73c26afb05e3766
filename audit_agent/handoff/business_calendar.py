"""Business days of a country, as the `holidays` library knows them: its weekend, holidays and moved working days."""

from audit_agent.domain.business_days import IsBusinessDay
from audit_agent.procedures.calendar_days import public_holidays

_SATURDAY = 5


def business_calendar(country: str | None, year: int) -> IsBusinessDay:
    """Whether a day is a business day, in `DE` or a subdivision like `DE-BY`; Monday to Friday without a country.

    Raises UnknownCountryError. `year` is any year, to check the country with.
    """
    if country is None:
        return lambda day: day.weekday() < _SATURDAY
    public_holidays(country, year, year)
    import holidays

    code, _, subdivision = country.upper().partition("-")
    return holidays.country_holidays(code, subdiv=subdivision or None).is_working_day
