"""P2P-08: suppliers listed twice."""

from decimal import Decimal
from typing import Any

import pytest


def supplier(id_: str, name: str, **columns: Any) -> dict[str, Any]:
    return {"Supplier_Account_ID": id_, "Supplier_Name": name, "Active_Status": "Active"} | columns


def payment(supplier_id: str, amount: str, currency: str = "USD") -> dict[str, Any]:
    return {
        "Payment_ID": f"P{supplier_id}{amount}", "Supplier_Account_ID": supplier_id, "Payment_Date": "2025-03-12",
        "Payment_Amount": amount, "Amount_Currency": currency,
    }  # fmt: skip


BANK = {"Bank_Account": "DE02 1203 0000"}
ONE = supplier("V1", "Nordlicht Papier AG", **BANK)
TWO = supplier("V2", "Papier Nordlicht Aktiengesellschaft", Bank_Account="de0212030000", Phone="+49 40 555 1234")


def test_one_name_and_one_bank_account_are_explained(run: Any) -> None:
    payments = [payment("V1", "70.00"), payment("V2", "50.00")]

    (found,) = run("P2P-08", {"Supplier_Listing": [ONE, TWO], "Payments_Made": payments}).top

    assert (found.key, found.amount) == ("Suppliers V1 and V2", Decimal("50.00"))
    assert [source.row for source in found.sources] == [2, 3]
    assert found.reason == (
        "Suppliers V1 (Nordlicht Papier AG) and V2 (Papier Nordlicht Aktiengesellschaft) have names that are 100 % "
        "alike, and share the bank account; each was paid at least 50.00 USD in the period."
    )


@pytest.mark.parametrize(
    ("one", "two", "flagged"),
    [
        pytest.param(BANK, {"Bank_Account": "DE02 1203 0001"}, 0, id="another bank account"),
        pytest.param({"TIN": "DE 123"}, {"TIN": "DE-123"}, 1, id="tax number"),
        pytest.param({"TIN": "00000"}, {"TIN": "00000"}, 0, id="a placeholder"),
        pytest.param({"Email": "AP@nordlicht.example"}, {"Email": "ap@nordlicht.example"}, 1, id="e-mail"),
        pytest.param({"Phone": "+49 40 5551234"}, {"Phone": "040 555 1234"}, 1, id="telephone"),
        pytest.param(
            {"Address_Street": "Hauptstr. 5", "Address_City": "Kiel"},
            {"Address_Street": "Hauptstraße 5", "Address_City": "Kiel"}, 1, id="address",
        ),
        pytest.param({"Address_City": "Kiel"}, {"Address_City": "Kiel"}, 0, id="only the city"),
        pytest.param({}, {}, 0, id="nothing but the name"),
    ],
)  # fmt: skip
def test_a_name_needs_a_hard_key(run: Any, one: dict[str, str], two: dict[str, str], flagged: int) -> None:
    listing = [supplier("V1", "Nordlicht Papier AG", **one), supplier("V2", "Nordlicht Papier", **two)]

    assert run("P2P-08", {"Supplier_Listing": listing}).flagged_count == flagged


@pytest.mark.parametrize(
    ("name", "flagged"),
    [
        ("Nordlicht Papeir AG", 1),
        ("NORDLICHT-PAPIER A.G.", 1),
        ("Nordlicht Papier GmbH", 0),
        ("Nordlicht Tinte AG", 0),
    ],
)
def test_a_hard_key_needs_a_name(run: Any, name: str, flagged: int) -> None:
    assert run("P2P-08", {"Supplier_Listing": [ONE, supplier("V2", name, **BANK)]}).flagged_count == flagged


def test_names_may_be_asked_to_be_the_same(run: Any) -> None:
    listing = {"Supplier_Listing": [ONE, supplier("V2", "Nordlicht Papeir AG", **BANK)]}

    assert run("P2P-08", listing, name_percent="100").flagged_count == 0


def test_payments_in_other_currencies_are_not_compared(run: Any) -> None:
    payments = [payment("V1", "70.00"), payment("V2", "50.00", "EUR")]

    (found,) = run("P2P-08", {"Supplier_Listing": [ONE, TWO], "Payments_Made": payments}).top

    assert found.amount is None


@pytest.mark.parametrize(
    ("one", "two", "rule"),
    [
        pytest.param({"Parent_ID": "V2"}, {}, "same-group", id="a branch"),
        pytest.param({"Parent_ID": "V9"}, {"Parent_ID": "V9"}, "same-group", id="two branches"),
        pytest.param({"Parent_ID": "V8"}, {"Parent_ID": "V9"}, None, id="branches of others"),
        pytest.param({}, {"Active_Status": "Blocked"}, "already-blocked", id="blocked and not paid"),
        pytest.param({"Active_Status": "Blocked"}, {}, None, id="blocked and paid"),
        pytest.param(
            {"Bank_Account": None, "Phone": "0405551234", "TIN": "DE12345"}, {"TIN": "DE12346"},
            "different-tax-number", id="two legal persons",
        ),
        pytest.param({"TIN": "DE12345"}, {"TIN": "DE12346"}, None, id="two legal persons with one bank account"),
        pytest.param(
            {"Bank_Account": None, "Phone": "0405551234", "TIN": "N/A"}, {"TIN": "00000"}, None, id="no tax numbers"
        ),
    ],
)  # fmt: skip
def test_what_explains_two_entries(run: Any, one: dict[str, Any], two: dict[str, Any], rule: str | None) -> None:
    books = {"Supplier_Listing": [ONE | one, TWO | two], "Payments_Made": [payment("V1", "70.00")]}

    paper = run("P2P-08", books)

    assert [item.rule for item in paper.dismissed.top] == [rule] if rule else paper.dismissed is None
    assert paper.flagged_count == 1
    assert run("P2P-08", books, dismiss="").exception_count == 1


def test_blocked_explains_nothing_where_payments_are_unknown(run: Any) -> None:
    books = {"Supplier_Listing": [ONE, TWO | {"Active_Status": "Blocked"}]}

    assert run("P2P-08", books).exception_count == 1


def test_within_a_key_of_very_many_the_neighbours_by_name_are_still_found(run: Any) -> None:
    words = [a + b + c for a in "bdfgklm" for b in "aeiou" for c in "nprst"]
    listing = [supplier(f"V{n}", f"{word * 3} Handel", **BANK) for n, word in enumerate(words)]
    listing += [supplier("W1", "Nordlicht Papier AG", **BANK), supplier("W2", "Papier Nordlicht AG", **BANK)]

    paper = run("P2P-08", {"Supplier_Listing": listing})

    assert "Suppliers W1 and W2" in {item.key for item in paper.top}
