"""O2C-01: customers' invoices against the days their goods left."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period


def invoice(id_: str, day: str, **columns: Any) -> dict[str, Any]:
    common = {"Customer_Account_ID": "C1", "Invoice_Number": id_, "Amount_Currency": "USD"}
    return (
        common | {"Invoice_ID": id_, "Invoice_Date": day, "Invoice_Amount": "119.00", "Tax_Amount": "19.00"} | columns
    )


def shipment(id_: str, day: str, **columns: Any) -> dict[str, Any]:
    return {"Shipment_ID": id_, "Shipment_Date": day} | columns


def books(invoices: list[dict[str, Any]], *shipments: dict[str, Any]) -> dict[str, Any]:
    return {"Invoices_Generated": invoices, "Shipments_Made": [*shipments, shipment("S0", "2025-06-16")]}


def test_revenue_before_the_goods_left_is_flagged_without_tax(run: Any) -> None:
    paper = run("O2C-01", books([invoice("A1", "2025-12-30", Shipment_ID="S1")], shipment("S1", "2026-01-02")))

    (found,) = paper.top
    assert (found.key, found.amount) == ("Invoice A1", Decimal("100.00"))
    assert found.reason == (
        "Invoice A1 to customer C1 records 100.00 USD on 2025-12-30, but the goods left only on 2026-01-02, 3 days "
        "later and in another month."
    )
    assert paper.statistics["Invoiced before the goods left, in an earlier period"] == "1"


def test_revenue_long_after_the_goods_left_is_flagged_too(run: Any) -> None:
    (found,) = run("O2C-01", books([invoice("A1", "2026-02-10")], shipment("S1", "2025-12-05", Invoice_ID="A1"))).top

    assert found.reason.endswith("but the goods had left on 2025-12-05, 67 days earlier and in another month.")


@pytest.mark.parametrize(
    ("boundary", "billed", "shipped", "flagged"),
    [
        ("month", "2025-11-30", "2025-12-01", 1),
        ("quarter", "2025-11-30", "2025-12-01", 0),
        ("quarter", "2025-09-30", "2025-10-01", 1),
        ("year", "2025-09-30", "2025-10-01", 0),
        ("year", "2025-12-31", "2026-01-01", 1),
    ],
)
def test_only_the_ends_of_the_periods_asked_for_count(
    run: Any, boundary: str, billed: str, shipped: str, flagged: int
) -> None:
    sold = books([invoice("A1", billed, Shipment_ID="S1")], shipment("S1", shipped))

    assert run("O2C-01", sold, boundary=boundary).exception_count == flagged


def test_a_financial_year_may_end_in_june(run: Any) -> None:
    sold = books([invoice("A1", "2025-06-30", Shipment_ID="S1")], shipment("S1", "2025-07-01"))

    assert run("O2C-01", sold, boundary="year", year_end_month="6").exception_count == 1
    assert run("O2C-01", sold, boundary="year").exception_count == 0


def test_deliveries_in_parts_count_from_the_last(run: Any) -> None:
    parts = [shipment("S1", "2025-12-20", Invoice_ID="A1"), shipment("S2", "2026-01-03", Invoice_ID="A1")]

    early = run("O2C-01", books([invoice("A1", "2025-12-30")], *parts))
    in_time = run("O2C-01", books([invoice("A1", "2026-01-03")], *parts))

    assert "the last of 2 shipments left only on 2026-01-03" in early.top[0].reason
    assert in_time.exception_count == 0


def test_a_sales_order_links_the_two_only_where_it_has_one_invoice(run: Any) -> None:
    left = shipment("S1", "2026-01-02", Sales_Order_ID="O1")
    one = invoice("A1", "2025-12-10", Sales_Order_ID="O1")
    other = invoice("A2", "2026-01-02", Sales_Order_ID="O1")

    assert run("O2C-01", books([one], left)).exception_count == 1
    assert run("O2C-01", books([one, other], left)).exception_count == 0


@pytest.mark.parametrize(("day", "flagged"), [("2025-12-22", 1), ("2025-12-21", 0)])
def test_an_invoice_without_goods_is_flagged_near_the_end_only(run: Any, day: str, flagged: int) -> None:
    paper = run("O2C-01", books([invoice("A1", day)]))

    assert paper.exception_count == flagged
    assert paper.statistics["Invoices without a shipment in the books"] == "1"


def test_what_was_billed_after_the_period_for_goods_of_the_period_is_tested(run: Any) -> None:
    sold = [
        invoice("A0", "2025-06-16", Shipment_ID="S0"),
        invoice("A1", "2026-01-05", Shipment_ID="S1"),
        invoice("A2", "2026-03-05", Shipment_ID="S2"),
    ]
    left = [shipment("S1", "2025-12-30"), shipment("S2", "2026-02-28")]

    paper = run("O2C-01", books(sold, *left), period=parse_period("2025"))

    assert (paper.population, [item.key for item in paper.top]) == (2, ["Invoice A1"])


def test_an_invoice_credited_within_its_period_is_dismissed(run: Any) -> None:
    sold = [
        invoice("A1", "2025-12-30", Shipment_ID="S1"),
        invoice("A2", "2025-12-31", Invoice_Amount="-119.00", Tax_Amount="-19.00"),
    ]

    paper = run("O2C-01", books(sold, shipment("S1", "2026-01-02")))

    assert (paper.exception_count, paper.dismissed.count) == (0, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"Invoice_Date": "2026-01-02"},
        {"Invoice_Date": "2025-12-29"},
        {"Invoice_Amount": "-118.99"},
        {"Customer_Account_ID": "C2"},
    ],
    ids=["credited after the period's end", "credited before it was billed", "another amount", "another customer"],
)
def test_an_invoice_credited_otherwise_stays(run: Any, change: dict[str, Any]) -> None:
    back = invoice("A2", "2025-12-31", Invoice_Amount="-119.00", Tax_Amount="-19.00") | change

    sold = [invoice("A1", "2025-12-30", Shipment_ID="S1"), back]

    assert run("O2C-01", books(sold, shipment("S1", "2026-01-02"))).exception_count == 1


def test_one_credit_note_does_not_excuse_two_equal_invoices(run: Any) -> None:
    sold = [
        invoice("A1", "2025-12-29", Shipment_ID="S1"),
        invoice("A2", "2025-12-30", Shipment_ID="S2"),
        invoice("A3", "2025-12-31", Invoice_Amount="-119.00"),
    ]

    left = [shipment("S1", "2026-01-02"), shipment("S2", "2026-01-02")]

    assert run("O2C-01", books(sold, *left)).exception_count == 2


def test_services_need_no_shipment_but_goods_shipped_later_are_no_service(run: Any) -> None:
    sold = [
        invoice("A1", "2025-12-30", Invoice_Type_Name="Service invoice"),
        invoice("A2", "2025-12-30", Invoice_Type_Name="Service invoice", Shipment_ID="S1"),
    ]

    paper = run("O2C-01", books(sold, shipment("S1", "2026-01-02")))

    assert [item.key for item in paper.top] == ["Invoice A2"]
    assert paper.dismissed.count == 1
