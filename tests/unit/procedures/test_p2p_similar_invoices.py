"""P2P-02: invoices that agree in three of supplier, number, amount and date."""

from decimal import Decimal
from typing import Any

import pytest


def invoice(id_: str, number: str, amount: str = "500.00", day: str = "2025-03-12", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Amount_Currency": "USD"}
    return common | {
        "Invoice_ID": id_, "Invoice_Number": number, "Invoice_Amount": amount, "Invoice_Date": day
    } | columns  # fmt: skip


FIRST = invoice("I1", "RE-10042")
BANK = [{"Supplier_Account_ID": name, "Bank_Account": "DE0212030000"} for name in ("V1", "V2")]


def test_a_number_that_a_scanner_misread_is_the_same_and_the_pair_is_explained(run: Any) -> None:
    (found,) = run("P2P-02", {"Invoices_Received": [FIRST, invoice("I2", "RE-1OO42", day="2025-03-15")]}).top

    assert (found.key, found.amount) == ("Invoices I1 and I2", Decimal("500.00"))
    assert found.facts["Invoice_ID"] == "I2"
    assert found.reason == (
        "Invoice RE-1OO42 of V1 over 500.00 USD (2025-03-15) and Invoice RE-10042 of V1 over 500.00 USD (2025-03-12) "
        "agree in supplier, number, amount and date, 3 days apart: 96 of 100 points."
    )


@pytest.mark.parametrize(
    ("second", "flagged"),
    [
        pytest.param(invoice("I2", "RE-10402"), 1, id="swapped digits"),
        pytest.param(invoice("I2", "RE-10042A", day="2025-09-01"), 1, id="a letter more, long after"),
        pytest.param(invoice("I2", "RE-10043", day="2025-09-01"), 0, id="the next number, long after"),
        pytest.param(invoice("I2", "RE-10042", "600.00"), 1, id="another amount"),
        pytest.param(invoice("I2", "RE-10042", "600.00", "2025-09-01"), 0, id="another amount, long after"),
        pytest.param(invoice("I2", "RE-10042", "504.99", "2025-09-01"), 1, id="one percent apart, long after"),
        pytest.param(invoice("I2", "RE-10042", "505.06", "2025-09-01"), 0, id="more than one percent, long after"),
        pytest.param(invoice("I2", "X7", "500.01"), 0, id="another number and nearly the amount"),
        pytest.param(invoice("I2", "RE-1OO42", "500.01"), 0, id="nearly the number and nearly the amount"),
        pytest.param(invoice("I2", "X7", day="2025-03-22"), 1, id="another number, ten days apart"),
        pytest.param(invoice("I2", "X7", day="2025-04-11"), 0, id="another number, a month apart"),
        pytest.param(invoice("I2", "RE-10042", Supplier_Account_ID="V2"), 1, id="another supplier"),
        pytest.param(invoice("I2", "RE-10043", Supplier_Account_ID="V2"), 0, id="another supplier and number"),
        pytest.param(invoice("I2", "RE-10042"), 0, id="an exact duplicate is P2P-01's"),
    ],
)
def test_three_of_four_agree(run: Any, second: dict[str, Any], flagged: int) -> None:
    paper = run("P2P-02", {"Invoices_Received": [FIRST, second]})

    assert (paper.exception_count, paper.flagged_count) == (flagged, flagged)


def test_more_that_is_inexact_can_be_let_pass(run: Any) -> None:
    invoices = {"Invoices_Received": [FIRST, invoice("I2", "X7", "504.99")]}

    assert run("P2P-02", invoices, inexact="2").exception_count == 1
    assert run("P2P-02", invoices, inexact="2", amount_percent="0.9").exception_count == 0


def test_two_suppliers_with_one_bank_account_are_one(run: Any) -> None:
    invoices = [FIRST, invoice("I2", "X7", Supplier_Account_ID="V2")]

    (found,) = run("P2P-02", {"Invoices_Received": invoices, "Supplier_Listing": BANK}).top

    assert "agree in bank account of the supplier, amount and date, 0 days apart; the number differs" in found.reason
    assert run("P2P-02", {"Invoices_Received": invoices}).exception_count == 0


def test_a_higher_score_can_be_asked_for(run: Any) -> None:
    invoices = {"Invoices_Received": [FIRST, invoice("I2", "X7")]}

    assert run("P2P-02", invoices, minimum_score="75").exception_count == 1
    assert run("P2P-02", invoices, minimum_score="76").exception_count == 0


def order(id_: str, amount: str) -> dict[str, Any]:
    return {"PO_ID": id_, "PO_Line": "1", "Amount": amount, "Amount_Currency": "USD"}


WEEKLY = [invoice(f"I{n}", f"N{n}{n}", day=f"2025-03-{day}") for n, day in enumerate(("03", "10", "17"), start=3)]


@pytest.mark.parametrize(
    ("invoices", "orders", "rule"),
    [
        pytest.param([FIRST, invoice("I2", "RE-10042", Amount_Currency="EUR")], [], "other-currency", id="currency"),
        pytest.param([FIRST, invoice("I2", "RE-10042B", "-500.00")], [], "credit-note", id="credit note"),
        pytest.param(
            [FIRST, invoice("I2", "RE-1OO42"), invoice("I3", "G-1", "-500.00", "2025-06-01")], [], "reversed",
            id="reversed",
        ),
        pytest.param(
            [FIRST | {"Invoice_Type_Name": "Instalment 1"}, invoice("I2", "X7", Invoice_Type_Name="Instalment 2")],
            [], "instalments", id="instalments",
        ),
        pytest.param(
            [FIRST | {"PO_ID": "PO1"}, invoice("I2", "X7", PO_ID="PO1")], [order("PO1", "1000.00")], "contract",
            id="part deliveries",
        ),
        pytest.param(WEEKLY, [], "recurring", id="weekly"),
    ],
)  # fmt: skip
def test_what_makes_them_definitely_two(
    run: Any, invoices: list[dict[str, Any]], orders: list[dict[str, Any]], rule: str
) -> None:
    books = {"Invoices_Received": invoices, "Purchase_Orders": orders or [order("PO0", "1.00")]}

    paper = run("P2P-02", books)

    assert paper.exception_count == 0
    assert {item.rule for item in paper.dismissed.by} == {rule}
    assert run("P2P-02", books, dismiss="").exception_count == paper.flagged_count > 0


@pytest.mark.parametrize(
    ("invoices", "orders"),
    [
        pytest.param([FIRST, invoice("I2", "RE-1OO42"), invoice("I3", "G-1", "-400.00")], [], id="credited in part"),
        pytest.param(
            [FIRST | {"PO_ID": "PO1"}, invoice("I2", "X7", PO_ID="PO1")], [order("PO1", "999.99")], id="above the order"
        ),
        pytest.param(
            [FIRST | {"PO_ID": "PO1"}, invoice("I2", "RE-1OO42", PO_ID="PO1")], [order("PO1", "1000.00")],
            id="one number within an order",
        ),
        pytest.param([*WEEKLY, invoice("I9", "N99", day="2025-03-18")], [], id="one too many in a series"),
        pytest.param(
            [FIRST | {"Invoice_Type_Name": "Instalment"}, invoice("I2", "RE-1OO42", Invoice_Type_Name="Instalment")],
            [], id="one instalment twice",
        ),
    ],
)  # fmt: skip
def test_what_does_not_explain_them(run: Any, invoices: list[dict[str, Any]], orders: list[dict[str, Any]]) -> None:
    books = {"Invoices_Received": invoices, "Purchase_Orders": orders or [order("PO0", "1.00")]}

    assert run("P2P-02", books).exception_count > 0


def test_many_equal_invoices_are_not_all_compared(run: Any) -> None:
    invoices = [invoice(f"I{n:04}", f"{n:04}{n:04}X", "9.00") for n in range(1000)]

    paper = run("P2P-02", {"Invoices_Received": invoices})

    (computed,) = paper.computed
    assert computed.rows <= 1000 * 50
