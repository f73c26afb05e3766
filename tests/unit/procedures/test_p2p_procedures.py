"""P2P-01 and P2P-04: duplicate invoices, and invoices against orders and receipts."""

from decimal import Decimal
from typing import Any

import pytest


def invoice(id_: str, number: str, amount: str, **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Invoice_Date": "2025-03-12", "Amount_Currency": "USD"}
    return common | {"Invoice_ID": id_, "Invoice_Number": number, "Invoice_Amount": amount} | columns


def test_numbers_written_differently_are_the_same_invoice_and_the_latest_comes_first(run: Any) -> None:
    invoices = [
        invoice("I1", "0042/a", "99.90"),
        invoice("I2", "42 A", "99.90", Invoice_Date="2025-04-01"),
        invoice("I3", "43A", "99.90"),
    ]

    (found,) = run("P2P-01", {"Invoices_Received": invoices}).top

    assert found.amount == Decimal("99.90")
    assert found.facts["Invoice_ID"] == "I2"
    assert found.reason == (
        "Supplier V1 has 2 invoices numbered 42 A (written differently) over 99.90 USD: "
        "first dated 2025-03-12, last dated 2025-04-01."
    )


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(invoice("I2", "42", "99.91"), id="another amount"),
        pytest.param(invoice("I2", "42", "99.90", Supplier_Account_ID="V2"), id="another supplier"),
        pytest.param(invoice("I2", "42", "99.90", Amount_Currency="EUR"), id="another currency"),
        pytest.param(invoice("I2", "42", "-99.90"), id="a negative amount"),
        pytest.param(invoice("I2", "42", "99.90", Invoice_Type_Name="Credit Memo"), id="a credit note"),
    ],
)
def test_what_looks_like_a_duplicate_but_is_none(run: Any, second: dict[str, Any]) -> None:
    assert run("P2P-01", {"Invoices_Received": [invoice("I1", "42", "99.90"), second]}).exception_count == 0


TWICE = [invoice("I1", "42", "99.90"), invoice("I2", "42", "99.90")]


def test_invoices_that_a_credit_note_took_back_are_dismissed_and_kept(run: Any) -> None:
    paper = run("P2P-01", {"Invoices_Received": [*TWICE, invoice("I3", "42", "-99.90")]})

    assert (paper.exception_count, paper.dismissed.top[0].rule) == (0, "credited")


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(invoice("I3", "42", "-99.89"), id="a cent too little"),
        pytest.param(invoice("I3", "43", "-99.90"), id="under another number"),
        pytest.param(invoice("I3", "42", "-99.90", Supplier_Account_ID="V2"), id="of another supplier"),
        pytest.param(invoice("I3", "42", "-99.90", Amount_Currency="EUR"), id="in another currency"),
    ],
)
def test_a_credit_note_that_takes_back_something_else_dismisses_nothing(run: Any, note: dict[str, Any]) -> None:
    assert run("P2P-01", {"Invoices_Received": [*TWICE, note]}).exception_count == 1


@pytest.mark.parametrize(
    ("references", "said"),
    [
        ((), "None is paid yet."),
        (("42",), "1 payment under that number, the last on 2025-04-01."),
        (("42", "0042"), "2 payments under that number, the last on 2025-04-02. What was paid too much has to be"),
    ],
)
def test_the_reason_says_what_was_paid_already(run: Any, references: tuple[str, ...], said: str) -> None:
    elsewhere = {"Payment_ID": "P9", "Supplier_Account_ID": "V9", "Payment_Amount": "1.00", "Reference_Number": "7"}
    payments = [
        {
            "Payment_ID": f"P{n}",
            "Supplier_Account_ID": "V1",
            "Payment_Date": f"2025-04-0{n}",
            "Payment_Amount": "99.90",
            "Amount_Currency": "USD",
            "Reference_Number": reference,
        }
        for n, reference in enumerate(references, 1)
    ]
    books = {"Invoices_Received": TWICE, "Payments_Made": [elsewhere | {"Payment_Date": "2025-01-01"}, *payments]}

    assert said in run("P2P-01", books).top[0].reason


def purchase(invoiced: str, *, received: str = "10", **columns: Any) -> dict[str, list[dict[str, Any]]]:
    """An order of 10 at 100.00, a receipt, and an invoice on it."""
    return {
        "Purchase_Orders": [
            {"PO_ID": "PO1", "PO_Line": "1", "Supplier_Account_ID": "V1", "Quantity": "10", "Unit_Price": "100"}
        ],
        "Goods_Received": [{"Receipt_ID": "R1", "PO_ID": "PO1", "PO_Line": "1", "Quantity": received}],
        "Invoices_Received": [invoice("I1", "42", invoiced, PO_ID="PO1") | columns],
    }


@pytest.mark.parametrize(("invoiced", "flagged"), [("1050.00", 0), ("1050.01", 1)])
def test_five_percent_above_the_order_is_let_pass(run: Any, invoiced: str, flagged: int) -> None:
    assert run("P2P-04", purchase(invoiced)).exception_count == flagged


def test_the_smaller_of_percentage_and_amount_is_the_tolerance(run: Any) -> None:
    assert run("P2P-04", purchase("1020.00"), price_amount="10").exception_count == 1


def test_goods_that_never_came_are_flagged_with_all_three_figures(run: Any) -> None:
    (found,) = run("P2P-04", purchase("1000.00", received="4")).top

    assert found.reason == (
        "Purchase order PO1 over 1,000.00 USD, of which 400.00 USD was received: 1,000.00 USD invoiced on "
        "1 invoice, 600.00 USD above what was received."
    )
    assert [source.table for source in found.sources] == ["Invoices_Received", "Purchase_Orders", "Goods_Received"]
    assert found.facts["Invoice_ID"] == "I1"


def test_an_order_that_does_not_exist_is_flagged(run: Any) -> None:
    (found,) = run("P2P-04", purchase("1000.00", PO_ID="PO9")).top

    assert found.reason == "Purchase order PO9 does not exist: 1,000.00 USD invoiced on 1 invoice."


def test_tax_on_the_invoice_is_not_above_the_order(run: Any) -> None:
    assert run("P2P-04", purchase("1190.00", Tax_Amount="190.00")).exception_count == 0


def test_a_part_delivery_invoiced_in_part_is_legitimate(run: Any) -> None:
    assert run("P2P-04", purchase("400.00", received="4")).exception_count == 0


def test_a_credit_note_takes_an_overcharge_back(run: Any) -> None:
    books = purchase("1200.00")
    books["Invoices_Received"].append(invoice("I2", "43", "-200.00", PO_ID="PO1"))

    assert run("P2P-04", books).exception_count == 0
