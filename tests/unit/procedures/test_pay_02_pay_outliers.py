"""PAY-02: rates and overtime above those of the grade, and net pay that does not follow from gross."""

from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_agent.books.tables import MemoryTables
from audit_agent.procedures.robust import robust_z, with_robust

STAFF = [{"Employee_ID": f"E{number}", "Grade": "G5"} for number in range(10)]
RATES = ("19.00", "19.50", "20.00", "20.00", "20.50", "21.00", "20.00", "19.80", "20.20")


def pay(employee: str = "E9", **columns: Any) -> dict[str, Any]:
    return {"Employee_ID": employee, "Pay_Date": "2025-03-31", "Gross_Amount": "3200.00"} | columns


def grade(column: str, values: tuple[str, ...] = RATES) -> list[dict[str, Any]]:
    """Pay of E0 to E8 with that column."""
    return [pay(f"E{number}", **{column: value}) for number, value in enumerate(values)]


def books(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"Payroll": list(rows), "Employees": STAFF}


def test_a_rate_far_above_the_grade_is_flagged(run: Any) -> None:
    (found,) = run("PAY-02", books(*grade("Rate"), pay(Rate="45.00"))).top

    assert (found.key, found.amount) == ("Employee E9, rate, USD", Decimal("3200.00"))
    assert found.reason == (
        "Employee E9 was paid at a rate of 45.00 USD on 2025-03-31, against a median of 20.00 USD of grade G5 (robust "
        "z 48.2)."
    )


@pytest.mark.parametrize(
    ("rows", "parameters"),
    [
        pytest.param([*grade("Rate"), pay(Rate="21.50")], {}, id="z of 2.9"),
        pytest.param([*grade("Rate"), pay(Rate="45.00")], {"robust_z": "49"}, id="a higher z is let pass"),
        pytest.param([*grade("Rate"), pay(Rate="5.00")], {}, id="far below"),
        pytest.param([*grade("Rate")[:6], pay(Rate="45.00")], {}, id="a grade of few"),
        pytest.param([*grade("Rate", ("20.00",) * 9), pay(Rate="21.99")], {}, id="all equal, and one ten percent off"),
        pytest.param([*grade("Rate"), pay("E10", Rate="45.00")], {}, id="another grade"),
        pytest.param([*grade("Rate"), pay(Rate="45.00", Amount_Currency="JPY")], {}, id="another currency"),
        pytest.param([*grade("Rate"), pay(Rate="45.00", Gross_Amount="-3200.00")], {}, id="paid back"),
    ],
)
def test_rates_that_are_usual(run: Any, rows: list[dict[str, Any]], parameters: dict[str, str]) -> None:
    assert run("PAY-02", books(*rows), **parameters).flagged_count == 0


def test_where_all_rates_of_a_grade_are_equal_one_that_is_not_is_an_outlier(run: Any) -> None:
    (found,) = run("PAY-02", books(*grade("Rate", ("20.00",) * 9), pay(Rate="22.00"))).top

    assert found.reason.endswith("against a median of 20.00 USD of grade G5 (robust z 8.0).")


def test_without_rates_pay_is_compared_by_hours_and_without_hours_as_it_is(run: Any) -> None:
    by_hours = [pay(f"E{number}", Hours="160", Gross_Amount=amount) for number, amount in enumerate(["3200.00"] * 9)]
    (found,) = run("PAY-02", books(*by_hours, pay(Hours="80"))).top
    assert found.reason.startswith("Employee E9 was paid per hour 40.00 USD on 2025-03-31, against a median of 20.00")

    plain = [pay(f"E{number}") for number in range(9)]
    assert run("PAY-02", books(*plain, pay(Gross_Amount="9000.00"))).exception_count == 1


def test_without_employees_everybody_is_compared(run: Any) -> None:
    (found,) = run("PAY-02", {"Payroll": [*grade("Rate"), pay(Rate="45.00")]}).top

    assert "of all who have no grade" in found.reason


HOURS = ("8", "10", "9", "10", "12", "11", "10", "9", "8")


def test_overtime_far_above_the_grade_is_flagged(run: Any) -> None:
    rows = books(*grade("Overtime_Hours", HOURS), pay(Overtime_Hours="60", Rate="20.00"))

    (found,) = run("PAY-02", rows).top

    assert (found.key, found.amount) == ("Employee E9, overtime, USD", Decimal("1200.00"))
    assert found.reason == (
        "Employee E9 was paid 60 hours of overtime on 2025-03-31, against a median of 10 of grade G5 (robust z 33.7)."
    )


def test_overtime_of_one_who_alone_works_any_is_held_against_the_hours(run: Any) -> None:
    rows = [*(pay(f"E{number}", Hours="160") for number in range(9)), pay(Hours="160", Overtime_Hours="80.5")]

    (found,) = run("PAY-02", books(*rows)).top

    assert found.reason == (
        "Employee E9 was paid 80.5 hours of overtime beside 160 hours on 2025-03-31; too few of grade G5 work overtime "
        "to compare it."
    )
    assert run("PAY-02", books(*rows), overtime_percent="51").flagged_count == 0


@pytest.mark.parametrize(
    ("peak", "dismissed"),
    [
        pytest.param(("40", "40", "45", "60"), True, id="a peak for most"),
        pytest.param(("39", "40", "1", "1"), False, id="half did not"),
        pytest.param(("40", "40"), False, id="two others"),
    ],
)
def test_overtime_in_a_peak_of_the_grade_is_dismissed(run: Any, peak: tuple[str, ...], dismissed: bool) -> None:
    usual = [
        row | {"Pay_Date": f"2025-{month:02}-28"} for month in range(4, 10) for row in grade("Overtime_Hours", HOURS)
    ]
    others = grade("Overtime_Hours", peak)

    paper = run("PAY-02", books(*usual, *others, pay(Overtime_Hours="60")))

    assert ("Employee E9, overtime, USD" in {item.key for item in paper.top}) is not dismissed


def test_a_net_that_gross_tax_and_deductions_do_not_make_is_flagged(run: Any) -> None:
    right = pay("E1", Tax_Amount="600.00", Deductions_Amount="100.00", Net_Amount="2500.00")
    wrong = pay(Tax_Amount="600.00", Deductions_Amount="100.00", Net_Amount="2600.00")

    (found,) = run("PAY-02", books(right, wrong)).top

    assert (found.key, found.amount) == ("Employee E9, net, USD", Decimal("100.00"))
    assert found.reason == (
        "Employee E9 was paid 2,600.00 USD net on 2025-03-31, 100.00 USD more than gross, tax and deductions make "
        "(2,500.00 USD)."
    )


@pytest.mark.parametrize(
    ("columns", "flagged"),
    [
        pytest.param({"Net_Amount": "2500.01"}, 0, id="a cent"),
        pytest.param({"Net_Amount": "2500.02"}, 1, id="two cents"),
        pytest.param({"Net_Amount": "2499.00"}, 1, id="too little"),
        pytest.param({"Net_Amount": None}, 0, id="no net"),
        pytest.param({"Deductions_Amount": None, "Net_Amount": "2600.00"}, 0, id="nothing is deducted"),
    ],
)
def test_how_exact_a_net_must_be(run: Any, columns: dict[str, Any], flagged: int) -> None:
    right = pay("E1", Tax_Amount="600.00", Deductions_Amount="100.00", Net_Amount="2500.00")

    paper = run("PAY-02", books(right, pay(Tax_Amount="600.00", Deductions_Amount="100.00") | columns))

    assert paper.flagged_count == flagged


def test_tax_may_be_stated_below_zero_throughout(run: Any) -> None:
    rows = [
        pay(name, Tax_Amount="-600.00", Deductions_Amount="-100.00", Net_Amount=net)
        for name, net in (("E1", "2500.00"), ("E9", "3900.00"))
    ]

    assert [item.key for item in run("PAY-02", books(*rows)).top] == ["Employee E9, net, USD"]


def test_where_deductions_are_not_in_the_books_only_a_net_too_high_is_flagged(run: Any) -> None:
    rows = [pay("E1", Tax_Amount="600.00", Net_Amount="2500.00"), pay(Tax_Amount="600.00", Net_Amount="2700.00")]

    paper = run("PAY-02", books(*rows))

    assert [item.key for item in paper.top] == ["Employee E9, net, USD"]
    assert "only a net that is too high" in paper.statistics["Net pay"]


@pytest.mark.parametrize(
    ("later", "dismissed"),
    [
        pytest.param({"Net_Amount": "2400.00"}, True, id="taken back"),
        pytest.param({"Net_Amount": "2401.00"}, False, id="not all of it"),
        pytest.param({"Net_Amount": "2400.00", "Pay_Date": "2025-08-31"}, False, id="months later"),
        pytest.param({"Net_Amount": "2400.00", "Employee_ID": "E1"}, False, id="from somebody else"),
    ],
)
def test_a_net_that_a_later_pay_puts_right_is_dismissed(run: Any, later: dict[str, str], dismissed: bool) -> None:
    common = {"Tax_Amount": "600.00", "Deductions_Amount": "100.00"}
    rows = books(pay(**common, Net_Amount="2600.00"), pay(**common) | {"Pay_Date": "2025-04-30"} | later)

    paper = run("PAY-02", rows)

    assert (paper.exception_count == 0) is dismissed
    assert paper.flagged_count > 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.decimals(min_value=1, max_value=9999, places=2), min_size=3, max_size=12))
def test_the_robust_z_is_the_textbook_one(values: list[Decimal]) -> None:
    rows = [pay(f"E{number}", Rate=str(value)) for number, value in enumerate(values)]
    with MemoryTables({"Payroll": rows}) as tables:
        found = with_robust(tables.whole("Payroll"), ["Pay_Date"], "Rate").to_pyarrow().to_pylist()

    middle = median(values)
    apart = [abs(value - middle) for value in values]
    mad, mean = median(apart), sum(apart, Decimal(0)) / len(apart)
    for row in found:
        if mean == 0:
            assert row["twice_apart"] == 0
        else:
            z = Decimal("0.6745") * abs(row["Rate"] - middle) / mad if mad else abs(row["Rate"] - middle)
            z = z if mad else z / (Decimal("1.253314") * mean)
            assert abs(robust_z(row) - z) < Decimal("0.000001")
