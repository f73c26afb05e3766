"""Reminders come when people work."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audit_agent.domain.business_time import BusinessHours, next_open, reminder_times

BERLIN = BusinessHours(time_zone="Europe/Berlin")


def never(_: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 7, 1, 10, tzinfo=UTC)),
        (datetime(2026, 7, 1, 4, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 15, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 7, 3, 20, tzinfo=UTC), datetime(2026, 7, 6, 7, tzinfo=UTC)),
        (datetime(2026, 1, 7, 4, tzinfo=UTC), datetime(2026, 1, 7, 8, tzinfo=UTC)),
        (datetime(2026, 3, 27, 20, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
    ],
    ids=["within", "before", "at closing", "over the weekend", "winter time", "over the change to summer time"],
)
def test_a_moment_outside_business_hours_moves_to_when_they_begin(moment: datetime, expected: datetime) -> None:
    assert next_open(moment, BERLIN, never) == expected


def test_holidays_are_left_out() -> None:
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)

    moved = next_open(datetime(2026, 4, 3, 8, tzinfo=UTC), BERLIN, {good_friday, easter_monday}.__contains__)

    assert moved == datetime(2026, 4, 7, 7, tzinfo=UTC)


def test_who_is_always_closed_is_reminded_all_the_same() -> None:
    moment = datetime(2026, 7, 1, 10, tzinfo=UTC)

    assert next_open(moment, BERLIN, lambda _: True) == moment


def test_reminders_moved_out_of_a_weekend_do_not_come_together() -> None:
    friday = datetime(2026, 7, 3, 14, tzinfo=UTC)
    every, until = timedelta(hours=12), friday + timedelta(days=5)

    times = reminder_times(friday, every, 3, until, lambda moment: next_open(moment, BERLIN, never))

    assert times == tuple(datetime(2026, 7, day, 7, tzinfo=UTC) for day in (6, 7, 8))


def test_no_reminder_comes_once_the_review_has_expired() -> None:
    opened = datetime(2026, 7, 1, tzinfo=UTC)

    assert len(reminder_times(opened, timedelta(days=1), 9, opened + timedelta(days=3))) == 2
