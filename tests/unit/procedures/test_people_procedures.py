"""ACC-01, ACC-02, PAY-01 and TE-01: roles, leavers, pay and expenses."""

from decimal import Decimal
from typing import Any

import pytest


def role(user: str, name: str, **columns: Any) -> dict[str, Any]:
    return {"User_ID": user, "Role": name} | columns


BOTH = [role("DORA", "Create suppliers"), role("dora", "Treasury clerk")]


def test_roles_that_conflict_and_were_both_used_are_flagged(run: Any) -> None:
    books = {
        "Role_Assignments": BOTH,
        "Supplier_Listing": [{"Supplier_Account_ID": "V1", "Created_By": "Dora"}],
        "Payments_Made": [
            {
                "Payment_ID": "P1",
                "Supplier_Account_ID": "V1",
                "Payment_Date": "2025-03-01",
                "Payment_Amount": "1.00",
                "Entered_By": "DORA",
            }
        ],
    }

    paper = run("ACC-01", books, conflicts="supplier+payment")

    (found,) = paper.top
    assert (found.key, found.source_count) == ("User DORA, supplier and payment", 2)
    assert found.reason == "User DORA may handle both supplier and payment and did both."


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param([role("DORA", "Create suppliers")], id="one half"),
        pytest.param([role("DORA", "Create suppliers"), role("EMIL", "Run payments")], id="two people"),
        pytest.param(
            [role("DORA", "Create suppliers"), role("DORA", "Run payments", Revoked_Date="2025-01-01")], id="revoked"
        ),
    ],
)
def test_roles_that_do_not_conflict(run: Any, roles: list[dict[str, Any]]) -> None:
    assert run("ACC-01", {"Role_Assignments": roles}).flagged_count == 0


def test_a_conflict_that_the_books_show_was_never_used_is_dismissed(run: Any) -> None:
    books = {
        "Role_Assignments": [role("DORA", "Create suppliers"), role("DORA", "Run payments")],
        "Supplier_Listing": [{"Supplier_Account_ID": "V1", "Created_By": "EMIL"}],
        "Payments_Made": [
            {
                "Payment_ID": "P1",
                "Supplier_Account_ID": "V1",
                "Payment_Date": "2025-03-01",
                "Payment_Amount": "1.00",
                "Entered_By": "DORA",
            }
        ],
    }

    paper = run("ACC-01", books, conflicts="supplier+payment")

    assert (paper.exception_count, paper.flagged_count) == (0, 1)
    assert run("ACC-01", books, conflicts="supplier+payment", dismiss="").exception_count == 1


def test_a_conflict_of_which_the_books_show_nothing_stays(run: Any) -> None:
    books = {"Role_Assignments": [role("DORA", "Create suppliers"), role("DORA", "Run payments")]}

    (found,) = run("ACC-01", books, conflicts="supplier+payment").top

    assert found.reason == (
        "User DORA may handle both supplier and payment, whether or not both were used cannot be seen in the books."
    )


LEFT = {"User_ID": "anna", "Active_Status": "Inactive", "Active_Modified_Date": "2025-03-10"}


@pytest.mark.parametrize(
    ("day", "grace", "flagged"), [("2025-03-10", "0", 0), ("2025-03-12", "0", 1), ("2025-03-12", "2", 0)]
)
def test_journals_after_the_last_day_are_flagged(run: Any, journal: Any, day: str, grace: str, flagged: int) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), Entered_Date=day)

    paper = run("ACC-02", {"GL_Detail": lines, "User_Listing": [LEFT]}, grace_days=grace)

    assert paper.exception_count == flagged


def test_the_reason_says_when_the_user_left_and_what_came_since(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), ("2100", "-10.00"), Entered_Date="2025-03-12")

    (found,) = run("ACC-02", {"GL_Detail": lines, "User_Listing": [LEFT]}).top

    assert found.amount == Decimal("10.00")
    assert found.reason == (
        "User ANNA left on 2025-03-10; 1 journal was entered in this name since, the last 2 days later."
    )


def test_an_active_user_whose_record_changed_has_not_left(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), Entered_Date="2025-03-12")

    assert (
        run("ACC-02", {"GL_Detail": lines, "User_Listing": [LEFT | {"Active_Status": "Active"}]}).exception_count == 0
    )


def test_the_listing_of_employees_tells_who_left_too(run: Any, journal: Any) -> None:
    lines = journal("J1", ("6000", "10.00"), Entered_Date="2025-03-12")
    staff = [{"Employee_ID": "E1", "Name": "Anna", "User_ID": "ANNA", "End_Date": "2025-03-01"}]
    listing = [LEFT | {"User_ID": "BEN"}]

    assert run("ACC-02", {"GL_Detail": lines, "User_Listing": listing, "Employees": staff}).exception_count == 1


def pay(employee: str = "E1", **columns: Any) -> dict[str, Any]:
    return {
        "Employee_ID": employee,
        "Pay_Date": "2025-03-31",
        "Gross_Amount": "3000.00",
        "Amount_Currency": "USD",
    } | columns


def person(employee: str = "E1", **columns: Any) -> dict[str, Any]:
    return {"Employee_ID": employee, "Name": f"Jo {employee}"} | columns


@pytest.mark.parametrize(
    ("staff", "reason"),
    [
        pytest.param(
            [person("E2")],
            "Employee E1 is not in the listing of employees and was paid 3,000.00 USD in 1 payment.",
            id="ghost",
        ),
        pytest.param(
            [person(End_Date="2025-03-30")],
            "Employee E1 (Jo E1) left on 2025-03-30 and was paid 3,000.00 USD in 1 payment.",
            id="left",
        ),
    ],
)
def test_pay_for_people_who_are_not_there(run: Any, staff: list[dict[str, Any]], reason: str) -> None:
    (found,) = run("PAY-01", {"Payroll": [pay()], "Employees": staff}).top

    assert (found.reason, found.amount) == (reason, Decimal("3000.00"))


@pytest.mark.parametrize(
    ("staff", "grace"),
    [
        pytest.param([person()], "0", id="employed"),
        pytest.param([person(End_Date="2025-03-31")], "0", id="paid on the last day"),
        pytest.param([person(End_Date="2025-03-01")], "30", id="still owed"),
    ],
)
def test_pay_for_people_who_are(run: Any, staff: list[dict[str, Any]], grace: str) -> None:
    assert run("PAY-01", {"Payroll": [pay()], "Employees": staff}, grace_days=grace).flagged_count == 0


def test_two_people_paid_on_one_account_are_flagged_together(run: Any) -> None:
    staff = [person(Bank_Account="DE01 2345"), person("E2")]

    (found,) = run("PAY-01", {"Payroll": [pay(), pay("E2", Bank_Account="de-012345")], "Employees": staff}).top

    assert (found.amount, found.source_count) == (Decimal("6000.00"), 2)
    assert found.reason == "2 employees are paid on the account ending in 2345: 6,000.00 USD in 2 payments."


@pytest.mark.parametrize(
    ("other", "dismissed"),
    [
        pytest.param({"Address": "kai 1 kiel"}, True, id="the same address"),
        pytest.param({"Address": "Kai 2, Kiel"}, False, id="next door"),
        pytest.param({}, False, id="no address on record"),
    ],
)
def test_couples_who_share_an_account_are_dismissed(run: Any, other: dict[str, str], dismissed: bool) -> None:
    staff = [person(Bank_Account="DE01", Address="Kai 1, Kiel"), person("E2", Bank_Account="DE01", **other)]
    books = {"Payroll": [pay(), pay("E2")], "Employees": staff}

    paper = run("PAY-01", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def claim(id_: str, **columns: Any) -> dict[str, Any]:
    common = {"Employee_ID": "E1", "Expense_Date": "2025-03-03", "Amount": "42.00", "Amount_Currency": "USD"}
    return common | {"Expense_ID": id_} | columns


def test_the_same_claim_by_card_and_in_cash_is_flagged(run: Any) -> None:
    claims = [claim("X1", Payment_Method="Card"), claim("X2", Payment_Method="Cash", Expense_Date="2025-03-04")]

    (found,) = run("TE-01", {"Expense_Reports": claims}).top

    assert (found.amount, found.source_count) == (Decimal("42.00"), 2)
    assert found.reason == "E1 claimed 42.00 USD 2 times from 2025-03-03 on, paid in 2 ways."


@pytest.mark.parametrize(
    ("second", "parameters"),
    [
        pytest.param(claim("X2", Expense_Date="2025-03-05"), {}, id="two days later"),
        pytest.param(claim("X2", Amount="42.01"), {}, id="another amount"),
        pytest.param(claim("X2", Employee_ID="E2"), {}, id="another person"),
        pytest.param(claim("X2", Amount_Currency="EUR"), {}, id="another currency"),
        pytest.param(claim("X2", Merchant="B"), {"same_merchant": "yes"}, id="another merchant"),
    ],
)
def test_claims_that_are_two_expenses(run: Any, second: dict[str, Any], parameters: dict[str, str]) -> None:
    books = {"Expense_Reports": [claim("X1", Merchant="A"), second]}

    assert run("TE-01", books, **parameters).flagged_count == 0


def test_days_that_follow_one_another_are_one_group_and_later_ones_another(run: Any) -> None:
    days = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-20", "2025-03-21")
    claims = [claim(f"X{place}", Expense_Date=day) for place, day in enumerate(days)]

    paper = run("TE-01", {"Expense_Reports": claims})

    assert sorted((item.amount, item.source_count) for item in paper.top) == [
        (Decimal("42.00"), 2),
        (Decimal("84.00"), 3),
    ]


@pytest.mark.parametrize(
    ("columns", "dismissed"),
    [
        pytest.param({"Category": "Train fare", "Report_ID": "R1"}, True, id="one report"),
        pytest.param({"Category": "Dinner", "Report_ID": "R1"}, False, id="no fare"),
        pytest.param({"Category": "Train fare"}, False, id="no report on record"),
    ],
)
def test_fares_there_and_back_are_dismissed(run: Any, columns: dict[str, str], dismissed: bool) -> None:
    paper = run("TE-01", {"Expense_Reports": [claim("X1", **columns), claim("X2", **columns)]})

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
