"""Plain words: what can be written, what it comes to, and what is refused."""

from typing import Any

import pytest

from audit_agent.domain.plain_schedule import EVERY_DAY, QUARTERS, check_cron, parse_plain

MONTHS = tuple(range(1, 13))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("daily at 06:00 UTC", {"weekdays": EVERY_DAY}),
        ("every weekday at 06:00 UTC", {"weekdays": (1, 2, 3, 4, 5)}),
        ("every Monday at 06:00 UTC", {"weekdays": (1,)}),
        ("Every monday and FRIDAY  at 6:00 UTC", {"weekdays": (1, 5)}),
        ("weekly on Sunday at 06:00 UTC", {"weekdays": (7,)}),
        ("monthly on day 5 at 06:00 UTC", {"months": MONTHS, "day": 5}),
        ("monthly on the 22nd at 06:00 UTC", {"months": MONTHS, "day": 22}),
        ("monthly on the last day at 06:00 UTC", {"months": MONTHS, "day": -1}),
        ("every month on business day 3 at 06:00 UTC", {"months": MONTHS, "day": 3, "business": True}),
        ("monthly on the 3rd business day at 06:00 UTC", {"months": MONTHS, "day": 3, "business": True}),
        ("quarterly on day 5 at 06:00 UTC", {"months": QUARTERS, "day": 5}),
        ("quarterly on the last business day at 06:00 UTC", {"months": QUARTERS, "day": -1, "business": True}),
        ("yearly on business day 10 at 06:00 UTC", {"months": (1,), "day": 10, "business": True}),
        ("yearly in March on day 1 at 06:00 UTC", {"months": (3,), "day": 1}),
    ],
)
def test_words_are_understood(words: str, said: dict[str, Any]) -> None:
    understood = parse_plain(words)

    assert understood.model_dump(exclude_defaults=True) == {"hour": 6, "minute": 0, "time_zone": "UTC", **said}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("whenever", "cannot be read"),
        ("daily", "cannot be read"),
        ("daily at 24:00 UTC", "no time of day"),
        ("daily at 06:60 UTC", "no time of day"),
        ("daily at 06:00 Europe/Berlyn", "no time zone"),
        ("daily at 06:00 ../../etc/passwd", "no time zone"),
        ("every Mooday at 06:00 UTC", "names no days"),
        ("monthly at 06:00 UTC", "names no days"),
        ("monthly in March on day 1 at 06:00 UTC", "names no days"),
        ("yearly in Marsh on day 1 at 06:00 UTC", "names no days"),
        ("monthly on day 0 at 06:00 UTC", "not every month has it"),
        ("monthly on day 31 at 06:00 UTC", "the last day"),
        ("monthly on business day 16 at 06:00 UTC", "the last business day"),
    ],
)
def test_other_words_are_refused_with_what_to_write(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_plain(words)


@pytest.mark.parametrize(
    ("time", "zone", "skipped"),
    [
        ("02:30", "Europe/Berlin", True),
        ("03:00", "Europe/Berlin", False),
        ("02:30", "UTC", False),
        ("02:30", "America/New_York", True),
        ("00:30", "America/Santiago", True),
    ],
)
def test_a_time_of_day_that_clocks_skip_is_known(time: str, zone: str, skipped: bool) -> None:
    assert parse_plain(f"daily at {time} {zone}").skipped_in(zone) is skipped


@pytest.mark.parametrize("cron", ["0 7 3 * *", "*/5 * * * MON-FRI", "0 7 3 * * 2027", "30 0 7 3 * * *"])
def test_cron_has_five_to_seven_fields(cron: str) -> None:
    check_cron(cron)


@pytest.mark.parametrize("cron", ["", "@daily", "0 7 3 *", "CRON_TZ=UTC 0 7 3 * *", "0 7 3 * * * * *", "0 7; * * *"])
def test_what_is_no_cron_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match="no cron expression"):
        check_cron(cron)
