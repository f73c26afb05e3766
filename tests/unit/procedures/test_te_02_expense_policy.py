"""TE-02: limits, splits under them, merchants that are not allowed, missing receipts and weekends."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.procedures.parameters import ParameterError

MEALS = [{"Category": "Meals", "Limit_Amount": "60.00", "Amount_Currency": "USD"}]
PER_DAY = [MEALS[0] | {"Limit_Per": "Day"}]
STAFF = [{"Employee_ID": "E1", "User_ID": "ANNA"}, {"Employee_ID": "E2", "User_ID": "BEN"}]


def claim(id_: str = "X1", **columns: Any) -> dict[str, Any]:
    """A meal on Monday 2025-03-03, with receipt, within the limit."""
    common = {
        "Employee_ID": "E1",
        "Expense_Date": "2025-03-03",
        "Amount": "50.00",
        "Amount_Currency": "USD",
        "Category": "Meals",
        "Merchant": "Ritz",
        "MCC": "5812",
        "Receipt_Attached": True,
    }
    return common | {"Expense_ID": id_} | columns


def books(*claims: dict[str, Any], limits: Any = MEALS) -> dict[str, Any]:
    return {"Expense_Reports": list(claims), "Expense_Limits": limits, "Employees": STAFF}


@pytest.mark.parametrize(
    ("columns", "amount", "wrong"),
    [
        pytest.param({"Amount": "75.00"}, "15.00", "above the limit of 60.00 USD", id="above"),
        pytest.param({"MCC": "7995"}, "50.00", "merchant code 7995 is not allowed", id="betting"),
        pytest.param({"Receipt_Attached": False}, "50.00", "no receipt is recorded", id="no receipt"),
        pytest.param({"Receipt_Attached": None}, "50.00", "no receipt is recorded", id="receipt left blank"),
        pytest.param({"Expense_Date": "2025-03-08"}, "50.00", "dated on a Saturday", id="weekend"),
        pytest.param(
            {"Amount": "75.00", "Expense_Date": "2025-03-09"},
            "75.00",
            "above the limit of 60.00 USD, dated on a Sunday",
            id="two at once are one exception",
        ),
    ],
)
def test_claims_that_the_policy_does_not_allow(run: Any, columns: dict[str, Any], amount: str, wrong: str) -> None:
    (found,) = run("TE-02", books(claim(**columns), claim("X2", Employee_ID="E2"))).top

    assert found.amount == Decimal(amount)
    day = columns.get("Expense_Date", "2025-03-03")
    assert found.reason == f"E1 claimed {columns.get('Amount', '50.00')} USD (Meals, Ritz) on {day}: {wrong}."


@pytest.mark.parametrize(
    ("columns", "parameters"),
    [
        pytest.param({"Amount": "60.00"}, {}, id="at the limit"),
        pytest.param({"Amount": "66.00"}, {"over_percent": "10"}, id="within what is let pass"),
        pytest.param({"Amount": "75.00", "Category": "Hotel"}, {}, id="a category without a limit"),
        pytest.param({"Amount": "75.00", "Amount_Currency": "EUR"}, {}, id="another currency"),
        pytest.param({"Amount": "24.99", "Receipt_Attached": False}, {}, id="too small for a receipt"),
        pytest.param({"Expense_Date": "2025-03-07"}, {}, id="Friday"),
        pytest.param({"MCC": "7995"}, {"barred_codes": ""}, id="no code is barred"),
        pytest.param({"Amount": "-75.00", "Receipt_Attached": False}, {}, id="paid back"),
    ],
)
def test_claims_that_it_allows(run: Any, columns: dict[str, Any], parameters: dict[str, str]) -> None:
    assert run("TE-02", books(claim(**columns)), **parameters).flagged_count == 0


def test_a_limit_holds_while_it_is_valid_and_the_lowest_counts(run: Any) -> None:
    limits = [
        MEALS[0] | {"Valid_To": "2025-02-28", "Limit_Amount": "10.00"},
        MEALS[0],
        MEALS[0] | {"Limit_Amount": "90.00"},
    ]

    assert [item.amount for item in run("TE-02", books(claim(Amount="75.00"), limits=limits)).top] == [Decimal(15)]


def test_limits_can_be_given_as_a_parameter(run: Any) -> None:
    rows = {"Expense_Reports": [claim(Amount="75.00")]}

    assert run("TE-02", rows, limits="meal=60").exception_count == 1
    assert run("TE-02", rows).exception_count == 0


def test_a_code_that_lost_its_zeros_is_the_same_code(run: Any) -> None:
    rows = {"Expense_Reports": [claim(MCC="742")]}

    assert run("TE-02", rows, barred_codes="0742").exception_count == 1


def test_what_the_books_do_not_carry_is_said(run: Any) -> None:
    paper = run("TE-02", {"Expense_Reports": [claim(MCC=None, Receipt_Attached=None)]})

    assert paper.flagged_count == 0
    assert paper.statistics["Receipts"] == "the books do not tell which claims have one, not tested"
    assert paper.statistics["Merchant codes"] == "not in the books, not tested"


def test_a_bill_split_under_the_limit_is_flagged(run: Any) -> None:
    (found,) = run("TE-02", books(claim("X1"), claim("X2", Amount="45.00", Merchant="RITZ."))).top

    assert (found.amount, found.source_count) == (Decimal("35.00"), 2)
    assert found.reason == (
        "E1 made 2 claims on 2025-03-03 for Meals at Ritz: together 95.00 USD, above 60.00 USD, the limit of a claim, "
        "under which each stays."
    )


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"Amount": "10.00"}, id="together within the limit"),
        pytest.param({"Merchant": "Savoy"}, id="another merchant"),
        pytest.param({"Expense_Date": "2025-03-04"}, id="another day"),
        pytest.param({"Employee_ID": "E2"}, id="another person"),
        pytest.param({"Category": "Hotel"}, id="another category"),
    ],
)
def test_claims_that_are_no_split(run: Any, second: dict[str, str]) -> None:
    assert run("TE-02", books(claim("X1"), claim("X2", **second))).flagged_count == 0


def test_a_daily_limit_holds_for_all_merchants_of_a_day(run: Any) -> None:
    (found,) = run("TE-02", books(claim("X1"), claim("X2", Merchant="Savoy"), limits=PER_DAY)).top

    assert found.reason == (
        "E1 made 2 claims on 2025-03-03 for Meals: together 100.00 USD, above the daily limit of 60.00 USD."
    )


@pytest.mark.parametrize(
    ("columns", "dismissed"),
    [
        pytest.param({"Category": "Per diem"}, True, id="an allowance"),
        pytest.param({"Category": "Per diem", "Amount": "61.00"}, False, id="more than the allowance"),
        pytest.param({"Category": "Per diem abroad"}, False, id="no limit says how much it is"),
        pytest.param({"Category": "Per diem", "Expense_Date": "2025-03-08"}, False, id="and on a weekend"),
        pytest.param({}, False, id="a meal"),
    ],
)
def test_flat_allowances_need_no_receipt(run: Any, columns: dict[str, str], dismissed: bool) -> None:
    limits = [*MEALS, MEALS[0] | {"Category": "per diem"}]
    rows = books(claim(Receipt_Attached=False, **columns), claim("X2", Employee_ID="E2"), limits=limits)

    paper = run("TE-02", rows)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


FRIDAY = {"Expense_ID": "H1", "Category": "Hotel", "Expense_Date": "2025-03-07", "Report_ID": "R1"}
MONDAY = FRIDAY | {"Expense_ID": "H2", "Expense_Date": "2025-03-10"}


@pytest.mark.parametrize(
    ("columns", "trip", "dismissed"),
    [
        pytest.param({"Approved_By": "ben"}, [FRIDAY, MONDAY], True, id="away from Friday to Monday"),
        pytest.param({"Approved_By": "E2"}, [FRIDAY, MONDAY], True, id="approver named by number"),
        pytest.param({"Approved_By": "anna"}, [FRIDAY, MONDAY], False, id="approved by the traveller"),
        pytest.param({"Approved_By": "SOMEBODY"}, [FRIDAY, MONDAY], False, id="approved by nobody known"),
        pytest.param({}, [FRIDAY, MONDAY], False, id="not approved"),
        pytest.param({"Approved_By": "ben"}, [FRIDAY], False, id="home for the weekend"),
        pytest.param({"Approved_By": "ben"}, [FRIDAY, MONDAY | {"Report_ID": "R2"}], False, id="two trips"),
        pytest.param({"Approved_By": "ben"}, [FRIDAY, MONDAY | {"Employee_ID": "E2"}], False, id="another's trip"),
        pytest.param(
            {"Approved_By": "ben"},
            [FRIDAY, MONDAY | {"Expense_Date": "2025-03-12"}],
            False,
            id="away again days later",
        ),
        pytest.param({"Approved_By": "ben", "MCC": "7995"}, [FRIDAY, MONDAY], False, id="betting on a trip"),
    ],
)
def test_a_weekend_on_a_trip_is_dismissed(
    run: Any, columns: dict[str, str], trip: list[dict[str, str]], dismissed: bool
) -> None:
    weekend = claim(Expense_Date="2025-03-08", Report_ID="R1", **columns)

    paper = run("TE-02", books(weekend, *(claim(**stay) for stay in trip)))

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def test_of_two_faults_only_the_one_that_no_rule_explains_is_told(run: Any) -> None:
    weekend = claim(Expense_Date="2025-03-08", Report_ID="R1", Approved_By="BEN", Receipt_Attached=False)

    (found,) = run("TE-02", books(weekend, claim(**FRIDAY), claim(**MONDAY))).top

    assert found.reason.endswith("on 2025-03-08: no receipt is recorded.")


@pytest.mark.parametrize(
    ("columns", "dismissed"),
    [
        pytest.param({}, True, id="two rides"),
        pytest.param({"Amount": "50.00"}, False, id="the same amount twice"),
        pytest.param({"Approved_By": "ANNA"}, False, id="approved by the passenger"),
        pytest.param({"Receipt_Attached": False, "Amount": "20.00"}, False, id="without a receipt"),
    ],
)
def test_several_journeys_of_a_day_are_dismissed(run: Any, columns: dict[str, Any], dismissed: bool) -> None:
    limits = [MEALS[0] | {"Category": "Taxi"}]
    ride = {"Category": "Taxi", "Merchant": None, "Approved_By": "BEN"}
    rows = books(claim("X1", **ride), claim("X2", **(ride | {"Amount": "45.00"} | columns)), limits=limits)

    paper = run("TE-02", rows)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


@pytest.mark.parametrize("text", ["meals", "meals=much", "=60", "meals=-1", "meals=NaN"])
def test_a_limit_that_is_none_is_refused(run: Any, text: str) -> None:
    with pytest.raises(ParameterError, match="is not a word of a category and an amount"):
        run("TE-02", {"Expense_Reports": [claim()]}, limits=text)
