"""Which period an audit covers follows from the day it was scheduled for."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.domain.schedule import PeriodRule, ScheduleDefinition, period_for, read_definition


def scheduled(period: str, zone: str = "Europe/Berlin") -> ScheduleDefinition:
    return read_definition(
        {
            "name": "x",
            "program": "general",
            "books": "/books",
            "period": period,
            "cron": "0 7 3 * *",
            "time_zone": zone,
        }
    )


@pytest.mark.parametrize(
    ("rule", "day", "period"),
    [
        ("previous-month", date(2026, 1, 3), "2025-12-01 to 2025-12-31"),
        ("previous-month", date(2026, 3, 31), "2026-02-01 to 2026-02-28"),
        ("previous-month", date(2028, 3, 1), "2028-02-01 to 2028-02-29"),
        ("previous-quarter", date(2026, 1, 1), "2025-10-01 to 2025-12-31"),
        ("previous-quarter", date(2026, 3, 31), "2025-10-01 to 2025-12-31"),
        ("previous-quarter", date(2026, 4, 1), "2026-01-01 to 2026-03-31"),
        ("previous-quarter", date(2026, 12, 31), "2026-07-01 to 2026-09-30"),
        ("previous-year", date(2026, 12, 31), "2025-01-01 to 2025-12-31"),
        ("previous-year", date(2026, 1, 1), "2025-01-01 to 2025-12-31"),
        ("month-to-date", date(2026, 5, 1), "2026-05-01 to 2026-05-01"),
        ("month-to-date", date(2026, 12, 31), "2026-12-01 to 2026-12-31"),
    ],
)
def test_a_rule_names_the_period_before_a_day(rule: str, day: date, period: str) -> None:
    assert str(period_for(PeriodRule(rule), day)) == period


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_previous_period_ends_before_the_day_and_nothing_lies_between_it_and_the_current_one(day: date) -> None:
    month, quarter = (period_for(rule, day) for rule in (PeriodRule.PREVIOUS_MONTH, PeriodRule.PREVIOUS_QUARTER))

    assert month.end < day
    assert (month.end - month.start).days in range(27, 31)
    assert quarter.end < day
    assert (quarter.end - quarter.start).days in range(89, 92)
    assert period_for(PeriodRule.MONTH_TO_DATE, day).start.toordinal() == month.end.toordinal() + 1


@pytest.mark.parametrize(
    ("zone", "period"),
    [
        ("UTC", "2025-11-01 to 2025-11-30"),
        ("Europe/Berlin", "2025-12-01 to 2025-12-31"),
        ("America/New_York", "2025-11-01 to 2025-11-30"),
        ("Pacific/Auckland", "2025-12-01 to 2025-12-31"),
    ],
)
def test_the_day_is_that_of_the_schedules_own_time_zone(zone: str, period: str) -> None:
    new_year_in_berlin = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert str(scheduled("previous-month", zone).period_at(new_year_in_berlin)) == period


def test_summer_time_moves_the_day_with_the_clocks() -> None:
    # Half past ten in the evening in UTC: in Berlin the next day in summer time, the same day in winter time.
    summer, winter = (datetime(2026, month, 31, 22, 30, tzinfo=UTC) for month in (3, 1))
    assert str(scheduled("month-to-date").period_at(summer)) == "2026-04-01 to 2026-04-01"
    assert str(scheduled("month-to-date").period_at(winter)) == "2026-01-01 to 2026-01-31"
