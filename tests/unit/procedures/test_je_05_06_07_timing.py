"""JE-05, JE-06, JE-07: entries at unusual times, and dated into other periods."""

from decimal import Decimal
from typing import Any

import pytest

PAIR = (("4000", "10.00"), ("1000", "-10.00"))


def test_a_journal_entered_on_a_saturday_is_flagged_once(run: Any, journal: Any) -> None:
    paper = run("JE-05", {"GL_Detail": journal("J1", *PAIR, Entered_Date="2025-03-08")})

    (found,) = paper.top
    assert found.reason == "Journal J1 by ANNA was entered on Saturday 2025-03-08: 2 lines."
    assert found.amount == Decimal(10)


def test_a_journal_entered_on_a_friday_is_not_on_a_weekend(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Entered_Date="2025-03-07")}

    assert run("JE-05", books).exception_count == 0
    assert run("JE-05", books, weekend="friday,saturday").exception_count == 1


def test_a_public_holiday_counts_only_where_it_is_one(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Entered_Date="2025-10-03")}

    assert "a public holiday" in run("JE-05", books, country="DE").top[0].reason
    assert run("JE-05", books, country="FR").exception_count == 0


def test_a_holiday_the_books_carry_needs_no_country(run: Any, journal: Any) -> None:
    books = {
        "GL_Detail": journal("J1", *PAIR, Entered_Date="2025-03-12"),
        "Holidays": [{"Holiday_Date": "2025-03-12", "Name": "Founder's day"}],
    }

    assert "Founder's day" in run("JE-05", books).top[0].reason


def test_a_batch_user_may_work_on_sundays(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Entered_Date="2025-03-09", Entered_By="BATCH")}

    assert run("JE-05", books, excluded_users="BATCH").exception_count == 0


@pytest.mark.parametrize(
    ("moment", "flagged"), [("19:59:59", 0), ("20:00:00", 1), ("00:00:00", 1), ("05:59:59", 1), ("06:00:00", 0)]
)
def test_the_night_runs_over_midnight(run: Any, journal: Any, moment: str, flagged: int) -> None:
    paper = run("JE-06", {"GL_Detail": journal("J1", *PAIR, Entered_Time=moment)})

    assert paper.exception_count == flagged


def test_a_window_within_one_day_does_not_wrap(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Entered_Time="23:00:00")}

    assert run("JE-06", books, night_start="01:00", night_end="05:00").exception_count == 0


def test_interfaces_that_run_at_night_are_left_out_by_naming_manual_sources(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Entered_Time="23:00:00", Source="IF")}

    assert run("JE-06", books, sources="MAN").exception_count == 0


@pytest.mark.parametrize(
    ("entered", "flagged"), [("2025-04-11", 0), ("2025-04-12", 1), ("2025-02-10", 0), ("2025-02-09", 1)]
)
def test_thirty_days_either_way_are_let_pass(run: Any, journal: Any, entered: str, flagged: int) -> None:
    paper = run("JE-07", {"GL_Detail": journal("J1", *PAIR, Entered_Date=entered)})

    assert paper.exception_count == flagged


def test_the_reason_of_a_back_dated_journal_gives_both_dates(run: Any, journal: Any) -> None:
    paper = run("JE-07", {"GL_Detail": journal("J1", *PAIR, Entered_Date="2025-04-12")})

    assert paper.top[0].reason == (
        "Journal J1 by ANNA is effective 2025-03-12 and was entered on 2025-04-12, 31 days after that."
    )


def test_an_entry_into_a_month_long_closed_is_flagged_on_request(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *PAIR, Effective_Date="2025-03-28", Entered_Date="2025-04-11")}

    assert run("JE-07", books).exception_count == 0
    assert run("JE-07", books, close_days="11").exception_count == 0
    assert run("JE-07", books, close_days="10").exception_count == 1


def test_a_placeholder_date_is_not_tested(run: Any, journal: Any) -> None:
    paper = run("JE-07", {"GL_Detail": journal("J1", *PAIR, Effective_Date="1900-01-01")})

    assert paper.exception_count == 0
    assert paper.statistics["Lines without both dates, not tested"] == "2"
