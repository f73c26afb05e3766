"""JE-10 and JE-11: rare users, rare accounts, rare pairs."""

from typing import Any

import pytest


@pytest.mark.parametrize(("lines", "flagged"), [(10, 1), (11, 0)])
def test_ten_lines_are_rare_and_eleven_are_not(run: Any, journal: Any, lines: int, flagged: int) -> None:
    paper = run("JE-10", {"GL_Detail": journal("J1", *[("4000", "1.00")] * lines)})

    assert paper.exception_count == flagged


def test_a_title_that_should_not_post_is_matched_as_a_word(run: Any, journal: Any) -> None:
    lines = journal("J1", *[("4000", "1.00")] * 20)
    lines += journal("J2", *[("4000", "1.00")] * 20, Entered_By="BEN")
    listing = [{"User_ID": "anna", "Title": "Head of IT"}, {"User_ID": "BEN", "Title": "Auditor"}]

    paper = run("JE-10", {"GL_Detail": lines, "User_Listing": listing}, titles="CEO,IT")

    assert [item.reason for item in paper.top] == [
        "User ANNA entered 20 lines, and is not expected to enter journals as Head of IT."
    ]


def test_a_user_nobody_lists_is_flagged_on_request(run: Any, journal: Any) -> None:
    books = {"GL_Detail": journal("J1", *[("4000", "1.00")] * 20), "User_Listing": [{"User_ID": "BEN"}]}

    assert run("JE-10", books).exception_count == 0
    assert run("JE-10", books, unlisted="yes").exception_count == 1


@pytest.mark.parametrize(("lines", "flagged"), [(3, 1), (4, 0)])
def test_three_lines_make_an_account_rare_and_four_do_not(run: Any, journal: Any, lines: int, flagged: int) -> None:
    assert run("JE-11", {"GL_Detail": journal("J1", *[("4000", "1.00")] * lines)}).exception_count == flagged


def test_the_reason_names_the_account(run: Any, journal: Any) -> None:
    books = {
        "GL_Detail": journal("J1", ("0060002-01", "1.00")),
        "Chart_Of_Accounts": [{"GL_Account_Number": "0060002-01", "GL_Account_Name": "Dividends"}],
    }

    assert run("JE-11", books).top[0].reason == "Account 0060002-01 (Dividends) has 1 line (seldom: 3 or fewer)."


def test_a_pair_that_one_journal_in_five_has_is_unusual_below_21_percent(run: Any, journal: Any) -> None:
    lines = [line for n in range(4) for line in journal(f"J{n}", ("4000", "1.00"), ("1000", "-1.00"))]
    lines += journal("J9", ("4000", "1.00"), ("3000", "-1.00"))
    books = {"GL_Detail": lines}

    flagged = run("JE-11", books, largest_lines="0", pair_percent="20.0001")

    assert [item.reason for item in flagged.top] == ["Account 4000 is debited against 3000 in 1 of 5 journals."]
    assert run("JE-11", books, largest_lines="0", pair_percent="20").exception_count == 0
