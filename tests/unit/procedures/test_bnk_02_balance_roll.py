"""BNK-02: statements lead from opening to closing balance, and follow each other."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period


def statement(number: str, opening: str, closing: str, start: str, end: str, **columns: Any) -> dict[str, Any]:
    return {
        "Bank_Account": "DE1",
        "Statement_ID": number,
        "Opening_Date": start,
        "Opening_Balance": opening,
        "Closing_Date": end,
        "Closing_Balance": closing,
    } | columns


def transaction(number: str, amount: str, day: str = "2025-03-01", **columns: Any) -> dict[str, Any]:
    given = {"Bank_Account": "DE1", "Statement_ID": number, "Transaction_ID": f"{number}-{amount}"}
    return given | {"Booking_Date": day, "Amount": amount} | columns


MARCH = statement("3", "100.00", "150.00", "2025-02-28", "2025-03-31")
APRIL = statement("4", "150.00", "140.00", "2025-03-31", "2025-04-30")
MOVED = [transaction("3", "60.00"), transaction("3", "-10.00"), transaction("4", "-10.00", "2025-04-02")]


def test_statements_that_roll_are_no_exceptions(run: Any) -> None:
    paper = run("BNK-02", {"Bank_Statement": MOVED, "Bank_Statement_Balances": [MARCH, APRIL]})

    assert (paper.exception_count, paper.population) == (0, 2)


def test_a_statement_that_does_not_add_up_is_flagged_with_all_figures(run: Any) -> None:
    (found,) = run("BNK-02", {"Bank_Statement": MOVED[1:], "Bank_Statement_Balances": [MARCH, APRIL]}).top

    assert (found.key, found.amount) == ("Statement 3 of account DE1: does not add up", Decimal(60))
    assert found.reason == (
        "Statement 3 of account DE1 opens at 100.00 USD; with 1 transaction of -10.00 USD it comes to 90.00 USD, and "
        "it closes at 150.00 USD: a difference of 60.00 USD."
    )


@pytest.mark.parametrize(
    ("closing", "tolerance", "flagged"), [("140.00", "0", 0), ("140.01", "0.01", 0), ("140.01", "0", 1)]
)
def test_differences_up_to_the_tolerance_are_let_pass(run: Any, closing: str, tolerance: str, flagged: int) -> None:
    books = {"Bank_Statement": MOVED, "Bank_Statement_Balances": [MARCH, APRIL | {"Closing_Balance": closing}]}

    assert run("BNK-02", books, tolerance=tolerance).exception_count == flagged


def test_a_statement_that_is_missing_in_between_is_flagged(run: Any) -> None:
    may = statement("5", "120.00", "120.00", "2025-04-30", "2025-05-31")

    (found,) = run("BNK-02", {"Bank_Statement": MOVED, "Bank_Statement_Balances": [may, APRIL, MARCH]}).top

    assert found.key == "Statement 5 of account DE1: does not follow"
    assert found.reason == (
        "Statement 5 of account DE1 opens at 120.00 USD; the one before it, 4, closed at 140.00 USD on 2025-04-30: "
        "-20.00 USD happened in between, on a statement that is not here."
    )


def test_accounts_and_currencies_follow_for_themselves(run: Any) -> None:
    others = [
        statement("1", "7.00", "7.00", "2025-03-31", "2025-04-01", Bank_Account="DE2"),
        statement("1", "8.00", "8.00", "2025-03-31", "2025-04-01", Amount_Currency="CHF"),
    ]

    paper = run("BNK-02", {"Bank_Statement": MOVED, "Bank_Statement_Balances": [MARCH, *others, APRIL]})

    assert paper.exception_count == 0


def test_a_statement_given_twice_is_flagged_once_and_breaks_no_chain(run: Any) -> None:
    books = {"Bank_Statement": MOVED + MOVED, "Bank_Statement_Balances": [MARCH, APRIL, MARCH, APRIL]}

    keys = {found.key for found in run("BNK-02", books).top}

    assert {key for key in keys if "twice" in key} == {f"Statement {n} of account DE1: is there twice" for n in "34"}
    assert not any("does not follow" in key for key in keys)


def test_the_same_number_in_another_file_is_another_statement(run: Any) -> None:
    other = statement("3", "150.00", "155.00", "2025-03-31", "2025-04-30", Source_File="b.sta#Bank_Statement_Balances")
    march = MARCH | {"Source_File": "a.sta#Bank_Statement_Balances"}
    moved = [row | {"Source_File": "a.sta#Bank_Statement"} for row in MOVED[:2]]
    moved.append(transaction("3", "5.00", "2025-04-03", Source_File="b.sta#Bank_Statement"))

    paper = run("BNK-02", {"Bank_Statement": moved, "Bank_Statement_Balances": [march, other]})

    assert paper.exception_count == 0


def test_only_statements_that_close_in_the_period_are_flagged(run: Any) -> None:
    books = {"Bank_Statement": MOVED[2:], "Bank_Statement_Balances": [MARCH, APRIL]}

    paper = run("BNK-02", books, period=parse_period("2025-04"))

    assert (paper.exception_count, paper.population) == (0, 1)


def test_sums_are_not_checked_where_transactions_name_no_statement(run: Any) -> None:
    unnamed = [row | {"Statement_ID": None} for row in MOVED[:1]]

    paper = run("BNK-02", {"Bank_Statement": unnamed, "Bank_Statement_Balances": [MARCH, APRIL]})

    assert paper.exception_count == 0
    assert "Sums not checked" in paper.conclusion
