"""O2C-02: replies against the books, and what they say of all receivables."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.money import show
from audit_agent.statistics.estimators import Estimator
from audit_agent.statistics.evaluation import AuditedItem, evaluate_estimate, evaluate_money


def owing(customers: int = 10) -> list[dict[str, Any]]:
    """Customers C1, C2, ... who owe 1,000.00 each at the end of the year."""
    return [
        {
            "Customer_Account_ID": f"C{n}",
            "Invoice_ID": f"A{n}",
            "Open_Amount": "1000.00",
            "Amount_Currency": "USD",
            "Balance_As_Of_Date": "2025-12-31",
        }
        for n in range(1, customers + 1)
    ]


def reply(customer: str, confirmed: str | None, **columns: Any) -> dict[str, Any]:
    common = {"Confirmation_ID": f"L-{customer}", "Customer_Account_ID": customer, "Book_Amount": "1000.00"}
    dates = {"Balance_As_Of_Date": "2025-12-31", "Reply_Date": "2026-01-20" if confirmed else None}
    return common | dates | {"Confirmed_Amount": confirmed} | columns


def books(*replies: dict[str, Any], **tables: Any) -> dict[str, Any]:
    return {"Confirmations": list(replies), "Open_Accounts_Receivable": owing()} | tables


def test_a_balance_confirmed_otherwise_is_flagged(run: Any) -> None:
    told = reply("C2", "900.00", Difference_Explanation="returned goods")

    (found,) = run("O2C-02", books(reply("C1", "1000.00"), told)).top

    assert (found.key, found.amount) == ("Confirmation L-C2", Decimal("100.00"))
    assert found.reason == (
        "Customer C2 confirmed 900.00 USD on 2026-01-20, 100.00 USD less than the 1,000.00 USD as of 2025-12-31 of the "
        "books, explained as 'returned goods'."
    )


@pytest.mark.parametrize(("confirmed", "flagged"), [("999.99", 1), ("1000.00", 0), ("1000.01", 1)])
def test_any_difference_either_way_counts_unless_tolerated(run: Any, confirmed: str, flagged: int) -> None:
    assert run("O2C-02", books(reply("C1", confirmed))).exception_count == flagged
    assert run("O2C-02", books(reply("C1", confirmed)), tolerance="0.01").exception_count == 0


def test_what_nobody_answers_and_nothing_supports_is_an_exception_in_full(run: Any) -> None:
    paper = run("O2C-02", books(reply("C1", None), reply("C2", None, Alternative_Amount="1000.00")))

    (found,) = paper.top
    assert (found.key, found.amount) == ("Confirmation L-C1", Decimal("1000.00"))
    assert paper.statistics["Not answered, supported otherwise"] == "1"
    assert "Likely misstatement" in paper.statistics


def test_other_procedures_that_support_less_are_told_as_such(run: Any) -> None:
    (found,) = run("O2C-02", books(reply("C1", None, Alternative_Amount="400.00"))).top

    assert "did not answer; other procedures support 400.00 USD, 600.00 USD less than" in found.reason


def test_silence_agrees_only_where_customers_were_asked_so(run: Any) -> None:
    asked = books(reply("C1", None), reply("C2", "900.00"))

    assert run("O2C-02", asked).exception_count == 2
    assert [found.key for found in run("O2C-02", asked, silence_agrees="yes").top] == ["Confirmation L-C2"]


def _items(**columns: Any) -> list[AuditedItem]:
    return [AuditedItem(Decimal(1000), Decimal(1000), **columns), AuditedItem(Decimal(1000), Decimal(900), **columns)]


@pytest.mark.parametrize("method", ["ratio", "mean-per-unit", "difference"])
def test_classical_projections_are_those_of_the_statistics(run: Any, method: str) -> None:
    expected = evaluate_estimate(_items(), Estimator(method), Decimal(10000), 10)

    statistics = run("O2C-02", books(reply("C1", "1000.00"), reply("C2", "900.00")), method=method).statistics

    assert statistics["Projected by"] == method
    assert statistics["Likely misstatement"] == show(expected.likely, "USD") == "500.00 USD"
    assert statistics["Upper limit of overstatement at 95%"] == show(expected.upper, "USD")
    assert statistics["Upper limit of understatement at 95%"] == show(-expected.lower, "USD")


def test_monetary_units_are_projected_where_the_books_say_how_often_each_was_drawn(run: Any) -> None:
    expected = evaluate_money(
        [AuditedItem(Decimal(1000), Decimal(1000), 3), AuditedItem(Decimal(1000), Decimal(900), 1)], Decimal(10000)
    )

    replies = (reply("C1", "1000.00", Sample_Hits=3), reply("C2", "900.00", Sample_Hits=1))
    statistics = run("O2C-02", books(*replies)).statistics

    assert statistics["Projected by"] == "monetary-unit"
    assert statistics["Likely misstatement"] == show(expected.likely, "USD") == "250.00 USD"
    assert statistics["Upper limit of overstatement at 95%"] == show(expected.upper_overstatement, "USD")


def test_what_was_certain_to_be_asked_is_known_and_not_projected(run: Any) -> None:
    replies = (reply("C1", "600.00", Stratum="Top"), reply("C2", "1000.00"), reply("C3", "1000.00"))

    statistics = run("O2C-02", books(*replies)).statistics

    assert statistics["Misstatement in items that were certain to be asked"] == "400.00 USD"
    assert statistics["Likely misstatement"] == "400.00 USD"


@pytest.mark.parametrize(("tolerable", "held"), [("100000", "within"), ("600", "above")])
def test_the_upper_limit_is_held_against_what_is_tolerable(run: Any, tolerable: str, held: str) -> None:
    paper = run("O2C-02", books(reply("C1", "1000.00"), reply("C2", "900.00")), tolerable=tolerable)

    assert paper.statistics["Against the tolerable misstatement"].startswith(held)
    assert f"the larger is {held}" in paper.conclusion


def test_a_sample_that_carries_no_projection_says_why(run: Any) -> None:
    paper = run("O2C-02", books(reply("C1", "900.00")))

    assert paper.conclusion.startswith("Nothing can be projected: A sample of 1 items of 10 does not fit.")


def cash(day: str, amount: str = "100.00") -> dict[str, Any]:
    return {"Customer_Account_ID": "C2", "Receipt_ID": day + amount, "Receipt_Date": day, "Receipt_Amount": amount}


def test_a_payment_under_way_is_no_misstatement_and_not_projected(run: Any) -> None:
    replies = (reply("C1", "1000.00"), reply("C2", "900.00"))

    paper = run("O2C-02", books(*replies, Cash_Received=[cash("2026-01-07")]))

    assert (paper.exception_count, paper.dismissed.count) == (0, 1)
    assert paper.statistics["Likely misstatement"] == "0.00 USD"
    kept = run("O2C-02", books(*replies, Cash_Received=[cash("2026-01-07")]), dismiss="")
    assert kept.statistics["Likely misstatement"] == "500.00 USD"


@pytest.mark.parametrize(
    "receipts",
    [[cash("2026-01-08")], [cash("2025-12-31")], [cash("2026-01-05", "99.99")], [cash("2026-01-05", "60.00")] * 2],
    ids=["too late", "before the day", "another amount", "another sum"],
)
def test_receipts_that_do_not_make_up_the_difference_explain_nothing(run: Any, receipts: list[dict[str, Any]]) -> None:
    told = books(reply("C1", "1000.00"), reply("C2", "900.00"), Cash_Received=receipts)

    assert run("O2C-02", told).exception_count == 1


def test_two_payments_under_way_may_make_up_the_difference(run: Any) -> None:
    receipts = [cash("2026-01-02", "60.00"), cash("2026-01-03", "40.00")]

    assert run("O2C-02", books(reply("C2", "900.00"), Cash_Received=receipts)).exception_count == 0


def test_one_receipt_does_not_explain_two_differences_of_a_customer(run: Any) -> None:
    replies = (reply("C2", "900.00"), reply("C2", "900.00", Confirmation_ID="L-again"))

    assert run("O2C-02", books(*replies, Cash_Received=[cash("2026-01-05")])).exception_count == 2


@pytest.mark.parametrize(
    ("billed", "shipped", "flagged"),
    [("2025-12-30", "2025-12-30", 0), ("2025-12-24", "2025-12-24", 1), ("2025-12-30", "2026-01-02", 1)],
    ids=["left in time", "long ago", "left after the day"],
)
def test_goods_under_way_explain_a_difference_only_once_they_had_left(
    run: Any, billed: str, shipped: str, flagged: int
) -> None:
    sold = [{"Invoice_ID": "S1", "Customer_Account_ID": "C2", "Invoice_Date": billed, "Invoice_Amount": "100.00"}]
    left = [{"Shipment_ID": "D1", "Shipment_Date": shipped, "Invoice_ID": "S1"}]

    told = books(reply("C2", "900.00"), Invoices_Generated=sold, Shipments_Made=left)

    assert run("O2C-02", told).exception_count == flagged


def test_a_balance_that_is_not_the_one_in_the_books_is_counted(run: Any) -> None:
    statistics = run("O2C-02", books(reply("C1", "800.00", Book_Amount="800.00"), reply("C2", "1000.00"))).statistics

    assert statistics["Balances that are not those of the open items"] == "1"


def test_another_currency_is_flagged_and_not_projected(run: Any) -> None:
    replies = (reply("C1", "1000.00"), reply("C2", "1000.00"), reply("C3", "1.00", Amount_Currency="EUR"))

    paper = run("O2C-02", books(*replies))

    assert paper.exception_count == 1
    assert paper.statistics["In another currency, not projected"] == "1"
    assert paper.statistics["Likely misstatement"] == "0.00 USD"
