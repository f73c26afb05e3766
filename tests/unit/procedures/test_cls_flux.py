"""CLS-02: balances and movements against what was expected."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period

CHART = [
    {"GL_Account_Number": "1000", "GL_Account_Name": "Bank", "Account_Type": "Asset"},
    {"GL_Account_Number": "4000", "GL_Account_Name": "Sales", "Account_Type": "Revenue"},
    {"GL_Account_Number": "4900", "GL_Account_Name": "Discounts", "Account_Type": "Contra-Revenue"},
    {"GL_Account_Number": "5000", "GL_Account_Name": "Freight out", "Account_Type": "Opex"},
]


def row(account: str, year: int, period: int, begin: str | None, end: str, **columns: Any) -> dict[str, Any]:
    figures = {"Amount_Beginning": begin, "Amount_Ending": end}
    return {"GL_Account_Number": account, "Fiscal_Year": year, "Period": period} | figures | columns


def moving(account: str, *movements: str, year: int = 2025) -> list[dict[str, Any]]:
    """A year's periods of an account of the result, from their movements."""
    rows, balance = [], Decimal(0)
    for period, movement in enumerate(movements, 1):
        rows.append(row(account, year, period, str(balance), str(balance + Decimal(movement))))
        balance += Decimal(movement)
    return rows


def books(balances: list[dict[str, Any]], **tables: Any) -> dict[str, Any]:
    return {"Trial_Balance": balances, "Chart_Of_Accounts": CHART} | tables


def test_a_movement_far_from_the_mean_of_earlier_periods_is_flagged(run: Any) -> None:
    paper = run("CLS-02", books(moving("5000", "90.00", "100.00", "110.00", "150.00")))

    (found,) = paper.top
    assert found.key == "Account 5000, 2025/4 in USD"
    assert found.reason == (
        "Account 5000 shows 150.00 USD in period 4 of 2025, where 100.00 USD was expected from the mean of 3 earlier "
        "periods: 50.00 USD or 50.0% apart."
    )
    assert paper.exception_amount is None
    assert paper.statistics["Figures without an expectation, not tested"] == "3"


@pytest.mark.parametrize(
    ("last", "amount", "flagged"),
    [("110.00", "0", 1), ("109.99", "0", 0), ("90.00", "0", 1), ("110.00", "10", 0), ("110.01", "10", 1)],
)
def test_share_and_amount_must_both_stand_out(run: Any, last: str, amount: str, flagged: int) -> None:
    balances = moving("5000", "100.00", "100.00", "100.00", last)

    assert run("CLS-02", books(balances), minimum_amount=amount).exception_count == flagged


def test_a_mean_that_no_decimal_can_tell_is_compared_exactly(run: Any) -> None:
    balances = moving("5000", "100.00", "100.00", "101.00", "331.10")

    assert run("CLS-02", books(balances), percent="230").exception_count == 1
    assert run("CLS-02", books(balances), percent="230.0001").exception_count == 0


def test_a_balance_is_expected_to_stay_as_it_was(run: Any) -> None:
    balances = [row("1000", 2025, 1, "0.00", "100.00"), row("1000", 2025, 2, "100.00", "120.00")]

    (found,) = run("CLS-02", books(balances)).top

    assert "shows 120.00 USD in period 2 of 2025, where 100.00 USD was expected from the period before" in found.reason


def test_the_same_period_of_the_year_before_comes_first(run: Any) -> None:
    season = moving("5000", "100.00", "100.00", "100.00", "500.00", year=2024)

    paper = run("CLS-02", books(season + moving("5000", "100.00", "100.00", "100.00", "500.00")), expectation="best")

    assert [found.key for found in paper.top] == ["Account 5000, 2024/4 in USD"]
    assert paper.statistics["Figures compared with the same period of the year before"] == "4"


def test_amounts_given_come_before_anything_else(run: Any) -> None:
    expected = [{"GL_Account_Number": "5000", "Fiscal_Year": 2025, "Period": 4, "Expected_Amount": "149.00"}]

    balances = books(moving("5000", "100.00", "100.00", "100.00", "150.00"), Expected_Amounts=expected)

    assert run("CLS-02", balances).exception_count == 0
    assert run("CLS-02", balances, expectation="earlier_periods").exception_count == 1


@pytest.mark.parametrize(("natural", "flagged"), [("yes", 0), ("no", 1)])
def test_a_budget_may_write_revenue_without_its_sign(run: Any, natural: str, flagged: int) -> None:
    expected = [{"GL_Account_Number": "4000", "Fiscal_Year": 2025, "Period": 1, "Expected_Amount": "100.00"}]

    balances = books(moving("4000", "-100.00"), Expected_Amounts=expected)

    assert run("CLS-02", balances, natural_signs=natural).exception_count == flagged


def test_what_is_taken_off_revenue_is_below_zero_in_such_a_budget(run: Any) -> None:
    expected = [{"GL_Account_Number": "4900", "Fiscal_Year": 2025, "Period": 1, "Expected_Amount": "-100.00"}]

    balances = books(moving("4900", "100.00"), Expected_Amounts=expected)

    assert run("CLS-02", balances, natural_signs="yes").exception_count == 0


def test_without_opening_balances_the_period_before_tells_the_movement(run: Any) -> None:
    balances = [row("5000", 2025, period, None, f"{100 * period}.00") for period in range(1, 6)]

    assert run("CLS-02", books(balances)).exception_count == 0


def test_units_are_compared_apart(run: Any) -> None:
    steady = [row("1000", 2025, period, None, "100.00", Business_Unit_Code="A") for period in (1, 2)]
    other = [row("1000", 2025, period, None, f"{period}00.00", Business_Unit_Code="B") for period in (1, 2)]

    paper = run("CLS-02", books(steady + other))

    assert [found.key for found in paper.top] == ["Account 1000 of unit B, 2025/2 in USD"]


def test_earlier_years_are_expectation_only_where_the_audit_has_a_period(run: Any) -> None:
    balances = moving("5000", "100.00", "900.00", year=2024) + moving("5000", "100.00", "100.00")

    paper = run("CLS-02", books(balances), period=parse_period("2025"))

    assert (paper.population, [found.key for found in paper.top]) == (2, ["Account 5000, 2025/2 in USD"])


SALES = ("-1000.00", "-1100.00", "-900.00", "-2000.00")


def test_a_cost_that_moved_with_revenue_is_dismissed_and_revenue_itself_is_not(run: Any) -> None:
    paper = run("CLS-02", books(moving("4000", *SALES) + moving("5000", "100.00", "110.00", "90.00", "200.00")))

    assert [found.key for found in paper.top] == ["Account 4000, 2025/4 in USD"]
    assert paper.dismissed.count == 1


@pytest.mark.parametrize(
    "costs",
    [("100.00", "110.00", "90.00", "225.00"), ("100.00", "100.00", "60.00", "200.00")],
    ids=["more than revenue did", "never moved with revenue before"],
)
def test_a_cost_that_revenue_does_not_explain_stays(run: Any, costs: tuple[str, ...]) -> None:
    paper = run("CLS-02", books(moving("4000", *SALES) + moving("5000", *costs)))

    assert "Account 5000, 2025/4 in USD" in [found.key for found in paper.top]


def test_without_types_of_accounts_movements_are_compared_and_told(run: Any) -> None:
    paper = run("CLS-02", {"Trial_Balance": moving("5000", "100.00", "100.00", "100.00", "500.00")})

    assert paper.exception_count == 1
    assert "the movement of each is compared" in paper.statistics["Accounts of the result"]
