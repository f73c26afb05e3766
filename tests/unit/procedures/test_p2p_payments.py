"""P2P-03: payments of invoices, net of voids and of what came back."""

from decimal import Decimal
from typing import Any

import pytest

from audit_agent.domain.period import Period


def payment(id_: str, amount: str, reference: str | None = "42", **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Payment_Date": "2025-03-12", "Amount_Currency": "USD"}
    return common | {"Payment_ID": id_, "Payment_Amount": amount, "Reference_Number": reference} | columns


def invoice(amount: str, **columns: Any) -> dict[str, Any]:
    common = {"Supplier_Account_ID": "V1", "Invoice_Date": "2025-03-01", "Amount_Currency": "USD"}
    return common | {"Invoice_ID": "I1", "Invoice_Number": "0042", "Invoice_Amount": amount} | columns


def test_an_invoice_paid_twice_is_flagged_with_what_was_paid_too_much(run: Any) -> None:
    payments = [payment("P1", "99.90"), payment("P2", "99.90", Payment_Date="2025-04-01")]

    (found,) = run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]}).top

    assert (found.key, found.amount) == ("Payments to V1 for 42 in USD", Decimal("99.90"))
    assert found.facts["Payment_ID"] == "P2"
    assert found.reason == (
        "Supplier V1 was paid 199.80 USD in 2 payments for invoice 42 between 2025-03-12 and 2025-04-01, net of what "
        "came back: 99.90 USD more than the 99.90 USD it billed."
    )


def test_an_invoice_recorded_twice_is_still_owed_once(run: Any) -> None:
    payments = [payment("P1", "99.90"), payment("P2", "99.90")]
    invoices = [invoice("99.90"), invoice("99.90", Invoice_ID="I2")]

    assert run("P2P-03", {"Payments_Made": payments, "Invoices_Received": invoices}).exception_count == 1


@pytest.mark.parametrize(
    "payments",
    [
        pytest.param([payment("P1", "99.90"), payment("P2", "99.90", Voided=True)], id="one was voided"),
        pytest.param([payment("P1", "99.90"), payment("P2", "99.90"), payment("P3", "-99.90")], id="one came back"),
        pytest.param([payment("P1", "50.00"), payment("P2", "49.90")], id="paid in two parts"),
        pytest.param([payment("P1", "50.00"), payment("P2", "50.00", "43")], id="two invoices"),
        pytest.param([payment("P1", "99.90"), payment("P2", "99.90", Supplier_Account_ID="V2")], id="two suppliers"),
        pytest.param([payment("P1", "99.90"), payment("P2", "99.90", Amount_Currency="EUR")], id="two currencies"),
    ],
)
def test_payments_that_are_owed(run: Any, payments: list[dict[str, Any]]) -> None:
    assert run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]}).flagged_count == 0


def test_the_row_that_takes_a_voided_payment_back_takes_no_other_back(run: Any) -> None:
    payments = [
        payment("P1", "99.90", Voided=True),
        payment("P2", "-99.90"),
        payment("P3", "99.90"),
        payment("P4", "99.90"),
    ]

    (found,) = run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]}).top

    assert found.amount == Decimal("99.90")


@pytest.mark.parametrize(("second", "flagged"), [("49.91", 1), ("49.90", 0)])
def test_a_cent_above_the_invoice_is_flagged(run: Any, second: str, flagged: int) -> None:
    payments = [payment("P1", "50.00"), payment("P2", second)]

    assert run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]}).flagged_count == flagged


@pytest.mark.parametrize(("day", "flagged"), [("2025-03-26", 1), ("2025-03-27", 0)])
def test_equal_payments_without_reference_belong_together_within_two_weeks(run: Any, day: str, flagged: int) -> None:
    payments = [payment("P1", "80.00", None), payment("P2", "80.00", None, Payment_Date=day)]

    paper = run("P2P-03", {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]})

    assert paper.flagged_count == flagged
    assert paper.statistics["Payments that name no invoice"] == "2"


def test_a_payment_of_the_period_after_one_before_it_is_flagged(run: Any) -> None:
    payments = [payment("P1", "99.90", Payment_Date="2024-12-30"), payment("P2", "99.90")]
    payments.append(payment("P3", "7.00", "77", Payment_Date="2025-04-02"))
    invoices = [invoice("99.90", Invoice_Date=day) for day in ("2025-03-01", "2025-04-01")]
    books = {"Payments_Made": payments, "Invoices_Received": invoices}

    of_2025 = run("P2P-03", books, period=Period(start="2025-01-01", end="2025-12-31"))
    of_april = run("P2P-03", books, period=Period(start="2025-04-01", end="2025-04-30"))

    assert (of_2025.exception_count, of_2025.exception_lines, of_april.exception_count) == (1, 2, 0)


def test_instalments_under_one_number_are_dismissed_as_far_as_they_were_billed(run: Any) -> None:
    invoices = [invoice("50.00", Invoice_ID=f"I{n}", Invoice_Type_Name="Instalment") for n in range(2)]
    twice = [payment("P1", "50.00"), payment("P2", "50.00")]

    billed = run("P2P-03", {"Payments_Made": twice, "Invoices_Received": invoices})
    more = run("P2P-03", {"Payments_Made": [*twice, payment("P3", "50.00")], "Invoices_Received": invoices})
    kept = run("P2P-03", {"Payments_Made": twice, "Invoices_Received": invoices}, dismiss="")

    assert (billed.exception_count, billed.flagged_count) == (0, 1)
    assert (more.exception_count, kept.exception_count) == (1, 1)


@pytest.mark.parametrize(
    ("days", "dismissed"),
    [
        pytest.param(("03-03", "03-10", "03-17", "03-24"), True, id="weekly"),
        pytest.param(("03-03", "03-10", "03-10", "03-17"), False, id="one twice"),
        pytest.param(("03-03", "03-10"), False, id="only two"),
    ],
)
def test_a_weekly_schedule_is_dismissed(run: Any, days: tuple[str, ...], dismissed: bool) -> None:
    payments = [payment(f"P{n}", "80.00", None, Payment_Date=f"2025-{day}") for n, day in enumerate(days)]
    books = {"Payments_Made": payments, "Invoices_Received": [invoice("99.90")]}

    paper = run("P2P-03", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-03", books, dismiss="").exception_count == 1
