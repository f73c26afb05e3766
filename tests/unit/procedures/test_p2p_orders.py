"""P2P-05: invoices against the days of their orders."""

from decimal import Decimal
from typing import Any

import pytest


def order(id_: str, day: str, amount: str = "100.00", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "PO_Line": "1", "Amount_Currency": "USD", "Entered_By": "ANNA"}
    return common | {"PO_ID": id_, "PO_Date": day, "Amount": amount} | columns


def invoice(**columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Invoice_Date": "2025-03-12", "Amount_Currency": "USD", "PO_ID": "PO1"}
    return common | {"Invoice_ID": "I1", "Invoice_Number": "42", "Invoice_Amount": "119.00"} | columns


def test_an_order_after_the_invoice_is_flagged_with_days_and_amount(run: Any) -> None:
    (found,) = run("P2P-05", {"Invoices_Received": [invoice()], "Purchase_Orders": [order("PO1", "2025-03-14")]}).top

    assert (found.key, found.amount) == ("Invoice I1", Decimal("119.00"))
    assert found.reason == (
        "Purchase order PO1 was made by ANNA on 2025-03-14, 2 days after the date of the invoice 42 over 119.00 USD "
        "(2025-03-12)."
    )


@pytest.mark.parametrize(("day", "grace", "flagged"), [("12", "0", 0), ("13", "0", 1), ("13", "1", 0), ("14", "1", 1)])
def test_an_order_of_the_same_day_or_within_the_grace_is_let_pass(run: Any, day: str, grace: str, flagged: int) -> None:
    books = {"Invoices_Received": [invoice()], "Purchase_Orders": [order("PO1", f"2025-03-{day}")]}

    assert run("P2P-05", books, grace_days=grace).exception_count == flagged


def test_a_line_added_to_an_order_later_is_legitimate(run: Any) -> None:
    orders = [order("PO1", "2025-03-01"), order("PO1", "2025-03-20", PO_Line="2")]

    assert run("P2P-05", {"Invoices_Received": [invoice()], "Purchase_Orders": orders}).exception_count == 0


def test_credit_notes_and_orders_without_a_date_are_not_tested(run: Any) -> None:
    invoices = [invoice(Invoice_Amount="-5.00"), invoice(Invoice_ID="I2", PO_ID="PO2")]
    orders = [order("PO1", "2025-03-14"), order("PO2", "2025-03-14", PO_Date=None)]

    paper = run("P2P-05", {"Invoices_Received": invoices, "Purchase_Orders": orders})

    assert (paper.population, paper.exception_count) == (1, 0)
    assert paper.statistics["Invoices whose order is not in the books or not dated, not tested"] == "1"
