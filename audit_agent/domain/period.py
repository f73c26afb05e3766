"""The period under audit."""

import re
from datetime import date, timedelta

from pydantic import model_validator

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.record import Record


class Period(Record):
    """A closed range of days, first and last included."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> "Period":
        if self.end < self.start:
            raise ValueError(f"the period ends on {self.end}, before it starts on {self.start}")
        return self

    def __str__(self) -> str:
        return f"{self.start.isoformat()} to {self.end.isoformat()}"


def parse_period(text: str) -> Period:
    """Read `2025`, `2025-Q3`, `2025-10` or `2025-01-01..2025-06-30`.

    Raises BadInputError when it is none of these.
    """
    text = text.strip()
    try:
        if match := re.fullmatch(r"(\d{4})", text):
            year = int(match[1])
            return Period(start=date(year, 1, 1), end=date(year, 12, 31))
        if match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text):
            return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
            return _months(int(match[1]), int(match[2]), 1)
        if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.|/)(\d{4}-\d\d-\d\d)", text):
            return Period(start=date.fromisoformat(match[1]), end=date.fromisoformat(match[2]))
    except ValueError as error:
        raise BadInputError(f"The period {text!r} does not exist.", _ADVICE) from error
    raise BadInputError(f"The period {text!r} cannot be read.", _ADVICE)


_ADVICE = "Write a year (2025), a quarter (2025-Q3), a month (2025-10) or two days (2025-01-01..2025-06-30)."


def _months(year: int, first: int, count: int) -> Period:
    start = date(year, first, 1)
    after = first + count
    following = date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return Period(start=start, end=following - timedelta(days=1))
