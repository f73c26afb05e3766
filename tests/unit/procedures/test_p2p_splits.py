"""P2P-07: purchases split to stay under an approval limit."""

from decimal import Decimal
from typing import Any

import pytest

LIMITS = [
    {"User_ID": "ANNA", "Limit_Amount": "1000.00", "Amount_Currency": "USD"},
    {"User_ID": "BEN", "Limit_Amount": "5000.00", "Amount_Currency": "USD"},
]


def order(id_: str, amount: str, day: str = "2025-03-12", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "PO_Line": "1", "Amount_Currency": "USD", "Entered_By": "ANNA"}
    return common | {"PO_ID": id_, "PO_Date": day, "Amount": amount} | columns


def invoice(id_: str, amount: str, day: str = "2025-03-12", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Amount_Currency": "USD", "Entered_By": "ANNA"}
    return common | {"Invoice_ID": id_, "Invoice_Date": day, "Invoice_Amount": amount} | columns


def books(*orders: dict[str, Any], **tables: Any) -> dict[str, Any]:
    """Orders, the limits, and an invoice far below them."""
    given = {"Approval_Limits": LIMITS, "Invoices_Received": [invoice("I0", "10.00")]}
    return given | ({"Purchase_Orders": list(orders)} if orders else {}) | tables


def test_two_orders_just_under_the_limit_are_one_exception(run: Any) -> None:
    (found,) = run("P2P-07", books(order("PO1", "950.00"), order("PO2", "980.00", "2025-03-20"))).top

    assert (found.key, found.amount) == (
        "Purchases of supplier V1 from 2025-03-12 under 1000.0000 USD",
        Decimal("1930.00"),
    )
    assert found.facts["PO_ID"] == "PO2"
    assert found.reason == (
        "2 purchases of supplier V1 from 2025-03-12 to 2025-03-20 add up to 1,930.00 USD; each is at least 90 % of the "
        "approval limit of 1,000.00 USD and none is above it."
    )


@pytest.mark.parametrize(
    ("second", "flagged"),
    [
        pytest.param(order("PO2", "900.00"), 1, id="at 90 percent"),
        pytest.param(order("PO2", "899.99"), 0, id="below 90 percent"),
        pytest.param(order("PO2", "1000.00"), 1, id="at the limit"),
        pytest.param(order("PO2", "1000.01"), 0, id="above the limit"),
        pytest.param(order("PO2", "950.00", "2025-03-25"), 1, id="within 14 days"),
        pytest.param(order("PO2", "950.00", "2025-03-26"), 0, id="15 days"),
        pytest.param(order("PO2", "950.00", Supplier_Account_ID="V2"), 0, id="another supplier"),
        pytest.param(order("PO2", "950.00", Amount_Currency="EUR"), 0, id="another currency"),
        pytest.param(order("PO1", "950.00", PO_Line="2"), 0, id="a second line of one order"),
    ],
)
def test_what_lies_under_the_limit_and_within_the_days(run: Any, second: dict[str, Any], flagged: int) -> None:
    assert run("P2P-07", books(order("PO1", "950.00"), second)).flagged_count == flagged


def test_a_lower_share_needs_a_sum_above_the_limit_within_the_days(run: Any) -> None:
    far_apart = [order(f"PO{n}", "400.00", f"2025-03-{day}") for n, day in enumerate(("01", "10", "20", "29"))]

    near = run("P2P-07", books(*far_apart[:2], order("PO9", "400.00", "2025-03-14")), limit_percent="30")
    far = run("P2P-07", books(*far_apart), limit_percent="30")

    assert (near.exception_count, far.flagged_count) == (1, 0)


def test_invoices_without_an_order_count_beside_orders_and_those_with_one_do_not(run: Any) -> None:
    invoices = [invoice("I1", "950.00"), invoice("I2", "950.00", PO_ID="PO1")]

    one = run("P2P-07", books(order("PO1", "100.00"), Invoices_Received=invoices))
    both = run("P2P-07", books(order("PO1", "920.00"), Invoices_Received=invoices))
    no_orders = run("P2P-07", books(Invoices_Received=invoices))

    assert (one.exception_count, both.exception_count, no_orders.exception_count) == (0, 1, 1)
    assert {source.table for source in both.top[0].sources} == {"Purchase_Orders", "Invoices_Received"}


def test_who_entered_them_can_tell_groups_apart(run: Any) -> None:
    given = books(order("PO1", "950.00"), order("PO2", "950.00", Supplier_Account_ID="V2"))

    assert run("P2P-07", given, same="user").exception_count == 1
    assert run("P2P-07", given, same="supplier_and_user").exception_count == 0


def test_a_limit_that_does_not_hold_that_day_or_for_journals_is_none(run: Any) -> None:
    expired = [LIMITS[0] | {"Valid_To": "2025-03-11"}]
    journals = [LIMITS[0] | {"Document_Type": "Journal"}]
    orders = (order("PO1", "950.00"), order("PO2", "950.00"))

    assert run("P2P-07", books(*orders, Approval_Limits=expired)).flagged_count == 0
    assert run("P2P-07", books(*orders, Approval_Limits=journals)).flagged_count == 0


@pytest.mark.parametrize(
    ("columns", "dismissed"),
    [
        pytest.param({"Approved_By": "ben"}, True, id="may approve the total"),
        pytest.param({"Approved_By": "BEN", "Entered_By": "BEN"}, False, id="approved by who entered"),
        pytest.param({"Approved_By": "CARL"}, False, id="no limit is known"),
        pytest.param({"Description": "Call-off from blanket order 7"}, True, id="a blanket order"),
        pytest.param({"Description": "Paper"}, False, id="nothing of the kind"),
    ],
)
def test_what_explains_a_split(run: Any, columns: dict[str, str], dismissed: bool) -> None:
    given = books(order("PO1", "950.00", **columns), order("PO2", "950.00", **columns))

    paper = run("P2P-07", given)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-07", given, dismiss="").exception_count == 1


def test_one_purchase_of_several_that_is_unexplained_keeps_the_exception(run: Any) -> None:
    given = books(order("PO1", "950.00", Approved_By="BEN"), order("PO2", "950.00", Approved_By="ANNA"))

    assert run("P2P-07", given).exception_count == 1


@pytest.mark.parametrize(("last", "dismissed"), [("2025-03-15", True), ("2025-03-10", False)])
def test_a_weekly_schedule_is_dismissed(run: Any, last: str, dismissed: bool) -> None:
    orders = [order(f"PO{day}", "950.00", day) for day in ("2025-03-01", "2025-03-08", last)]

    paper = run("P2P-07", books(*orders))

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
