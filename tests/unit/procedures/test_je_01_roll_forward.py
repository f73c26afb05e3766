"""JE-01: opening balance plus journals is the closing balance, in every grain the books have."""

from decimal import Decimal
from typing import Any

import pytest


def balance(account: str, opening: str | None, closing: str, **columns: Any) -> dict[str, Any]:
    common = {"GL_Account_Number": account, "Amount_Beginning": opening, "Amount_Ending": closing}
    return common | {"Amount_Currency": "USD"} | columns


def test_a_balance_the_journals_do_not_lead_to_is_flagged_with_all_figures(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"))

    paper = run(
        "JE-01",
        {"GL_Detail": lines, "Trial_Balance": [balance("6000", "5.00", "15.01"), balance("2100", "0.00", "-10.00")]},
    )

    (found,) = paper.top
    assert (found.key, found.amount, found.sources[0].table) == ("Account 6000", Decimal("0.01"), "Trial_Balance")
    assert found.reason == (
        "Account 6000 opens at 5.00 USD and journals move it by 10.00 USD, which makes 15.00 USD; "
        "the trial balance says 15.01 USD."
    )


def test_an_account_that_the_trial_balance_lacks_is_flagged_with_its_lines(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"))

    (found,) = run("JE-01", {"GL_Detail": lines, "Trial_Balance": [balance("6000", "0.00", "10.00")]}).top

    assert (found.key, found.sources[0].table, found.source_count) == ("Account 2100", "GL_Detail", 1)
    assert "the trial balance does not have it" in found.reason


@pytest.mark.parametrize(
    ("closing", "tolerance", "flagged"),
    [("10.00", "0", 0), ("10.01", "0.01", 0), ("10.02", "0.01", 1), ("-10.00", "0", 1)],
)
def test_differences_up_to_the_tolerance_are_let_pass(
    run: Any, journal: Any, closing: str, tolerance: str, flagged: int
) -> None:
    books = {"GL_Detail": journal("J1", ("6000", "10.00")), "Trial_Balance": [balance("6000", None, closing)]}

    assert run("JE-01", books, tolerance=tolerance).exception_count == flagged


def test_an_unmoved_balance_carries_forward(run: Any, journal: Any) -> None:
    balances = [balance("6000", "0.00", "10.00"), balance("9999", "7.00", "7.00")]

    assert run("JE-01", {"GL_Detail": journal("J1", ("6000", "10.00")), "Trial_Balance": balances}).exception_count == 0


def test_units_years_and_periods_refine_the_key_where_both_sides_fill_them(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), Business_Unit_Code="A", Period=3)
    lines += journal("J2", ("6000", "5.00"), Business_Unit_Code="B", Period=4)
    grain = {"Fiscal_Year": 2025}
    balances = [
        balance("6000", "0.00", "10.00", Business_Unit_Code="A", Period=3, **grain),
        balance("6000", "0.00", "5.00", Business_Unit_Code="B", Period=3, **grain),
    ]

    paper = run("JE-01", {"GL_Detail": lines, "Trial_Balance": balances})

    assert paper.statistics["Compared by"] == "GL_Account_Number, Business_Unit_Code, Fiscal_Year, Period"
    assert {item.key for item in paper.top} == {
        "Account 6000 of unit B, year 2025, period 3",
        "Account 6000 of unit B, year 2025, period 4",
    }


def test_currencies_are_not_added_up(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00")) + journal("J2", ("6000", "3.00"), Amount_Currency="EUR")
    balances = [balance("6000", "0.00", "10.00"), balance("6000", "0.00", "3.00", Amount_Currency="EUR")]

    assert run("JE-01", {"GL_Detail": lines, "Trial_Balance": balances}).exception_count == 0
