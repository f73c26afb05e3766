"""Days that are not worked: days of the week by name, and public holidays as the `holidays` library knows them."""

from datetime import date
from typing import Literal

from audit_agent.domain.errors import BadInputError

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Days of the week; their places are the numbers of `day_of_week.index()`."""


class UnknownCountryError(BadInputError):
    """No holidays are known for that country or subdivision."""


def public_holidays(country: str, first_year: int, last_year: int) -> dict[date, str]:
    """Holidays by day, of `DE` or of a subdivision like `DE-BY` (ISO 3166); raises UnknownCountryError."""
    import holidays

    code, _, subdivision = country.upper().partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if code not in known or (subdivision and subdivision not in known[code]):
        raise UnknownCountryError(
            f"No public holidays are known for {country!r}.",
            "Give an ISO 3166 code such as DE, or DE-BY for a subdivision.",
        )
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays(code, subdiv=subdivision or None, years=years, language="en_US")
    return dict(sorted(found.items()))
