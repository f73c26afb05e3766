"""JE-05 and JE-06: what jobs enter is counted, not listed."""

from typing import Any

import pytest

PAIR = (("4000", "10.00"), ("1000", "-10.00"))
NIGHT = {"Entered_Time": "23:00:00", "Entered_By": "BATCH", "Source": "IF"}
DAY = NIGHT | {"Entered_Time": "11:00:00"}
SUNDAY = {"Entered_Date": "2025-03-09"}
LEFT_OUT = "Lines of automatic users left out"


def entered(journal: Any, count: int, columns: dict[str, str], name: str = "J") -> list[dict[str, Any]]:
    """`count` journals of two lines each."""
    return [line for number in range(count) for line in journal(f"{name}{number}", *PAIR, **columns)]


def test_a_user_who_works_at_night_only_is_a_job(run: Any, journal: Any) -> None:
    paper = run("JE-06", {"GL_Detail": entered(journal, 50, NIGHT)})

    assert (paper.exception_count, paper.population) == (0, 100)
    assert paper.statistics["Lines entered at night"] == "100"
    assert paper.statistics[LEFT_OUT] == "100 (BATCH from IF)"
    assert paper.conclusion.startswith("Lines of automatic users left out: 100 (BATCH from IF).")


def test_a_user_with_few_lines_is_no_job(run: Any, journal: Any) -> None:
    paper = run("JE-06", {"GL_Detail": entered(journal, 49, NIGHT)})

    assert (paper.exception_count, paper.statistics[LEFT_OUT]) == (49, "0")
    assert "automatic" not in paper.conclusion


@pytest.mark.parametrize(("by_day", "flagged"), [(10, 0), (11, 90)])
def test_a_job_may_run_by_day_one_time_in_ten(run: Any, journal: Any, by_day: int, flagged: int) -> None:
    lines = entered(journal, 90, NIGHT) + entered(journal, by_day, DAY, "D")

    assert run("JE-06", {"GL_Detail": lines}).exception_count == flagged


def test_a_person_who_works_late_once_is_listed_beside_a_job(run: Any, journal: Any) -> None:
    late = journal("LATE", *PAIR, Entered_Time="23:00:00")
    usual = entered(journal, 60, {"Entered_By": "ANNA"}, "A")

    paper = run("JE-06", {"GL_Detail": entered(journal, 50, NIGHT) + usual + late})

    assert [item.key for item in paper.top] == ["Journal LATE"]


def test_a_journal_by_hand_under_the_name_of_a_job_is_listed(run: Any, journal: Any) -> None:
    by_hand = journal("HAND", *PAIR, **(NIGHT | {"Source": "MAN"}))

    paper = run("JE-06", {"GL_Detail": entered(journal, 50, NIGHT) + by_hand})

    assert [item.key for item in paper.top] == ["Journal HAND"]
    assert paper.statistics[LEFT_OUT] == "100 (BATCH from IF)"


def test_lines_that_name_no_user_are_nobodys_job(run: Any, journal: Any) -> None:
    books = {"GL_Detail": entered(journal, 50, NIGHT | {"Entered_By": ""})}
    for line in books["GL_Detail"]:
        line["Entered_By"] = None

    assert run("JE-06", books).exception_count == 50


def test_a_job_without_a_source_is_told_by_its_name_alone(run: Any, journal: Any) -> None:
    books = {"GL_Detail": entered(journal, 50, NIGHT)}
    for line in books["GL_Detail"]:
        line["Source"] = None

    assert run("JE-06", books).statistics[LEFT_OUT] == "100 (BATCH)"


def test_every_line_is_listed_on_request(run: Any, journal: Any) -> None:
    books = {"GL_Detail": entered(journal, 50, NIGHT)}

    assert run("JE-06", books, batch_share="0").exception_count == 50
    assert run("JE-06", books, batch_lines="101").exception_count == 50


def test_a_job_that_runs_every_night_also_runs_on_sundays(run: Any, journal: Any) -> None:
    lines = entered(journal, 45, NIGHT) + entered(journal, 5, NIGHT | SUNDAY, "S")

    paper = run("JE-05", {"GL_Detail": lines})

    assert (paper.exception_count, paper.statistics[LEFT_OUT]) == (0, "10 (BATCH from IF)")


def test_a_job_that_runs_on_sundays_only_needs_no_entry_time(run: Any, journal: Any) -> None:
    books = {"GL_Detail": entered(journal, 50, DAY | SUNDAY)}
    for line in books["GL_Detail"]:
        line["Entered_Time"] = None

    assert run("JE-05", books).exception_count == 0


def test_a_person_who_also_works_on_sundays_is_listed(run: Any, journal: Any) -> None:
    anna = {"Entered_By": "ANNA"}
    lines = entered(journal, 60, anna) + entered(journal, 40, anna | SUNDAY, "S")

    assert run("JE-05", {"GL_Detail": lines}).exception_count == 40
