"""JE-08 and JE-09: round amounts and entries posted twice."""

from decimal import Decimal
from typing import Any


def test_a_round_amount_is_flagged_with_its_tier(run: Any, journal: Any) -> None:
    paper = run("JE-08", {"GL_Detail": journal("J1", ("4000", "250000.00"), ("1000", "-250000.00"))})

    (found,) = paper.top
    assert found.reason == (
        "Journal J1 by ANNA posts 250,000.00 USD to account 4000, a multiple of 10,000.00; 2 lines of it are round."
    )
    assert found.amount == Decimal(250000)


def test_an_amount_a_cent_off_is_not_round(run: Any, journal: Any) -> None:
    assert run("JE-08", {"GL_Detail": journal("J1", ("4000", "1000.01"), ("1000", "-1000.01"))}).exception_count == 0


def test_round_amounts_below_the_smallest_that_matters_are_left_alone(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", ("4000", "1000.00"), ("1000", "-1000.00"))}

    assert run("JE-08", books, minimum_amount="1000.01").exception_count == 0


def test_zero_is_round_only_on_request(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", ("4000", "0.00"), ("1000", "0.00"))}

    assert run("JE-08", books).exception_count == 0
    assert run("JE-08", books, include_zero="yes").exception_lines == 2


def test_the_roundest_journal_comes_first(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "9000.00"), ("1000", "-9000.00"))
    lines += journal("J2", ("4000", "100000.00"), ("1000", "-100000.00"))

    paper = run("JE-08", {"GL_Detail": lines})

    assert [item.facts["Journal_ID"] for item in paper.top] == ["J2", "J1"]


def test_the_same_line_in_two_journals_is_flagged_and_counts_once(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "75.10"), ("1000", "-75.10")) + journal("J2", ("4000", "75.10"), ("1001", "-75.10"))

    (found,) = run("JE-09", {"GL_Detail": lines}).top

    assert found.amount == Decimal("75.10")
    assert found.source_count == 2
    assert found.reason.startswith("2 lines post 75.10 USD to account 4000 in period 3 of 2025")


def test_a_reversal_is_no_duplicate(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "75.10"), ("1000", "-75.10")) + journal("J2", ("4000", "-75.10"), ("1000", "75.10"))

    assert run("JE-09", {"GL_Detail": lines}).exception_count == 0


def test_two_equal_lines_of_one_journal_are_no_duplicates(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "5.00"), ("4000", "5.00"), ("1000", "-10.00"))

    assert run("JE-09", {"GL_Detail": lines}).exception_count == 0
    assert run("JE-09", {"GL_Detail": lines}, across_journals="no").exception_count == 1


def test_the_same_amount_on_another_day_is_a_duplicate_only_by_amount(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "5.00")) + journal("J2", ("4000", "5.00"), Effective_Date="2025-03-13")

    assert run("JE-09", {"GL_Detail": lines}).exception_count == 0
    assert run("JE-09", {"GL_Detail": lines}, same="amount").exception_count == 1
