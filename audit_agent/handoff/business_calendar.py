"""Business days of a country, as the `holidays` library knows them: its weekend, holidays and moved working days."""

from datetime import date, timedelta

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
    known = holidays.country_holidays(code, subdiv=subdivision or None)

    def is_business_day(day: date) -> bool:
        # A year is looked up the first time a day of it is; days moved into it come with the years beside it.
        if day.year not in known.years:
            for near in (day - timedelta(days=366), day, day + timedelta(days=366)):
                known.get(near)
        return known.is_working_day(day)

    return is_business_day
