"""JE-03: gaps in the numbers of journals, and numbers that were used twice."""

from typing import Any

import pytest

from audit_agent.domain.period import parse_period

PAIR = (("4000", "10.00"), ("1000", "-10.00"))


@pytest.fixture
def numbered(journal: Any) -> Any:
    def journals(*ids: str, **columns: Any) -> list[dict[str, Any]]:
        return [line for name in ids for line in journal(name, *PAIR, **columns)]

    return journals


def test_a_missing_number_is_flagged_with_both_neighbours(run: Any, numbered: Any) -> None:
    paper = run("JE-03", {"GL_Detail": numbered("JV-0001", "JV-0002", "JV-0004")})

    (gap,) = paper.top
    assert gap.reason == "One number is missing between journals JV-0002 and JV-0004."
    assert [source.row for source in gap.sources] == [4, 6]


def test_consecutive_numbers_have_no_gap_whatever_their_order(run: Any, numbered: Any) -> None:
    assert run("JE-03", {"GL_Detail": numbered("JV-0003", "JV-0001", "JV-0002")}).exception_count == 0


def test_series_with_different_prefixes_are_numbered_apart(run: Any, numbered: Any) -> None:
    assert run("JE-03", {"GL_Detail": numbered("JV-0001", "JV-0002", "SA-0090", "SA-0091")}).exception_count == 0


def test_a_jump_into_another_number_range_is_only_counted(run: Any, numbered: Any) -> None:
    paper = run("JE-03", {"GL_Detail": numbered("100000001", "100000002", "400000000")})

    assert paper.exception_count == 0
    assert paper.statistics["Jumps taken as another number range"] == "1"


def test_numbers_that_only_lie_outside_the_period_are_no_gap(run: Any, numbered: Any) -> None:
    lines = numbered("7", "9") + numbered("8", Effective_Date="2024-12-31")

    assert run("JE-03", {"GL_Detail": lines}, period=parse_period("2025")).exception_count == 0


def test_a_number_used_by_two_users_is_flagged(run: Any, numbered: Any) -> None:
    paper = run("JE-03", {"GL_Detail": numbered("7") + numbered("7", Entered_By="BEN")})

    (reused,) = paper.top
    assert reused.key == "Journal number 7"
    assert "entered by 2 users on 1 day" in reused.reason


def test_a_number_used_again_in_another_fiscal_year_is_legitimate(run: Any, numbered: Any) -> None:
    lines = numbered("7") + numbered("7", Fiscal_Year=2024, Entered_By="BEN", Entered_Date="2024-03-12")

    assert run("JE-03", {"GL_Detail": lines}).exception_count == 0
