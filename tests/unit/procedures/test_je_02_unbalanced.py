"""JE-02: journals whose debits and credits differ."""

from decimal import Decimal
from typing import Any


def test_a_journal_out_of_balance_by_a_cent_is_flagged_with_both_sums(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "1000.00"), ("1000", "-1000.01"))

    paper = run("JE-02", {"GL_Detail": lines})

    (found,) = paper.top
    assert found.key == "Journal J1"
    assert found.reason == "Journal J1 is out of balance by -0.01 USD: debits 1,000.00, credits 1,000.01."
    assert found.amount == Decimal("0.01")


def test_a_journal_within_the_tolerance_is_let_pass(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "1000.00"), ("1000", "-1000.01"))

    assert run("JE-02", {"GL_Detail": lines}, tolerance="0.01").exception_count == 0


def test_amounts_that_floats_cannot_add_balance_exactly(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "0.10"), ("4001", "0.20"), ("1000", "-0.30"))

    assert run("JE-02", {"GL_Detail": lines}).exception_count == 0


def test_a_journal_in_two_currencies_that_balances_in_local_currency_is_legitimate(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "100.00"), Amount_Currency="EUR", Local_Amount="110.00")
    lines += journal("J1", ("1000", "-110.00"), Amount_Currency="USD", Local_Amount="110.00")

    assert run("JE-02", {"GL_Detail": lines}).exception_count == 0


def test_a_journal_in_two_currencies_without_local_amounts_is_flagged_in_each(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "100.00"), Amount_Currency="EUR")
    lines += journal("J1", ("1000", "-110.00"), Amount_Currency="USD")

    paper = run("JE-02", {"GL_Detail": lines})

    assert sorted(item.key for item in paper.top) == ["Journal J1", "Journal J1 in EUR"]
    assert paper.exception_amount == Decimal("110.0000")
