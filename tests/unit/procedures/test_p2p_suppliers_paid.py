"""P2P-10 and P2P-11: payments after a change of bank details, and to suppliers that should not be paid."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import Period


def payment(id_: str, amount: str, day: str = "2025-03-12", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Amount_Currency": "USD", "Bank_Account": "DE 02"}
    return common | {"Payment_ID": id_, "Payment_Amount": amount, "Payment_Date": day} | columns


def supplier(**columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Supplier_Name": "Paper Ltd", "Active_Status": "Active"}
    return common | {"Created_At": "2020-01-01", "Bank_Changed_At": "2025-03-01", "Bank_Changed_By": "CARL"} | columns


def test_payments_soon_after_a_change_are_flagged_with_the_master_entry(run: Any) -> None:
    payments = [payment("P1", "50.00"), payment("P2", "30.00", "2025-03-03"), payment("P3", "9.00", "2025-04-01")]

    (found,) = run("P2P-10", {"Payments_Made": payments, "Supplier_Listing": [supplier()]}).top

    assert (found.key, found.amount) == ("Supplier V1 in USD", Decimal("80.00"))
    assert found.facts["Payment_ID"] == "P2"
    assert [source.table for source in found.sources] == ["Payments_Made", "Payments_Made", "Supplier_Listing"]
    assert found.reason == (
        "Supplier V1 (Paper Ltd) was paid 80.00 USD in 2 payments within 14 days after its bank details were changed "
        "by CARL on 2025-03-01, the first 2 days after."
    )


@pytest.mark.parametrize(
    ("day", "columns", "flagged"),
    [
        pytest.param("2025-03-15", {}, 1, id="14 days after"),
        pytest.param("2025-03-16", {}, 0, id="15 days after"),
        pytest.param("2025-03-01", {}, 1, id="the same day"),
        pytest.param("2025-02-28", {}, 0, id="before"),
        pytest.param("2025-03-12", {"Voided": True}, 0, id="voided"),
        pytest.param("2025-03-12", {"Supplier_Account_ID": "V2"}, 0, id="another supplier"),
    ],
)
def test_which_payments_are_soon_after_a_change(run: Any, day: str, columns: dict[str, Any], flagged: int) -> None:
    books = {"Payments_Made": [payment("P1", "50.00", day, **columns)], "Supplier_Listing": [supplier()]}

    assert run("P2P-10", books).flagged_count == flagged


@pytest.mark.parametrize(
    ("earlier", "listed", "dismissed"),
    [
        pytest.param(payment("P0", "5.00", "2025-01-10", Bank_Account="de02"), {}, True, id="account used before"),
        pytest.param(payment("P0", "5.00", "2025-01-10", Bank_Account="DE 03"), {}, False, id="another account before"),
        pytest.param(payment("P0", "5.00", "2025-01-10", Bank_Account=None), {}, False, id="account unknown"),
        pytest.param(
            payment("P0", "5.00", "2025-01-10", Supplier_Account_ID="V2"), {}, False, id="another supplier's account"
        ),
        pytest.param(payment("P0", "5.00", "2025-06-01"), {"Created_At": "2025-03-01"}, True, id="a new supplier"),
        pytest.param(payment("P0", "5.00", "2025-06-01"), {"Created_At": None}, False, id="day of creation unknown"),
    ],
)
def test_what_explains_a_change(run: Any, earlier: dict[str, Any], listed: dict[str, Any], dismissed: bool) -> None:
    books = {"Payments_Made": [earlier, payment("P1", "50.00")], "Supplier_Listing": [supplier(**listed)]}

    paper = run("P2P-10", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-10", books, dismiss="").exception_count == 1


def test_one_payment_to_a_new_account_keeps_the_exception(run: Any) -> None:
    payments = [
        payment("P0", "5.00", "2025-01-10"),
        payment("P1", "50.00"),
        payment("P2", "60.00", Bank_Account="DE 09"),
    ]

    assert run("P2P-10", {"Payments_Made": payments, "Supplier_Listing": [supplier()]}).exception_count == 1


def test_everything_that_is_wrong_with_a_supplier_is_said(run: Any) -> None:
    payments = [payment("P0", "5.00", "2024-01-10"), payment("P1", "50.00")]
    listing = [supplier(Active_Status=" Blocked ", One_Time=True)]

    (found,) = run(
        "P2P-11",
        {"Payments_Made": payments, "Supplier_Listing": listing},
        period=Period(start="2025-01-01", end="2025-12-31"),
    ).top

    assert (found.key, found.amount) == ("Supplier V1 in USD", Decimal("50.00"))
    assert found.reason == (
        "Supplier V1 (Paper Ltd) was paid 50.00 USD in 1 payment, although the vendor master says Blocked and it is a "
        "one-time supplier and was paid 2 times and it had not been paid for 427 days."
    )


def test_a_supplier_the_master_does_not_know_is_flagged(run: Any) -> None:
    books = {"Payments_Made": [payment("P1", "50.00")], "Supplier_Listing": [supplier(Supplier_Account_ID="V2")]}

    (found,) = run("P2P-11", books).top

    assert found.reason == "Supplier V1 was paid 50.00 USD in 1 payment, although it is not in the vendor master."


@pytest.mark.parametrize(
    ("payments", "listed", "flagged"),
    [
        pytest.param([payment("P1", "5.00")], {}, 0, id="active"),
        pytest.param([payment("P1", "5.00")], {"Active_Status": None}, 0, id="status unknown"),
        pytest.param([payment("P1", "5.00", Supplier_Account_ID=" v1")], {}, 0, id="written differently"),
        pytest.param([payment("P1", "5.00")], {"One_Time": True}, 0, id="one-time, paid once"),
        pytest.param([payment("P1", "5.00", "2024-03-12"), payment("P2", "5.00")], {}, 0, id="paid 365 days ago"),
        pytest.param([payment("P1", "5.00", "2024-03-11"), payment("P2", "5.00")], {}, 1, id="paid 366 days ago"),
        pytest.param([payment("P1", "5.00", Voided=True)], {"Active_Status": "Inactive"}, 0, id="voided"),
    ],
)
def test_which_suppliers_should_not_be_paid(
    run: Any, payments: list[dict[str, Any]], listed: dict[str, Any], flagged: int
) -> None:
    paper = run("P2P-11", {"Payments_Made": payments, "Supplier_Listing": [supplier(**listed)]})

    assert paper.flagged_count == flagged


@pytest.mark.parametrize(("back", "dismissed"), [("-50.00", True), ("-49.99", False)])
def test_what_came_back_in_full_is_dismissed(run: Any, back: str, dismissed: bool) -> None:
    payments = [payment("P1", "50.00"), payment("P2", back, "2025-03-20")]
    books = {"Payments_Made": payments, "Supplier_Listing": [supplier(Active_Status="Inactive")]}

    paper = run("P2P-11", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-11", books, dismiss="").exception_count == 1
