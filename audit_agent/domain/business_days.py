"""Days whose number differs from month to month: the n-th business day, the last day."""

import calendar
from collections.abc import Callable, Iterator
from datetime import date

from audit_agent.domain.plain_schedule import Recurrence

IsBusinessDay = Callable[[date], bool]


def floating_days(
    recurrence: Recurrence, first_year: int, last_year: int, is_business_day: IsBusinessDay
) -> Iterator[date]:
    """Every day a floating recurrence names in those years, both included, in order."""
    for year in range(first_year, last_year + 1):
        for month in sorted(recurrence.months):
            yield _day_in(year, month, recurrence, is_business_day)


def _day_in(year: int, month: int, recurrence: Recurrence, is_business_day: IsBusinessDay) -> date:
    length = calendar.monthrange(year, month)[1]
    days = [date(year, month, number) for number in range(1, length + 1)]
    if recurrence.business:
        days = [day for day in days if is_business_day(day)] or days
    number = recurrence.day or 1
    # A month with fewer business days than asked for is due on its last, so that it has its audit.
    return days[-1] if number < 0 else days[min(number, len(days)) - 1]
