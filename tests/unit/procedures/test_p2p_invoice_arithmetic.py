"""P2P-12: every sum and tax of an invoice is added up again."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.procedures.conftest import Run

Rows = dict[str, list[dict[str, Any]]]


def invoice(components: list[dict[str, Any]] | None = None, /, **totals: str | None) -> Rows:
    """Two lines of 60 and 50, an allowance of 10 and a charge of 5, with 20 %: 126.00, of which 26.00 are paid."""
    right = {
        "Invoice_ID": "a.xml",
        "Invoice_Number": "F-1",
        "Invoice_Date": "2025-03-12",
        "Supplier_Account_ID": "V1",
        "Lines_Amount": "110.00",
        "Allowances_Amount": "10.00",
        "Charges_Amount": "5.00",
        "Net_Amount": "105.00",
        "Tax_Amount": "21.00",
        "Total_Amount": "126.00",
        "Prepaid_Amount": "26.00",
        "Payable_Amount": "100.00",
    }
    return {
        "Invoice_Totals": [right | totals],
        "Invoice_Components": [{"Invoice_ID": "a.xml"} | part for part in components or PARTS],
    }


def part(kind: str, amount: str, category: str = "S", percent: str = "20", **more: str) -> dict[str, Any]:
    return {"Component": kind, "Amount": amount, "Tax_Category": category, "Tax_Percent": percent} | more


PARTS = [
    part("line", "60.00"),
    part("line", "50.00"),
    part("allowance", "10.00"),
    part("charge", "5.00"),
    part("tax", "105.00", Tax_Amount="21.00"),
]
LINES = PARTS[:4]


def test_an_invoice_that_adds_up_is_not_flagged(run: "Run") -> None:
    paper = run("P2P-12", invoice())

    assert (paper.population, paper.exception_count) == (1, 0)


@pytest.mark.parametrize(
    ("totals", "rule", "difference"),
    [
        (
            {"Lines_Amount": "111.00", "Net_Amount": "106.00", "Total_Amount": "127.00", "Prepaid_Amount": "27.00"},
            10,
            "1",
        ),
        (
            {"Allowances_Amount": "11.00", "Net_Amount": "104.00", "Total_Amount": "125.00", "Prepaid_Amount": "25.00"},
            11,
            "1",
        ),
        (
            {"Charges_Amount": "6.00", "Net_Amount": "106.00", "Total_Amount": "127.00", "Prepaid_Amount": "27.00"},
            12,
            "1",
        ),
        ({"Net_Amount": "106.00", "Total_Amount": "127.00", "Prepaid_Amount": "27.00"}, 13, "1"),
        ({"Tax_Amount": "22.00", "Total_Amount": "127.00", "Prepaid_Amount": "27.00"}, 14, "1"),
        ({"Total_Amount": "127.00", "Prepaid_Amount": "27.00"}, 15, "1"),
        ({"Second_Tax_Amount": "22.50"}, 15, "1.5"),
        ({"Prepaid_Amount": "25.00"}, 16, "1"),
    ],
)
def test_a_sum_that_is_wrong_names_its_rule_and_the_difference(
    run: "Run", totals: dict[str, str], rule: int, difference: str
) -> None:
    (found,) = run("P2P-12", invoice(**totals)).top

    assert found.amount == Decimal(difference)
    assert f"(BR-CO-{rule}): a difference of" in found.reason
    assert found.reason.count("a difference of") == 1


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ([*LINES, part("tax", "105.00", percent="19", Tax_Amount="21.00")], "BR-CO-17"),
        ([*LINES[:3], part("charge", "5.00", "Z", "0"), part("tax", "105.00", Tax_Amount="21.00")], "BR-S-08"),
        (
            [
                *LINES,
                part("line", "0.00", "K"),
                part("tax", "105.00", Tax_Amount="20.00"),
                part("tax", "0.00", "K", Tax_Amount="1.00"),
            ],
            "BR-IC-09",
        ),
    ],
)
def test_a_tax_that_is_wrong_names_its_rule(run: "Run", parts: list[dict[str, Any]], rule: str) -> None:
    (found,) = run("P2P-12", invoice(parts)).top

    assert f"({rule})" in found.reason


def test_what_an_invoice_does_not_state_is_not_held_against_it(run: "Run") -> None:
    rows = invoice(Lines_Amount=None, Net_Amount=None, Prepaid_Amount=None, Payable_Amount=None)

    paper = run("P2P-12", rows)

    assert paper.exception_count == 0
    assert paper.statistics["Invoices that state no amount due"] == "1"


def test_lines_without_a_category_are_not_added_up_by_it(run: "Run") -> None:
    parts = [{"Component": "line", "Amount": "110.00"}, *PARTS[2:]]

    assert run("P2P-12", invoice(parts)).exception_count == 0


def test_a_credit_note_with_negative_figures_adds_up_too(run: "Run") -> None:
    parts = [one | {name: f"-{one[name]}" for name in ("Amount", "Tax_Amount") if name in one} for one in PARTS]
    amounts = {name: f"-{value}" for name, value in invoice()["Invoice_Totals"][0].items() if name.endswith("_Amount")}

    assert run("P2P-12", invoice(parts, **amounts)).exception_count == 0


def test_rates_of_one_category_are_added_up_apart(run: "Run") -> None:
    parts = [
        part("line", "60.00"),
        part("line", "45.00", percent="10"),
        part("tax", "60.00", Tax_Amount="12.00"),
        part("tax", "45.00", percent="10.0", Tax_Amount="4.50"),
    ]
    totals = {"Lines_Amount": "105.00", "Tax_Amount": "16.50", "Total_Amount": "121.50", "Prepaid_Amount": "21.50"}
    rows = invoice(parts, Allowances_Amount=None, Charges_Amount=None, **totals)

    assert run("P2P-12", rows).exception_count == 0


@pytest.mark.parametrize(("payable", "dismissed"), [("100.02", True), ("100.03", False)])
def test_cents_are_dismissed(run: "Run", payable: str, dismissed: bool) -> None:
    rows = invoice(Payable_Amount=payable)

    paper = run("P2P-12", rows)

    assert (paper.exception_count == 0) is dismissed
    assert run("P2P-12", rows, dismiss="").exception_count == 1


@pytest.mark.parametrize(("lines", "dismissed"), [(30, True), (10, False)])
def test_tax_rounded_line_by_line_is_dismissed(run: "Run", lines: int, dismissed: bool) -> None:
    amount = Decimal("105.00") / lines
    parts = [part("line", f"{amount:f}") for _ in range(lines)]
    parts.append(part("tax", "105.00", Tax_Amount="21.10"))
    totals = {"Lines_Amount": "105.00", "Tax_Amount": "21.10", "Total_Amount": "126.10", "Prepaid_Amount": "26.10"}

    paper = run("P2P-12", invoice(parts, Allowances_Amount=None, Charges_Amount=None, **totals))

    assert (paper.exception_count == 0) is dismissed


def test_tax_that_is_off_by_a_whole_unit_is_not_dismissed_however_many_lines(run: "Run") -> None:
    parts = [part("line", "0.30") for _ in range(350)]
    parts.append(part("tax", "105.00", Tax_Amount="22.00"))
    totals = {"Lines_Amount": "105.00", "Tax_Amount": "22.00", "Total_Amount": "127.00", "Prepaid_Amount": "27.00"}

    assert run("P2P-12", invoice(parts, Allowances_Amount=None, Charges_Amount=None, **totals)).exception_count == 1


@pytest.mark.parametrize(
    ("prepaid", "payable", "dismissed"),
    [("26.40", "100.00", True), ("26.60", "100.00", False), ("26.40", "100.01", False)],
)
def test_an_amount_due_rounded_to_whole_units_is_dismissed(
    run: "Run", prepaid: str, payable: str, dismissed: bool
) -> None:
    paper = run("P2P-12", invoice(Prepaid_Amount=prepaid, Payable_Amount=payable))

    assert (paper.exception_count == 0) is dismissed


def test_a_rate_beyond_all_bounds_does_not_stop_the_test(run: "Run") -> None:
    parts = [*LINES, part("tax", "99999999999999", percent="999999999999", Tax_Amount="99999999999999")]

    assert run("P2P-12", invoice(parts)).exception_count == 1
