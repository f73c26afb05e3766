"""The times of a schedule in Temporal's calendars."""

from datetime import date
from typing import Any

import pytest
from temporalio.client import ScheduleCalendarSpec, ScheduleSpec

from audit_agent.domain.schedule import ScheduleDefinition, read_definition
from audit_agent.handoff.business_calendar import business_calendar
from audit_agent.procedures.calendar_days import UnknownCountryError
from audit_agent.temporal.schedule_spec import digest_of_times, spec_of


def due(when: str, **more: Any) -> ScheduleDefinition:
    given = {"name": "x", "program": "general", "books": "/books", "period": "previous-month", "when": when}
    return read_definition(given | more)


def spec(definition: ScheduleDefinition, year: int = 2026) -> ScheduleSpec:
    return spec_of(definition, business_calendar(definition.holidays, year), year)


def days(found: ScheduleSpec, year: int) -> list[date]:
    """The written-out days of a year."""
    return sorted(day for calendar in found.calendars for day in _days(calendar) if day.year == year)


def _days(calendar: ScheduleCalendarSpec) -> list[date]:
    (year,), (day,) = calendar.year, calendar.day_of_month
    return [date(year.start, month.start, day.start) for month in calendar.month]


def test_days_of_the_week_are_one_calendar_counted_from_sunday() -> None:
    (calendar,) = spec(due("every Monday and Sunday at 06:30 Asia/Tokyo")).calendars

    assert [one.start for one in calendar.day_of_week] == [0, 1]
    assert (calendar.hour[0].start, calendar.minute[0].start) == (6, 30)


def test_a_fixed_day_of_a_quarter_is_one_calendar() -> None:
    found = spec(due("quarterly on day 5 at 08:00 Europe/Berlin"))

    assert found.time_zone_name == "Europe/Berlin"
    assert [one.start for one in found.calendars[0].month] == [1, 4, 7, 10]
    assert [one.start for one in found.calendars[0].day_of_month] == [5]


@pytest.mark.parametrize(
    ("holidays", "january"),
    [(None, date(2026, 1, 5)), ("DE", date(2026, 1, 6)), ("DE-BY", date(2026, 1, 7)), ("SA", date(2026, 1, 5))],
)
def test_the_third_business_day_of_january_depends_on_the_country(holidays: str | None, january: date) -> None:
    assert days(spec(due("monthly on business day 3 at 07:00 UTC", holidays=holidays)), 2026)[0] == january


def test_a_weekend_is_what_it_is_in_the_country() -> None:
    # The second of January 2026 is a Friday: the weekend begins in Riyadh.
    found = days(spec(due("monthly on business day 2 at 07:00 UTC", holidays="SA")), 2026)
    assert found[0] == date(2026, 1, 4)


def test_the_last_business_day_of_a_month_steps_back_over_weekends() -> None:
    found = days(spec(due("monthly on the last business day at 18:00 UTC", holidays="DE")), 2027)
    assert (found[0], found[-1]) == (date(2027, 1, 29), date(2027, 12, 31))


def test_the_last_day_knows_leap_years() -> None:
    found = spec(due("monthly on the last day at 18:00 UTC"))
    assert [days(found, year)[1].day for year in (2027, 2028)] == [28, 29]


def test_written_out_days_reach_five_years_back_and_five_ahead_and_change_every_fifth_year_only() -> None:
    definition = due("monthly on business day 3 at 07:00 UTC", holidays="DE")
    found = spec(definition)

    assert {len(days(found, year)) for year in range(2020, 2035)} == {12}
    assert digest_of_times(spec(definition, 2029)) == digest_of_times(found)
    assert digest_of_times(spec(definition, 2030)) != digest_of_times(found)


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(UnknownCountryError, match="Atlantis"):
        spec(due("monthly on business day 3 at 07:00 UTC", holidays="Atlantis"))


def test_a_working_saturday_counts_where_the_country_moves_working_days() -> None:
    # Hungary works on Saturday 10 January 2026 for the day between New Year and the weekend.
    found = days(spec(due("monthly on business day 7 at 07:00 UTC", holidays="HU")), 2026)
    assert found[0] == date(2026, 1, 12)
