"""The times of a schedule as Temporal's calendars tell them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from temporalio.client import ScheduleCalendarSpec, ScheduleRange, ScheduleSpec

from audit_agent.domain.business_days import IsBusinessDay, floating_days
from audit_agent.domain.plain_schedule import Recurrence
from audit_agent.domain.record import Digest, digest_bytes
from audit_agent.domain.schedule import ScheduleDefinition

BLOCK_YEARS = 5
"""Days that no calendar can name are written out from the block of years before this one to the end of the next:
always five years back, for backfills, and five ahead. Whole blocks, so that the times change every fifth year only."""


def spec_of(definition: ScheduleDefinition, is_business_day: IsBusinessDay, year: int) -> ScheduleSpec:
    """When the schedule is due, seen from `year`."""
    recurrence = definition.recurrence
    if recurrence is None:
        return ScheduleSpec(cron_expressions=[definition.cron or ""], time_zone_name=definition.zone)
    if recurrence.floats:
        first = year - year % BLOCK_YEARS - BLOCK_YEARS
        days = floating_days(recurrence, first, first + 3 * BLOCK_YEARS - 1, is_business_day)
        calendars = list(_written_out(recurrence, days))
    else:
        calendars = [_fixed(recurrence)]
    return ScheduleSpec(calendars=calendars, time_zone_name=definition.zone)


def digest_of_times(spec: ScheduleSpec) -> Digest:
    """By it two deployments see that they mean the same times."""
    return digest_bytes(spec._to_proto().SerializeToString(deterministic=True))


def _fixed(recurrence: Recurrence) -> ScheduleCalendarSpec:
    if recurrence.day is None:
        # Temporal counts weekdays from Sunday, which is 0.
        weekdays = _ranges(number % 7 for number in recurrence.weekdays)
        return ScheduleCalendarSpec(hour=_at(recurrence.hour), minute=_at(recurrence.minute), day_of_week=weekdays)
    return ScheduleCalendarSpec(
        hour=_at(recurrence.hour),
        minute=_at(recurrence.minute),
        month=_ranges(recurrence.months),
        day_of_month=_at(recurrence.day),
    )


def _written_out(recurrence: Recurrence, days: Iterable[date]) -> Iterable[ScheduleCalendarSpec]:
    """One calendar for all months of a year whose day has the same number."""
    for year, of_year in groupby(days, key=lambda day: day.year):
        months: defaultdict[int, list[int]] = defaultdict(list)
        for day in of_year:
            months[day.day].append(day.month)
        for number in sorted(months):
            yield ScheduleCalendarSpec(
                hour=_at(recurrence.hour),
                minute=_at(recurrence.minute),
                year=_at(year),
                month=_ranges(months[number]),
                day_of_month=_at(number),
            )


def _at(number: int) -> tuple[ScheduleRange, ...]:
    return (ScheduleRange(number),)


def _ranges(numbers: Iterable[int]) -> tuple[ScheduleRange, ...]:
    return tuple(ScheduleRange(number) for number in sorted(numbers))
