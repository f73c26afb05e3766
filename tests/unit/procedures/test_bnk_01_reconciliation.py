"""BNK-01: bank transactions and cash lines, matched, and what is left of either side."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period

CASH = "1000"


def bank(number: str, day: str, amount: str, text: str = "Transfer ACME", **columns: Any) -> dict[str, Any]:
    return {"Transaction_ID": number, "Booking_Date": day, "Amount": amount, "Description": text} | columns


def cash(number: str, day: str, amount: str, text: str = "Transfer ACME", **columns: Any) -> dict[str, Any]:
    return {
        "Journal_ID": number,
        "Effective_Date": day,
        "GL_Account_Number": CASH,
        "Amount": amount.removeprefix("-"),
        "Amount_Credit_Debit_Indicator": "C" if amount.startswith("-") else "D",
        "JE_Line_Description": text,
    } | columns


AROUND = (
    [bank("B0", "2025-03-01", "1.00", "Opening"), bank("B9", "2025-03-31", "2.00", "Closing")],
    [cash("J0", "2025-03-01", "1.00", "Opening"), cash("J9", "2025-03-31", "2.00", "Closing")],
)
"""What agrees at both ends of the month, so that days between are covered by both sides."""


@pytest.fixture
def reconciled(run: Any) -> Any:
    def with_ends(bank_rows: list[Any], ledger_rows: list[Any], **parameters: str) -> Any:
        books = {"Bank_Statement": AROUND[0] + bank_rows, "GL_Detail": AROUND[1] + ledger_rows}
        return run("BNK-01", books, **{"cash_accounts": CASH} | parameters)

    return with_ends


@pytest.mark.parametrize(("day", "flagged"), [("2025-03-10", 0), ("2025-03-14", 0), ("2025-03-15", 1)])
def test_equal_amounts_match_within_the_days(reconciled: Any, day: str, flagged: int) -> None:
    assert reconciled([bank("B1", day, "500.00")], [cash("J1", "2025-03-10", "500.00")]).exception_count == flagged


def test_equal_amounts_further_apart_are_timing(reconciled: Any) -> None:
    (found,) = reconciled([bank("B1", "2025-03-20", "-500.00")], [cash("J1", "2025-03-10", "-500.00")]).top

    assert (found.amount, found.source_count) == (Decimal(500), 2)
    assert found.reason == (
        "Bank transaction B1 over -500.00 USD on 2025-03-20 and ledger line J1 over -500.00 USD on 2025-03-10 seem to "
        "be one movement, 10 days apart."
    )


def test_equal_amounts_far_apart_about_other_things_are_two_items(reconciled: Any) -> None:
    paper = reconciled([bank("B1", "2025-03-25", "-500.00", "Rent")], [cash("J1", "2025-03-10", "-500.00", "Salary")])

    assert [found.reason for found in paper.top] == [
        "Bank transaction B1 over -500.00 USD on 2025-03-25 is not in the ledger.",
        "Ledger line J1 over -500.00 USD on 2025-03-10 is not on a bank statement.",
    ]


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        ("975.00", "the bank seems to have kept a fee"),
        ("1012.00", "seem to be one movement, and differ by 12.00 USD"),
    ],
)
def test_an_amount_within_the_tolerance_is_a_fee_or_wrong(reconciled: Any, amount: str, kind: str) -> None:
    (found,) = reconciled([bank("B1", "2025-03-11", amount)], [cash("J1", "2025-03-10", "1000.00")]).top

    assert found.amount == abs(Decimal(amount) - 1000)
    assert kind in found.reason


@pytest.mark.parametrize(
    ("bank_amount", "ledger_amount"), [("974.99", "1000.00"), ("40.00", "60.00"), ("10.00", "-10.00")]
)
def test_what_is_beyond_the_tolerance_is_two_items(reconciled: Any, bank_amount: str, ledger_amount: str) -> None:
    paper = reconciled([bank("B1", "2025-03-11", bank_amount)], [cash("J1", "2025-03-10", ledger_amount)])

    assert paper.exception_count == 2


def test_a_shared_reference_shows_a_wrong_amount(reconciled: Any) -> None:
    (found,) = reconciled(
        [bank("B1", "2025-03-11", "-45.00", Reference="INV-7701")],
        [cash("J1", "2025-03-10", "-450.00", "Paid INV-7701")],
    ).top

    assert (found.amount, found.source_count) == (Decimal(405), 2)


def test_a_shared_reference_chooses_among_equal_amounts(reconciled: Any) -> None:
    paper = reconciled(
        [bank("B1", "2025-03-10", "70.00", "INV-7701"), bank("B2", "2025-03-12", "70.00", "INV-7702")],
        [cash("J1", "2025-03-10", "70.00", "INV-7702"), cash("J2", "2025-03-12", "95.00", "INV-7701")],
    )

    assert [found.key for found in paper.top] == ["Bank transaction B1 and ledger line J2"]


@pytest.mark.parametrize(
    ("bank_rows", "ledger_rows"),
    [
        (["-60.00"], ["-10.00", "-20.00", "-30.00"]),
        (["-10.00", "-20.00", "-30.00"], ["-60.00"]),
        (["-60.00", "-15.00"], ["-10.00", "-20.00", "-30.00", "-15.00"]),
    ],
)
def test_lines_match_in_groups(reconciled: Any, bank_rows: list[str], ledger_rows: list[str]) -> None:
    paper = reconciled(
        [bank(f"B{n}", "2025-03-10", amount, f"Batch {n}") for n, amount in enumerate(bank_rows, 20)],
        [cash(f"J{n}", "2025-03-12", amount, f"Pay {n}") for n, amount in enumerate(ledger_rows, 20)],
    )

    assert paper.exception_count == 0


def test_several_lines_match_several(reconciled: Any) -> None:
    paper = reconciled(
        [bank("B1", "2025-03-10", "-35.00", "Cards"), bank("B2", "2025-03-10", "-25.00", "Cards")],
        [cash("J1", "2025-03-11", "-20.00", "Fuel"), cash("J1", "2025-03-11", "-40.00", "Hotel")],
    )

    assert paper.exception_count == 0


def test_what_is_there_twice_on_one_side_is_a_duplicate(reconciled: Any) -> None:
    pay = cash("J1", "2025-03-10", "-80.00", "Acme invoice")

    (found,) = reconciled(
        [bank("B1", "2025-03-10", "-80.00", "Acme invoice")],
        [pay, pay | {"Journal_ID": "J2", "Effective_Date": "2025-03-12"}],
    ).top

    assert found.key == "Ledger line J2"
    assert "looks like ledger line J1 over -80.00 USD on 2025-03-10" in found.reason


def test_a_charge_that_is_not_recorded_is_a_fee(reconciled: Any) -> None:
    paper = reconciled(
        [bank("B1", "2025-03-10", "-8.00", "Account fee"), bank("B2", "2025-03-10", "9.00", "Fee back")], []
    )

    assert [found.reason for found in paper.top] == [
        "Bank transaction B2 over 9.00 USD on 2025-03-10 is not in the ledger.",
        "Bank transaction B1 over -8.00 USD on 2025-03-10 is a charge of the bank that the ledger does not have.",
    ]


def test_days_that_the_statements_do_not_cover_are_not_compared_and_told(reconciled: Any) -> None:
    paper = reconciled([], [cash("J1", "2025-04-10", "500.00")])

    assert paper.exception_count == 0
    assert paper.conclusion.startswith("1 line of days the other side does not cover were not compared.")


def test_the_days_of_the_balances_count_as_covered(run: Any) -> None:
    balances = [{"Statement_ID": "1", "Opening_Date": "2025-02-28", "Opening_Balance": "0", "Closing_Balance": "0"}]
    books = {
        "Bank_Statement": AROUND[0],
        "GL_Detail": [*AROUND[1], cash("J1", "2025-04-10", "500.00")],
        "Bank_Statement_Balances": [balances[0] | {"Closing_Date": "2025-04-30"}],
    }

    assert run("BNK-01", books, cash_accounts=CASH).exception_count == 1


@pytest.mark.parametrize(
    ("day", "text", "dismissed"),
    [("2025-03-25", "Transfer ACME", 1), ("2025-03-25", "Something else", 0), ("2025-02-27", "Transfer ACME", 0)],
)
def test_cash_that_the_ledger_reversed_within_the_month_is_dismissed(
    run: Any, day: str, text: str, dismissed: int
) -> None:
    ends = [bank("B8", "2025-02-01", "3.00", "Start")], [cash("J8", "2025-02-01", "3.00", "Start")]
    ledger = [cash("J1", "2025-03-10", "500.00"), cash("J2", day, "-500.00", text)]

    paper = run(
        "BNK-01", {"Bank_Statement": AROUND[0] + ends[0], "GL_Detail": AROUND[1] + ends[1] + ledger}, cash_accounts=CASH
    )

    assert (paper.exception_count, paper.dismissed.count if paper.dismissed else 0) == (
        2 - 2 * dismissed,
        2 * dismissed,
    )


def test_cash_accounts_are_found_by_their_names(run: Any) -> None:
    chart = [
        {"GL_Account_Number": CASH, "GL_Account_Name": "Bank - operating"},
        {"GL_Account_Number": "6100", "GL_Account_Name": "Bank charges"},
    ]
    books = {
        "Bank_Statement": AROUND[0],
        "GL_Detail": [*AROUND[1], cash("J1", "2025-03-10", "9.00", GL_Account_Number="6100")],
    }

    paper = run("BNK-01", books | {"Chart_Of_Accounts": chart})

    assert (paper.exception_count, paper.statistics["Cash accounts"]) == (0, CASH)


def test_nothing_is_compared_where_no_cash_account_is_known(run: Any) -> None:
    paper = run("BNK-01", {"Bank_Statement": AROUND[0], "GL_Detail": AROUND[1]})

    assert (paper.exception_count, paper.population) == (0, 0)
    assert paper.conclusion.startswith("Nothing was compared")


def test_currencies_are_matched_for_themselves(reconciled: Any) -> None:
    paper = reconciled(
        [bank("B1", "2025-03-10", "70.00", Amount_Currency="EUR")],
        [cash("J1", "2025-03-10", "70.00"), cash("J2", "2025-03-10", "70.00", Amount_Currency="CHF")],
    )

    assert {found.key for found in paper.top} == {"Bank transaction B1", "Ledger line J1"}
    assert paper.statistics["Lines of days the other side does not cover, not compared"] == "1"


def test_money_that_moves_after_the_last_cash_line_is_flagged(reconciled: Any) -> None:
    later = cash("J5", "2025-04-30", "4.00", GL_Account_Number="6000")

    assert reconciled([bank("B1", "2025-04-20", "-70.00")], [later]).exception_count == 1


def test_lines_outside_the_period_match_and_are_not_flagged(run: Any) -> None:
    books = {
        "Bank_Statement": [*AROUND[0], bank("B1", "2025-04-02", "70.00"), bank("B2", "2025-04-02", "71.00")],
        "GL_Detail": [*AROUND[1], cash("J1", "2025-03-30", "70.00"), cash("J3", "2025-04-30", "4.00")],
    }

    paper = run("BNK-01", books, period=parse_period("2025-03"), cash_accounts=CASH)

    assert (paper.exception_count, paper.population) == (0, 5)
