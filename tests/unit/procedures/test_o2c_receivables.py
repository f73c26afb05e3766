"""O2C-03: limits, unapplied cash, and credit notes after the end."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import parse_period


def item(id_: str, amount: str, **columns: Any) -> dict[str, Any]:
    common = {"Customer_Account_ID": "C1", "Amount_Currency": "USD", "Balance_As_Of_Date": "2025-12-31"}
    return common | {"Invoice_ID": id_, "Invoice_Date": "2025-12-20", "Open_Amount": amount} | columns


def receipt(id_: str, day: str, amount: str = "300.00", **columns: Any) -> dict[str, Any]:
    return {"Receipt_ID": id_, "Receipt_Date": day, "Receipt_Amount": amount, "Customer_Account_ID": "C1"} | columns


def sale(id_: str, day: str, amount: str, **columns: Any) -> dict[str, Any]:
    return {"Invoice_ID": id_, "Invoice_Date": day, "Invoice_Amount": amount, "Customer_Account_ID": "C1"} | columns


LIMIT = [{"Customer_Account_ID": "C1", "Credit_Limit": "1000.00", "Amount_Currency": "USD"}]


def test_a_customer_above_its_limit_is_flagged_with_the_excess(run: Any) -> None:
    books = {"Open_Accounts_Receivable": [item("A1", "800.00"), item("A2", "450.00")], "Customer_Listing": LIMIT}

    (found,) = run("O2C-03", books).top

    assert (found.amount, found.source_count) == (Decimal("250.00"), 2)
    assert found.reason == "Customer C1 owes 1,250.00 USD, 250.00 USD more than its credit limit of 1,000.00 USD."


@pytest.mark.parametrize(
    ("amount", "percent", "flagged"),
    [("1000.00", "0", 0), ("1000.01", "0", 1), ("1100.00", "10", 0), ("1100.01", "10", 1)],
)
def test_a_limit_that_is_kept_or_exceeded_within_the_tolerance_passes(
    run: Any, amount: str, percent: str, flagged: int
) -> None:
    books = {"Open_Accounts_Receivable": [item("A1", amount)], "Customer_Listing": LIMIT}

    assert run("O2C-03", books, limit_percent=percent).exception_count == flagged


def test_an_earlier_listing_of_the_same_items_is_not_added(run: Any) -> None:
    items = [item("A1", "800.00"), item("A1", "800.00", Balance_As_Of_Date="2025-11-30")]

    assert run("O2C-03", {"Open_Accounts_Receivable": items, "Customer_Listing": LIMIT}).exception_count == 0


@pytest.mark.parametrize(("cash", "flagged"), [("250.00", 0), ("249.99", 1)])
def test_cash_that_waits_to_be_applied_covers_an_excess_it_reaches(run: Any, cash: str, flagged: int) -> None:
    books = {
        "Open_Accounts_Receivable": [item("A1", "1250.00")],
        "Customer_Listing": LIMIT,
        "Cash_Received": [receipt("R1", "2025-12-30", cash)],
    }

    assert run("O2C-03", books).exception_count == flagged


def test_cash_that_is_among_the_open_items_already_covers_nothing(run: Any) -> None:
    books = {
        "Open_Accounts_Receivable": [item("A1", "1550.00"), item("R1", "-300.00")],
        "Customer_Listing": LIMIT,
        "Cash_Received": [receipt("R1", "2025-12-30")],
    }

    assert run("O2C-03", books).exception_count == 1


def test_customers_without_a_limit_are_counted_only(run: Any) -> None:
    paper = run(
        "O2C-03",
        {"Open_Accounts_Receivable": [item("A1", "9.00", Customer_Account_ID="C2")], "Customer_Listing": LIMIT},
    )

    assert paper.exception_count == 0
    assert paper.statistics["Customers who owe, without a limit in that currency, not tested"] == "1"


@pytest.mark.parametrize(("day", "flagged"), [("2025-11-30", 1), ("2025-12-01", 0)])
def test_cash_without_an_invoice_is_flagged_after_thirty_days(run: Any, day: str, flagged: int) -> None:
    books = {"Open_Accounts_Receivable": [item("A1", "5.00")], "Cash_Received": [receipt("R1", day)]}

    paper = run("O2C-03", books)

    assert paper.exception_count == flagged
    assert [found.reason for found in paper.top][:flagged] == [
        "300.00 USD of customer C1 (R1, dated 2025-11-30) had not been applied to an invoice for 31 days on the "
        "balance sheet day."
    ][:flagged]


def test_cash_that_names_an_invoice_passes_unless_the_name_is_to_be_known(run: Any) -> None:
    books = {
        "Open_Accounts_Receivable": [item("A1", "5.00")],
        "Cash_Received": [
            receipt("R1", "2025-10-01", Reference_Number="a-1"),
            receipt("R2", "2025-10-01", "7.00", Reference_Number="Z9"),
        ],
    }

    assert run("O2C-03", books).exception_count == 0
    assert [found.key for found in run("O2C-03", books, unknown_references="yes").top] == ["Receipt R2"]


def test_a_credit_among_the_open_items_and_its_receipt_are_told_once(run: Any) -> None:
    books = {
        "Open_Accounts_Receivable": [item("X1", "-300.00", Invoice_Date="2025-10-02")],
        "Cash_Received": [receipt("R1", "2025-10-01")],
    }

    assert [found.key for found in run("O2C-03", books).top] == ["Open item X1"]


def test_cash_paid_back_is_dismissed_but_not_by_less_or_too_few(run: Any) -> None:
    items = [item("A1", "5.00")]
    back = receipt("R2", "2025-10-05", "-300.00")

    paid_back = run("O2C-03", {"Open_Accounts_Receivable": items, "Cash_Received": [receipt("R1", "2025-10-01"), back]})
    less = run(
        "O2C-03",
        {
            "Open_Accounts_Receivable": items,
            "Cash_Received": [receipt("R1", "2025-10-01"), back | {"Receipt_Amount": "-299.99"}],
        },
    )
    too_few = run(
        "O2C-03",
        {
            "Open_Accounts_Receivable": items,
            "Cash_Received": [receipt("R1", "2025-10-01"), receipt("R3", "2025-10-02"), back],
        },
    )

    assert (paid_back.exception_count, paid_back.dismissed.count) == (0, 1)
    assert (less.exception_count, too_few.exception_count) == (1, 2)


def test_a_sale_credited_after_the_end_is_flagged(run: Any) -> None:
    sales = [sale("S1", "2025-12-28", "900.00"), sale("S2", "2026-01-08", "-900.00")]

    (found,) = run("O2C-03", {"Open_Accounts_Receivable": [item("A1", "5.00")], "Invoices_Generated": sales}).top

    assert found.reason == (
        "Credit note S2 of 2026-01-08 over 900.00 USD to customer C1, 8 days after the period ended on 2025-12-31, may "
        "take back a sale of that very amount of the 45 days before."
    )


@pytest.mark.parametrize(
    ("sold", "credited", "amount", "customer"),
    [
        ("2025-11-16", "2026-01-08", "-900.00", "C1"),
        ("2025-12-28", "2026-01-31", "-900.00", "C1"),
        ("2025-12-28", "2026-01-08", "-900.01", "C1"),
        ("2025-12-28", "2026-01-08", "-900.00", "C2"),
        ("2025-12-20", "2025-12-28", "-900.00", "C1"),
    ],
    ids=["an old sale", "a late credit", "more than was sold", "another customer", "credited before the end"],
)
def test_credit_notes_that_take_back_no_late_sale_pass(
    run: Any, sold: str, credited: str, amount: str, customer: str
) -> None:
    sales = [sale("S1", sold, "900.00"), sale("S2", credited, amount, Customer_Account_ID=customer)]

    assert (
        run("O2C-03", {"Open_Accounts_Receivable": [item("A1", "5.00")], "Invoices_Generated": sales}).exception_count
        == 0
    )


@pytest.mark.parametrize(("returned", "flagged"), [("-90.00", 0), ("-91.00", 1)])
def test_returns_at_the_customers_usual_rate_are_dismissed(run: Any, returned: str, flagged: int) -> None:
    sales = [
        sale("S1", "2025-06-28", "900.00"),
        sale("S2", "2025-07-08", "-90.00"),
        sale("S3", "2025-12-28", "900.00"),
        sale("S4", "2026-01-08", returned),
    ]

    paper = run("O2C-03", {"Open_Accounts_Receivable": [item("A1", "5.00")], "Invoices_Generated": sales})

    assert paper.exception_count == flagged


def test_a_whole_sale_taken_back_is_never_usual(run: Any) -> None:
    sales = [
        sale("S1", "2025-06-28", "900.00"),
        sale("S2", "2025-07-08", "-900.00"),
        sale("S3", "2025-12-28", "900.00"),
        sale("S4", "2026-01-08", "-900.00"),
    ]

    paper = run("O2C-03", {"Open_Accounts_Receivable": [item("A1", "5.00")], "Invoices_Generated": sales})

    assert paper.exception_count == 1


def test_the_audits_period_says_which_end_is_meant(run: Any) -> None:
    sales = [sale("S1", "2025-09-28", "900.00"), sale("S2", "2025-10-08", "-900.00")]
    books = {"Open_Accounts_Receivable": [item("A1", "5.00")], "Invoices_Generated": sales}

    assert run("O2C-03", books, period=parse_period("2025-Q3")).exception_count == 1
    assert run("O2C-03", books).exception_count == 0


def test_books_with_open_items_only_say_what_was_not_tested(run: Any) -> None:
    statistics = run("O2C-03", {"Open_Accounts_Receivable": [item("A1", "5.00")]}).statistics

    assert statistics["Credit limits"] == "not in the books, not tested"
    assert statistics["Receipts"] == "not in the books, not tested"
