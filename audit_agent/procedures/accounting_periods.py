"""Accounting periods as numbers, so that two days can be told to lie in different ones."""

from typing import Any, Literal

import ibis

from audit_agent.procedures.parameters import parameter
from audit_agent.procedures.procedure import Books

Length = Literal["month", "quarter", "year"]
_MONTHS: dict[Length, int] = {"month": 1, "quarter": 3, "year": 12}


def year_end_parameter() -> Any:
    """Declare the parameter `year_end_month`."""
    return parameter(12, "Month in which the financial year ends.", unit="month", minimum="1", maximum="12")


def period_number(day: ibis.Value, length: Length, year_end_month: int) -> ibis.Value:
    """A number that grows by one from each accounting period to the next."""
    return _months(day, year_end_month) // _MONTHS[length]


def days_left(day: ibis.Value, length: Length, year_end_month: int) -> ibis.Value:
    """Days from a day to the end of its accounting period: 0 on its last one."""
    ahead = _MONTHS[length] - _months(day, year_end_month) % _MONTHS[length]
    starts = (
        (ahead == number, (day.truncate("M") + ibis.interval(months=number)).cast("date"))
        for number in range(1, _MONTHS[length] + 1)
    )
    return ibis.cases(*starts, else_=None).delta(day, unit="day") - 1


def period_end_before(day: ibis.Value, books: Books, year_end_month: int) -> ibis.Value:
    """The last day of the audit's period, or of the financial year before a day where the books are not cut to one."""
    if books.period is not None:
        return ibis.date(books.period.end.isoformat())
    months = ibis.interval(months=year_end_month)
    first = ((day - months).truncate("Y") + months).cast("date")
    return (first - ibis.interval(days=1)).cast("date")


def _months(day: ibis.Value, year_end_month: int) -> ibis.Value:
    """Months since a financial year began long ago."""
    return day.year().cast("int64") * 12 + day.month() - 1 - year_end_month
