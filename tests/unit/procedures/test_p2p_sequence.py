"""P2P-06: the steps of purchases against the flow declared for their kind."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period
from audit_agent.procedures.registry import REGISTRY


def order(day: str = "2025-03-01", **columns: Any) -> dict[str, Any]:
    common = {"PO_ID": "PO1", "PO_Line": "1", "Supplier_Account_ID": "V1", "Amount": "100.00", "Amount_Currency": "USD"}
    return common | {"PO_Date": day} | columns


def receipt(day: str, **columns: Any) -> dict[str, Any]:
    return {"Receipt_ID": "R1", "PO_ID": "PO1", "PO_Line": "1", "Receipt_Date": day, "Quantity": "1"} | columns


def invoice(day: str, **columns: Any) -> dict[str, Any]:
    common = {"Invoice_ID": "I1", "Invoice_Number": "42", "PO_ID": "PO1", "PO_Line": "1", "Supplier_Account_ID": "V1"}
    return common | {"Invoice_Date": day, "Invoice_Amount": "119.00", "Amount_Currency": "USD"} | columns


def payment(day: str, **columns: Any) -> dict[str, Any]:
    common = {"Payment_ID": "P1", "Supplier_Account_ID": "V1", "Reference_Number": "42", "Payment_Amount": "119.00"}
    return common | {"Payment_Date": day} | columns


def books(
    orders: list[dict[str, Any]],
    receipts: list[dict[str, Any]],
    invoices: list[dict[str, Any]],
    payments: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Beside what is given one purchase that went as it should, so that every table has rows."""
    other = {
        "Purchase_Orders": order("2025-01-01", PO_ID="PO9"),
        "Goods_Received": receipt("2025-01-02", PO_ID="PO9", Receipt_ID="R9"),
        "Invoices_Received": invoice("2025-01-03", PO_ID="PO9", Invoice_ID="I9", Invoice_Number="99"),
        "Payments_Made": payment("2025-01-04", Payment_ID="P9", Reference_Number="99"),
    }
    given = (orders, receipts, invoices, payments or [])
    return {table: [row, *more] for (table, row), more in zip(other.items(), given, strict=True)}


def test_an_invoice_before_the_goods_is_flagged_with_every_event(run: Any) -> None:
    purchase = books([order()], [receipt("2025-03-09")], [invoice("2025-03-08")], [payment("2025-03-20")])

    (found,) = run("P2P-06", purchase).top

    assert (found.key, found.amount, found.source_count) == ("Purchase order PO1, line 1", Decimal("119.00"), 4)
    assert found.reason == (
        "Purchase order PO1, line 1, of supplier V1 over 119.00 USD does not go by order, then receipt, then invoice, "
        "then payment: invoice before receipt (order 2025-03-01, receipt 2025-03-09, invoice 2025-03-08, payment "
        "2025-03-20)."
    )


@pytest.mark.parametrize(("day", "grace", "flagged"), [("08", "0", 0), ("09", "0", 1), ("09", "1", 0), ("10", "1", 1)])
def test_steps_of_one_day_or_within_the_grace_are_in_sequence(run: Any, day: str, grace: str, flagged: int) -> None:
    purchase = books([order()], [receipt(f"2025-03-{day}")], [invoice("2025-03-08")])

    assert run("P2P-06", purchase, grace_days=grace).exception_count == flagged


def test_the_day_an_invoice_was_entered_counts_before_the_date_on_it(run: Any) -> None:
    purchase = books([order()], [receipt("2025-03-09")], [invoice("2025-03-08", Entered_Date="2025-03-09")])

    assert run("P2P-06", purchase).exception_count == 0


def test_a_step_that_is_missing_is_told_only_once_a_later_one_came(run: Any) -> None:
    paid = run("P2P-06", books([order()], [], [invoice("2025-03-08")], [payment("2025-03-20")]))
    ordered = run("P2P-06", books([order()], [], []))

    assert "invoice without receipt; payment without receipt (" in paid.top[0].reason
    assert ordered.exception_count == 0


@pytest.mark.parametrize(
    ("kind", "flagged"),
    [
        ("3-way match, invoice before GR", 0),
        ("3-way match, invoice after GR", 1),
        ("2-way match", 0),
        ("Service", 0),
        (None, 1),
    ],
)
def test_the_kind_of_order_says_which_flow_is_declared(run: Any, kind: str | None, flagged: int) -> None:
    purchase = books([order(Item_Category=kind)], [receipt("2025-03-09")], [invoice("2025-03-08")])

    assert run("P2P-06", purchase).exception_count == flagged


def test_in_any_order_still_means_before_the_payment(run: Any) -> None:
    late = books(
        [order(Item_Category="invoice before GR")],
        [receipt("2025-03-21")],
        [invoice("2025-03-08")],
        [payment("2025-03-20")],
    )

    assert "payment before receipt" in run("P2P-06", late).top[0].reason


def test_an_invoice_for_consigned_goods_is_not_in_the_flow_but_a_receipt_of_a_service_harms_nobody(run: Any) -> None:
    consigned = books([order(Item_Category="Consignment")], [receipt("2025-03-05")], [invoice("2025-03-08")])
    service = books([order(Item_Category="Service")], [receipt("2025-03-05")], [invoice("2025-03-08")])

    assert "invoice that the flow does not have" in run("P2P-06", consigned).top[0].reason
    assert run("P2P-06", service).exception_count == 0


def test_lines_are_told_apart_where_every_event_names_its_line(run: Any) -> None:
    two = [order(), order(PO_Line="2")]
    billed = [invoice("2025-03-08"), invoice("2025-03-08", Invoice_ID="I2", PO_Line="2")]

    by_line = run("P2P-06", books(two, [receipt("2025-03-05")], billed))
    as_whole = run("P2P-06", books(two, [receipt("2025-03-05", PO_Line=None)], billed))

    assert [found.key for found in by_line.top] == ["Purchase order PO1, line 2"]
    assert as_whole.exception_count == 0


def test_a_payment_that_names_the_order_needs_an_invoice(run: Any) -> None:
    purchase = books([order()], [receipt("2025-03-05")], [], [payment("2025-03-20", Reference_Number="po-1")])

    assert "payment without invoice" in run("P2P-06", purchase).top[0].reason


def test_payments_of_another_supplier_and_voided_ones_belong_to_no_invoice(run: Any) -> None:
    strangers = [payment("2025-03-02", Supplier_Account_ID="V2"), payment("2025-03-02", Payment_ID="P2", Voided=True)]

    purchase = books([order()], [receipt("2025-03-05")], [invoice("2025-03-08")], strangers)

    assert run("P2P-06", purchase).exception_count == 0


def test_only_purchases_with_an_event_in_the_audits_period_are_tested(run: Any) -> None:
    purchase = books([order()], [receipt("2025-04-09")], [invoice("2025-04-08")])

    assert run("P2P-06", purchase, period=parse_period("2025-04")).population == 1
    assert run("P2P-06", purchase, period=parse_period("2025-01")).exception_count == 0


def test_a_prepayment_whose_goods_came_is_dismissed(run: Any) -> None:
    ahead = [invoice("2025-03-03", Invoice_Type_Name="Prepayment")]

    paper = run("P2P-06", books([order()], [receipt("2025-03-09")], ahead, [payment("2025-03-04")]))

    assert (paper.exception_count, paper.dismissed.count) == (0, 1)


@pytest.mark.parametrize(
    ("ordered", "receipts"),
    [("2025-03-01", []), ("2025-03-05", [receipt("2025-03-09")])],
    ids=["the goods never came", "nobody had ordered"],
)
def test_a_prepayment_for_nothing_or_without_an_order_stays(
    run: Any, ordered: str, receipts: list[dict[str, Any]]
) -> None:
    ahead = [invoice("2025-03-03", Invoice_Type_Name="Prepayment")]

    assert run("P2P-06", books([order(ordered)], receipts, ahead, [payment("2025-03-04")])).exception_count == 1


@pytest.mark.parametrize(
    ("credit", "payments", "flagged"),
    [("-119.00", [], 0), ("-118.99", [], 1), ("-119.00", [payment("2025-03-20")], 1)],
    ids=["all of it", "not all", "paid"],
)
def test_an_invoice_credited_in_full_and_not_paid_is_dismissed(
    run: Any, credit: str, payments: list[dict[str, Any]], flagged: int
) -> None:
    billed = [invoice("2025-03-08"), invoice("2025-03-12", Invoice_ID="I2", Invoice_Number="43", Invoice_Amount=credit)]

    assert run("P2P-06", books([order()], [], billed, payments)).exception_count == flagged


def test_flows_of_ones_own_replace_the_declared_ones(run: Any) -> None:
    purchase = books([order(Item_Category="Rush")], [receipt("2025-03-09")], [invoice("2025-03-08")])

    assert run("P2P-06", purchase, flows="rush=order>invoice>receipt>payment").exception_count == 0


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"flows": "rush=order>delivery"}, "names 'delivery', and the steps are order, receipt, invoice, payment"),
        ({"flows": "order>invoice"}, "names no word of a kind of order"),
        ({"default_flow": "order>invoice>order"}, "names a step twice"),
        ({"default_flow": "invoice>payment"}, "does not begin with order"),
    ],
)
def test_a_flow_that_is_none_is_said_in_words(parameters: dict[str, str], problem: str) -> None:
    (found,) = REGISTRY.parameter_problems("P2P-06", parameters)

    assert problem in found


def test_books_without_kinds_and_payments_say_so(run: Any) -> None:
    purchase = books([order()], [receipt("2025-03-05")], [invoice("2025-03-08")])
    del purchase["Payments_Made"]

    statistics = run("P2P-06", purchase).statistics

    assert statistics["Payments"] == "not in the books, not looked at"
    assert "default flow" in statistics["Kinds of order"]
