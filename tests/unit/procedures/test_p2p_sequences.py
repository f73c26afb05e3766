"""P2P-13: consecutive invoice numbers of one supplier."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest


def invoices(numbers: Sequence[str], **columns: Any) -> list[dict[str, Any]]:
    """One a month over 100.00, on orders PO0, PO1, ..."""
    common = {"Supplier_Account_ID": "V1", "Invoice_Amount": "100.00", "Amount_Currency": "USD", "Entered_By": "ANNA"}
    return [
        common | {"Invoice_ID": f"I{n}", "Invoice_Number": number, "Invoice_Date": f"2025-{n + 1:02}-10"}
        | {"PO_ID": f"PO{n}"} | columns
        for n, number in enumerate(numbers)
    ]  # fmt: skip


FIVE = ["RE-0097", "RE-0098", "RE-0099", "RE-0100", "RE-0101"]


def test_five_numbers_in_a_row_are_one_exception(run: Any) -> None:
    (found,) = run("P2P-13", {"Invoices_Received": invoices([*FIVE, "RE-0200"])}).top

    assert (found.key, found.amount) == ("Supplier V1, numbers 97 to 101 of RE-#", Decimal("500.00"))
    assert found.facts["Invoice_ID"] == "I0"
    assert found.reason == (
        "Supplier V1 billed 5 invoice numbers in a row over 500.00 USD from 2025-01-10 to 2025-05-10, the first "
        "RE-0097; no number is missing between them, as if it had no other customer."
    )


@pytest.mark.parametrize(
    ("given", "flagged"),
    [
        pytest.param(invoices(FIVE[:4]), 0, id="four"),
        pytest.param(invoices(["1", "2", "3", "4", "6"]), 0, id="a gap"),
        pytest.param(invoices(["1", "2", "3", "4", "4"]), 0, id="one number twice"),
        pytest.param(invoices(["A1", "A2", "A3", "A4", "B5"]), 0, id="another series"),
        pytest.param(invoices([f"000{n}/2025" for n in range(5)]), 1, id="the year behind the number"),
        pytest.param(invoices([f"2025-{n}" for n in range(5)]), 1, id="the year before the number"),
        pytest.param(invoices([f"K{n}-2001" for n in range(5)]), 0, id="the last group counts"),
        pytest.param(invoices(["9" * 19] * 5), 0, id="too long for a number"),
        pytest.param(invoices(FIVE[:3]) + invoices(FIVE[3:], Supplier_Account_ID="V2"), 0, id="two suppliers"),
    ],
)
def test_what_is_a_run(run: Any, given: list[dict[str, Any]], flagged: int) -> None:
    assert run("P2P-13", {"Invoices_Received": given}).flagged_count == flagged


def test_a_wider_gap_can_be_asked_for(run: Any) -> None:
    given = {"Invoices_Received": invoices(["1", "3", "5", "7", "9"])}

    assert run("P2P-13", given, maximum_gap="2").exception_count == 1


def test_amounts_of_two_currencies_are_not_added(run: Any) -> None:
    given = invoices(FIVE[:4]) + invoices(FIVE[4:], Amount_Currency="EUR")

    (found,) = run("P2P-13", {"Invoices_Received": given}).top

    assert found.amount is None
    assert "5 invoice numbers in a row from" in found.reason


@pytest.mark.parametrize(
    ("receivers", "dismissed"),
    [
        pytest.param(["BEN"] * 5, True, id="all received by another"),
        pytest.param(["BEN"] * 4, False, id="one not received"),
        pytest.param(["BEN"] * 4 + ["anna"], False, id="one received by who entered it"),
        pytest.param(["BEN"] * 4 + [None], False, id="receiver unknown"),
    ],
)
def test_a_small_supplier_that_delivers_is_dismissed(run: Any, receivers: list[str | None], dismissed: bool) -> None:
    receipts = [
        {"Receipt_ID": f"R{n}", "PO_ID": f"PO{n}", "Quantity": "1", "Entered_By": receiver}
        for n, receiver in enumerate(receivers)
    ]
    books = {"Invoices_Received": invoices(FIVE), "Goods_Received": receipts}

    paper = run("P2P-13", books)

    assert (paper.exception_count, paper.flagged_count) == (0 if dismissed else 1, 1)
    assert run("P2P-13", books, dismiss="").exception_count == 1
