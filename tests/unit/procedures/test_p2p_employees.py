"""P2P-09: suppliers that share particulars with an employee."""

from decimal import Decimal
from typing import Any

import pytest

PLACE = {"Address_Street": "Hauptstraße 12a", "Address_Postal_Code": "80331", "Address_City": "München"}
SUPPLIER = {"Supplier_Account_ID": "V1", "Supplier_Name": "Nordlicht Beratung GmbH"}
EMPLOYEE = {"Employee_ID": "E1", "Name": "Jana Vogt"}
PAYMENT = {"Payment_ID": "P1", "Supplier_Account_ID": "V1", "Payment_Date": "2025-03-12", "Payment_Amount": "70.00"}


def books(supplier: dict[str, Any], employee: dict[str, Any], **tables: Any) -> dict[str, Any]:
    return {"Supplier_Listing": [SUPPLIER | supplier], "Employees": [EMPLOYEE | employee]} | tables


def test_a_shared_bank_account_is_flagged_with_what_was_paid(run: Any) -> None:
    given = books({"Bank_Account": "DE02 1203 0000"}, {"Bank_Account": "de0212030000"}, Payments_Made=[PAYMENT])

    (found,) = run("P2P-09", given).top

    assert (found.key, found.amount) == ("Supplier V1 and employee E1", Decimal("70.00"))
    assert [source.table for source in found.sources] == ["Supplier_Listing", "Employees"]
    assert found.reason == (
        "Supplier V1 (Nordlicht Beratung GmbH) shares the bank account with employee E1 (Jana Vogt); the supplier was "
        "paid 70.00 USD in the period."
    )


def test_an_address_written_differently_is_the_same(run: Any) -> None:
    (found,) = run("P2P-09", books(PLACE, {"Address": "80331 Munchen, Haupt-Str. 12 A"})).top

    assert found.amount is None
    assert found.reason == (
        "Supplier V1 (Nordlicht Beratung GmbH) shares the address (100 % alike: Hauptstraße 12a, 80331, München / "
        "80331 Munchen, Haupt-Str. 12 A) with employee E1 (Jana Vogt)."
    )


@pytest.mark.parametrize(
    ("supplier", "employee", "flagged"),
    [
        pytest.param(PLACE, {"Address": "Haupstr. 12a, 80331 München"}, 1, id="a slip of the pen"),
        pytest.param(PLACE, {"Address": "Hauptstraße 12, 80331 München"}, 0, id="the next house"),
        pytest.param(PLACE, {"Address": "Marktstraße 12a, 80331 München"}, 0, id="another street"),
        pytest.param(PLACE, {"Address": "Hauptstraße 12a, 80333 München"}, 0, id="another postal code"),
        pytest.param(PLACE, {"Address": None}, 0, id="no address"),
        pytest.param({"Phone": "+49 89 1234567"}, {"Phone": "089/1234567"}, 1, id="telephone with another prefix"),
        pytest.param({"Phone": "+49 89 1234567"}, {"Phone": "089/1234568"}, 0, id="another telephone"),
        pytest.param({"Phone": "0000000"}, {"Phone": "0000000"}, 0, id="a placeholder"),
        pytest.param({"Email": "Jana@Vogt.example"}, {"Email": "jana@vogt.example "}, 1, id="e-mail"),
        pytest.param({"Bank_Account": "DE02120300"}, {"Bank_Account": "DE02120301"}, 0, id="another account"),
        pytest.param({"Bank_Account": None}, {"Bank_Account": None}, 0, id="no account"),
    ],
)
def test_what_is_shared(run: Any, supplier: dict[str, Any], employee: dict[str, Any], flagged: int) -> None:
    assert run("P2P-09", books(supplier, employee)).flagged_count == flagged


@pytest.mark.parametrize(
    ("name", "claimed", "dismissed"),
    [
        pytest.param("Vogt, Jana", "70.00", True, id="paid what was claimed"),
        pytest.param("Vogt, Jana", "69.99", False, id="paid more than claimed"),
        pytest.param("Nordlicht Beratung GmbH", "70.00", False, id="another name"),
    ],
)
def test_expenses_paid_back_are_dismissed(run: Any, name: str, claimed: str, dismissed: bool) -> None:
    claims = [{"Expense_ID": "X1", "Employee_ID": "E1", "Expense_Date": "2025-03-01", "Amount": claimed}]
    bank = {"Bank_Account": "DE0212030000"}
    given = books(bank | {"Supplier_Name": name}, bank, Payments_Made=[PAYMENT], Expense_Reports=claims)

    paper = run("P2P-09", given)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-09", given, dismiss="").exception_count == 1


@pytest.mark.parametrize(("employees", "dismissed"), [(5, True), (4, False)])
def test_an_address_of_many_employees_is_dismissed(run: Any, employees: int, dismissed: bool) -> None:
    people = [{"Employee_ID": f"E{n}", "Address": "Hauptstr. 12a, 80331 München"} for n in range(employees)]
    given = {"Supplier_Listing": [SUPPLIER | PLACE], "Employees": people}

    paper = run("P2P-09", given)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else employees, employees)


def test_a_bank_account_is_never_explained_by_an_address_of_many(run: Any) -> None:
    bank = {"Bank_Account": "DE0212030000"}
    people = [{"Employee_ID": f"E{n}", "Address": "Hauptstr. 12a, 80331 München"} for n in range(5)]
    people[3] |= bank

    paper = run("P2P-09", {"Supplier_Listing": [SUPPLIER | PLACE | bank], "Employees": people})

    assert [item.key for item in paper.top] == ["Supplier V1 and employee E3"]
