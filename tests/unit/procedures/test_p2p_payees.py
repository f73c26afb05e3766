"""P2P-09, P2P-10, P2P-11 and P2P-13: who is paid, and whether they are who they seem."""

from decimal import Decimal
from typing import Any

import pytest


def supplier(id_: str = "V1", **columns: Any) -> dict[str, Any]:
    return {"Supplier_Account_ID": id_, "Supplier_Name": "Nordlicht GmbH"} | columns


def employee(**columns: Any) -> dict[str, Any]:
    return {"Employee_ID": "E1", "Name": "Jo Doe"} | columns


def payment(id_: str = "P1", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Payment_Date": "2025-03-20", "Payment_Amount": "500.00"}
    return common | {"Payment_ID": id_, "Amount_Currency": "USD"} | columns


def test_a_shared_bank_account_is_found_however_it_is_written_with_what_was_paid(run: Any) -> None:
    books = {
        "Supplier_Listing": [supplier(Bank_Account="DE02 1203-0000", Email="a@example.com")],
        "Employees": [employee(Bank_Account="de0212030000", Email="A@example.com ")],
        "Payments_Made": [payment(), payment("P2", Voided=True), payment("P3", Amount_Currency="EUR")],
    }

    (found,) = run("P2P-09", books).top

    assert (found.key, found.amount) == ("Supplier V1 and employee E1", Decimal("500.00"))
    assert found.reason == "Supplier V1 (Nordlicht GmbH) has the bank account of employee E1 (Jo Doe)."


@pytest.mark.parametrize(
    ("ours", "theirs", "shared"),
    [
        pytest.param(
            {"Address_Street": "Hafenstr. 1", "Address_Postal_Code": "20457", "Address_City": "Hamburg"},
            {"Address": "Hafenstr 1, 20457 HAMBURG"},
            "address",
            id="address",
        ),
        pytest.param({"Email": "jo@example.com"}, {"Email": "JO@example.com"}, "e-mail address", id="mail"),
    ],
)
def test_an_address_or_a_mail_address_is_enough(
    run: Any, ours: dict[str, str], theirs: dict[str, str], shared: str
) -> None:
    (found,) = run("P2P-09", {"Supplier_Listing": [supplier(**ours)], "Employees": [employee(**theirs)]}).top

    assert f"has the {shared} of employee E1" in found.reason


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param({"Bank_Account": ""}, {"Bank_Account": ""}, id="both without an account"),
        pytest.param({"Bank_Account": "DE01"}, {"Bank_Account": "DE011"}, id="accounts that only begin alike"),
        pytest.param({"Address_City": "Hamburg"}, {"Address": "Hamburg, Hafenstr. 1"}, id="the same town"),
    ],
)
def test_what_is_not_the_same_is_not_flagged(run: Any, ours: dict[str, str], theirs: dict[str, str]) -> None:
    books = {"Supplier_Listing": [supplier(**ours)], "Employees": [employee(**theirs)]}

    assert run("P2P-09", books).flagged_count == 0


def test_an_employee_kept_under_the_own_name_is_dismissed(run: Any) -> None:
    books = {
        "Supplier_Listing": [supplier(Supplier_Name="JO  DOE", Bank_Account="DE01")],
        "Employees": [employee(Bank_Account="DE01")],
    }

    assert (run("P2P-09", books).exception_count, run("P2P-09", books).flagged_count) == (0, 1)
    assert run("P2P-09", books, dismiss="").exception_count == 1


CHANGED = {"Bank_Changed_At": "2025-03-15", "Bank_Changed_By": "CARL"}


@pytest.mark.parametrize(
    ("day", "flagged"), [("2025-03-14", 0), ("2025-03-15", 1), ("2025-03-29", 1), ("2025-03-30", 0)]
)
def test_payments_within_two_weeks_of_a_change_are_flagged(run: Any, day: str, flagged: int) -> None:
    books = {"Supplier_Listing": [supplier(**CHANGED)], "Payments_Made": [payment(Payment_Date=day)]}

    assert run("P2P-10", books).exception_count == flagged


def test_the_reason_says_how_soon_and_who_changed_it(run: Any) -> None:
    (found,) = run("P2P-10", {"Supplier_Listing": [supplier(**CHANGED)], "Payments_Made": [payment()]}).top

    assert found.reason == (
        "Supplier V1 was paid 500.00 USD on 2025-03-20, 5 days after its bank details were changed by CARL on "
        "2025-03-15."
    )


@pytest.mark.parametrize(
    ("earlier", "dismissed"),
    [
        pytest.param({"Bank_Account": "de01", "Payment_Date": "2024-12-01"}, True, id="used before the change"),
        pytest.param({"Bank_Account": "DE01", "Payment_Date": "2025-03-16"}, False, id="used only since the change"),
        pytest.param({"Bank_Account": "DE02", "Payment_Date": "2024-12-01"}, False, id="another account"),
        pytest.param({"Bank_Account": None, "Payment_Date": "2024-12-01"}, False, id="an account not on record"),
    ],
)
def test_a_payment_to_an_account_used_before_is_dismissed(run: Any, earlier: dict[str, Any], dismissed: bool) -> None:
    payments = [payment("P0", **earlier), payment(Bank_Account="DE 01")]
    books = {"Supplier_Listing": [supplier(**CHANGED)], "Payments_Made": payments}

    keys = {item.key for item in run("P2P-10", books).top}

    assert ("Payment P1" not in keys) is dismissed


@pytest.mark.parametrize(
    ("listed", "payments", "why"),
    [
        pytest.param([supplier("V2")], [payment()], "is not in the listing of suppliers", id="unlisted"),
        pytest.param([supplier(Active_Status="Blocked")], [payment()], "is not active", id="inactive"),
        pytest.param(
            [supplier(One_Time=True)],
            [payment("P0", Payment_Date="2025-01-02"), payment()],
            "is for one payment only and was paid before",
            id="again",
        ),
        pytest.param(
            [supplier()],
            [payment("P0", Payment_Date="2024-03-19"), payment()],
            "had not been paid for 366 days",
            id="asleep",
        ),
    ],
)
def test_payees_that_nobody_expects(
    run: Any, listed: list[dict[str, Any]], payments: list[dict[str, Any]], why: str
) -> None:
    (found,) = run("P2P-11", {"Supplier_Listing": listed, "Payments_Made": payments}).top

    assert found.reason.endswith(f"was paid 500.00 USD and {why}.")
    assert found.amount == Decimal("500.00")


@pytest.mark.parametrize(
    ("listed", "payments"),
    [
        pytest.param([supplier(Active_Status="Active")], [payment()], id="active"),
        pytest.param([supplier(One_Time=True)], [payment()], id="once"),
        pytest.param([supplier()], [payment("P0", Payment_Date="2024-03-20"), payment()], id="a year ago"),
        pytest.param([supplier("V2")], [payment(Voided=True)], id="voided"),
        pytest.param([supplier("V2")], [payment(Payment_Amount="-500.00")], id="a refund"),
    ],
)
def test_payees_that_are_expected(run: Any, listed: list[dict[str, Any]], payments: list[dict[str, Any]]) -> None:
    assert run("P2P-11", {"Supplier_Listing": listed, "Payments_Made": payments}).exception_count == 0


def bills(*numbers: str, **columns: Any) -> list[dict[str, Any]]:
    return [
        {
            "Invoice_ID": f"I{place}",
            "Invoice_Number": number,
            "Supplier_Account_ID": "V1",
            "Invoice_Date": f"2025-03-{place + 1:02d}",
            "Invoice_Amount": f"{100 + place}.00",
        }
        | columns
        for place, number in enumerate(numbers)
    ]


def test_five_numbers_in_a_row_are_a_run(run: Any) -> None:
    (found,) = run("P2P-13", {"Invoices_Received": bills("R-9", "R-10", "R-11", "R-12", "R-13", "R-99")}).top

    assert (found.amount, found.source_count) == (Decimal("510.00"), 5)
    assert found.reason == (
        "Supplier V1 sent 5 invoices numbered R9 to R13 without a gap, 510.00 USD in all: it seems to bill nobody else."
    )


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(("R-1", "R-2", "R-3", "R-4", "R-6"), id="a gap"),
        pytest.param(("R-1", "R-1", "R-2", "R-3", "R-4"), id="one twice"),
        pytest.param(("A-1", "B-2", "A-3", "B-4", "A-5"), id="two series"),
        pytest.param(("R-A", "R-B", "R-C", "R-D", "R-E"), id="no digits"),
    ],
)
def test_numbers_that_do_not_follow_one_another(run: Any, numbers: tuple[str, ...]) -> None:
    assert run("P2P-13", {"Invoices_Received": bills(*numbers)}).flagged_count == 0


def test_equal_bills_one_a_month_are_a_contract(run: Any) -> None:
    monthly = [
        bill | {"Invoice_Date": f"2025-0{place}-01", "Invoice_Amount": "80.00"}
        for place, bill in enumerate(bills("R-1", "R-2", "R-3", "R-4", "R-5"), start=1)
    ]

    paper = run("P2P-13", {"Invoices_Received": monthly})

    assert (paper.exception_count, paper.flagged_count) == (0, 1)
    assert run("P2P-13", {"Invoices_Received": monthly}, dismiss="").exception_count == 1
