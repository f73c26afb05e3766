"""P2P-03, P2P-05 and P2P-07: paid twice, ordered late, split under a limit."""

from decimal import Decimal
from typing import Any

import pytest


def payment(id_: str, amount: str = "100.00", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Payment_Date": "2025-03-20", "Reference_Number": "R-1"}
    return common | {"Payment_ID": id_, "Payment_Amount": amount, "Amount_Currency": "USD"} | columns


def invoice(amount: str = "100.00", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Invoice_Date": "2025-03-01", "Invoice_Number": "r 1", "Invoice_ID": "I1"}
    return common | {"Invoice_Amount": amount, "Amount_Currency": "USD"} | columns


def test_an_invoice_paid_twice_is_flagged_with_the_latest_payment_first(run: Any) -> None:
    payments = [payment("P1"), payment("P2", Payment_Date="2025-04-02", Reference_Number="R1")]

    (found,) = run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice()]}).top

    assert (found.amount, found.facts["Payment_ID"], found.source_count) == (Decimal("100.00"), "P2", 2)
    assert found.reason == (
        "Supplier V1 was paid 200.00 USD in 2 payments for invoice R1, which is over 100.00 USD: 100.00 USD too much."
    )


@pytest.mark.parametrize(
    ("second", "flagged"),
    [
        pytest.param(payment("P2", "0.01"), 1, id="a cent too much"),
        pytest.param(payment("P2", "100.00", Voided=True), 0, id="voided"),
        pytest.param(payment("P2", "100.00", Reference_Number="R-2"), 0, id="another invoice"),
        pytest.param(payment("P2", "100.00", Supplier_Account_ID="V2"), 0, id="another supplier"),
        pytest.param(payment("P2", "100.00", Amount_Currency="EUR"), 0, id="another currency"),
    ],
)
def test_what_is_paid_too_much_and_what_is_not(run: Any, second: dict[str, Any], flagged: int) -> None:
    books = {"Payments_Made": [payment("P1"), second], "Invoices_Received": [invoice()]}

    assert run("P2P-03", books).exception_count == flagged


def test_instalments_up_to_the_invoice_and_payments_that_came_back_are_let_pass(run: Any) -> None:
    instalments = [payment("P1", "40.00"), payment("P2", "60.00")]
    returned = [payment("P3", Supplier_Account_ID="V2"), payment("P4", Supplier_Account_ID="V2")]
    returned.append(payment("P5", "-100.00", Supplier_Account_ID="V2"))
    bills = [invoice(), invoice(Supplier_Account_ID="V2")]

    assert run("P2P-03", {"Payments_Made": instalments + returned, "Invoices_Received": bills}).flagged_count == 0


def test_two_payments_of_an_invoice_the_books_do_not_have_are_one_too_many(run: Any) -> None:
    books = {"Payments_Made": [payment("P1"), payment("P2")], "Invoices_Received": [invoice(Invoice_Number="X")]}

    (found,) = run("P2P-03", books).top

    assert "which the books do not have: 100.00 USD too much" in found.reason


@pytest.mark.parametrize(
    ("note", "dismissed"),
    [
        pytest.param(invoice("-100.00", Invoice_ID="N1", Invoice_Date="2025-04-01"), True, id="credited later"),
        pytest.param(invoice("-100.00", Invoice_ID="N1", Invoice_Date="2025-03-02"), False, id="credited before"),
        pytest.param(invoice("-60.00", Invoice_ID="N1", Invoice_Date="2025-04-01"), False, id="credited in part"),
        pytest.param(
            invoice("-100.00", Invoice_ID="N1", Invoice_Date="2025-04-01", Supplier_Account_ID="V2"),
            False,
            id="credited by another",
        ),
    ],
)
def test_a_credit_note_that_makes_up_for_it_dismisses_it(run: Any, note: dict[str, Any], dismissed: bool) -> None:
    books = {"Payments_Made": [payment("P1"), payment("P2")], "Invoices_Received": [invoice(), note]}

    paper = run("P2P-03", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)


def ordered(day: str, **columns: Any) -> dict[str, Any]:
    return {"PO_ID": "PO1", "PO_Date": day, "Supplier_Account_ID": "V1"} | columns


@pytest.mark.parametrize(
    ("day", "grace", "flagged"), [("2025-03-01", "0", 0), ("2025-03-02", "0", 1), ("2025-03-02", "1", 0)]
)
def test_an_order_younger_than_its_invoice_is_flagged(run: Any, day: str, grace: str, flagged: int) -> None:
    books = {"Purchase_Orders": [ordered(day)], "Invoices_Received": [invoice(PO_ID="PO1")]}

    assert run("P2P-05", books, grace_days=grace).exception_count == flagged


def test_the_first_line_of_an_order_dates_it_and_the_reason_names_both_days(run: Any) -> None:
    orders = [ordered("2025-03-09", PO_Line="2"), ordered("2025-03-04", PO_Line="1")]

    (found,) = run("P2P-05", {"Purchase_Orders": orders, "Invoices_Received": [invoice(PO_ID="PO1")]}).top

    assert found.reason == (
        "Invoice r 1 of supplier V1 over 100.00 USD is dated 2025-03-01; its order PO1 was made on 2025-03-04, "
        "3 days later."
    )


def test_a_blanket_order_written_up_late_is_dismissed(run: Any) -> None:
    orders = [ordered("2025-03-09", Description="Blanket order cleaning 2025")]
    books = {"Purchase_Orders": orders, "Invoices_Received": [invoice(PO_ID="PO1")]}

    assert (run("P2P-05", books).exception_count, run("P2P-05", books).flagged_count) == (0, 1)
    assert run("P2P-05", books, dismiss="").exception_count == 1


def split(*orders: tuple[str, str], **columns: Any) -> dict[str, list[dict[str, Any]]]:
    rows = [
        {"PO_ID": f"PO{place}", "PO_Date": day, "Amount": amount, "Supplier_Account_ID": "V1", "Entered_By": "ANNA"}
        | columns
        for place, (day, amount) in enumerate(orders)
    ]
    limits = [{"Limit_Amount": "1000.00", "Document_Type": "Purchase order"}]
    return {"Purchase_Orders": rows, "Approval_Limits": limits}


def test_orders_just_under_the_limit_within_days_are_split(run: Any) -> None:
    (found,) = run("P2P-07", split(("2025-03-03", "900.00"), ("2025-03-17", "1000.00"))).top

    assert (found.amount, found.source_count) == (Decimal("1900.00"), 2)
    assert found.reason == (
        "2 orders from supplier V1 by ANNA between 2025-03-03 and 2025-03-17 come to 1,900.00 USD, each at or just "
        "under the limit of 1,000.00 USD."
    )


@pytest.mark.parametrize(
    "books",
    [
        pytest.param(split(("2025-03-03", "900.00"), ("2025-03-18", "1000.00")), id="too far apart"),
        pytest.param(split(("2025-03-03", "899.99"), ("2025-03-04", "1000.00")), id="one well under it"),
        pytest.param(split(("2025-03-03", "1000.01"), ("2025-03-04", "1000.00")), id="one above it"),
        pytest.param(split(("2025-03-03", "1000.00")), id="one order"),
    ],
)
def test_orders_that_are_not_split(run: Any, books: dict[str, Any]) -> None:
    assert run("P2P-07", books).flagged_count == 0


def test_lines_of_one_order_are_one_order(run: Any) -> None:
    books = split(("2025-03-03", "950.00"), ("2025-03-03", "950.00"))
    books["Purchase_Orders"][1]["PO_ID"] = "PO0"

    assert run("P2P-07", books).flagged_count == 0


def test_calls_on_a_blanket_order_are_dismissed(run: Any) -> None:
    books = split(("2025-03-03", "950.00"), ("2025-03-04", "950.00"), Description="Call on framework 7")

    assert (run("P2P-07", books).exception_count, run("P2P-07", books).flagged_count) == (0, 1)


def test_without_any_limit_the_conclusion_says_what_is_missing(run: Any) -> None:
    books = split(("2025-03-03", "950.00"), ("2025-03-04", "950.00"))
    del books["Approval_Limits"]

    assert run("P2P-07", books).conclusion.startswith("No limit is known: give the parameter `limit`")
    assert run("P2P-07", books, limit="1000").exception_count == 1
