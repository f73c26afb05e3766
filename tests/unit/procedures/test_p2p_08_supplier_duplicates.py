"""P2P-08: suppliers kept twice; pairs are compared by name only where they share something."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.procedures.likeness import likeness, words_of


def supplier(id_: str, name: str, **columns: Any) -> dict[str, Any]:
    return {"Supplier_Account_ID": id_, "Supplier_Name": name} | columns


def test_a_name_written_otherwise_with_the_same_tax_number_is_one_supplier(run: Any) -> None:
    suppliers = [
        supplier("V1", "Müller & Söhne GmbH", TIN="DE 123.456"),
        supplier("V2", "SOEHNE MUELLER", TIN="DE123456"),
    ]
    payments = [
        {"Payment_ID": "P1", "Supplier_Account_ID": "V1", "Payment_Date": "2025-03-01", "Payment_Amount": "70.00"},
        {"Payment_ID": "P2", "Supplier_Account_ID": "V2", "Payment_Date": "2025-03-02", "Payment_Amount": "40.00"},
    ]

    (found,) = run("P2P-08", {"Supplier_Listing": suppliers, "Payments_Made": payments}).top

    assert (found.key, found.amount, found.source_count) == ("Suppliers V1 and V2", Decimal("40.00"), 2)
    assert found.reason == (
        "Suppliers V1 (Müller & Söhne GmbH) and V2 (SOEHNE MUELLER) have the same tax number; "
        "their names are alike by 1.000."
    )


@pytest.mark.parametrize(
    ("one", "two", "flagged"),
    [
        pytest.param({"TIN": "1"}, {"TIN": "2"}, 0, id="nothing shared"),
        pytest.param({"TIN": ""}, {"TIN": ""}, 0, id="both without a tax number"),
        pytest.param({"Phone": "+49 40 1"}, {"Phone": "0049-40-1"}, 0, id="another phone number"),
        pytest.param({"Email": "a@example.com"}, {"Email": "A@EXAMPLE.COM"}, 1, id="mail"),
        pytest.param(
            {"Address_Street": "Kai 1", "Address_City": "Kiel"},
            {"Address_Street": "KAI 1", "Address_City": "Kiel"},
            1,
            id="address",
        ),
        pytest.param({"Address_City": "Kiel"}, {"Address_City": "Kiel"}, 0, id="only the town"),
    ],
)
def test_alike_names_alone_are_not_enough(run: Any, one: dict[str, str], two: dict[str, str], flagged: int) -> None:
    suppliers = [supplier("V1", "Nordlicht Papier", **one), supplier("V2", "Nordlicht Papier AG", **two)]

    assert run("P2P-08", {"Supplier_Listing": suppliers}).exception_count == flagged


@pytest.mark.parametrize(("alone", "flagged"), [("yes", 1), ("no", 0)])
def test_a_shared_bank_account_needs_no_alike_names(run: Any, alone: str, flagged: int) -> None:
    suppliers = [supplier("V1", "Nordlicht", Bank_Account="DE01"), supplier("V2", "Hafen", Bank_Account="de 01")]

    assert run("P2P-08", {"Supplier_Listing": suppliers}, bank_alone=alone).exception_count == flagged


def test_unlike_names_at_one_address_are_neighbours(run: Any) -> None:
    where = {"Address_Street": "Kai 1", "Address_City": "Kiel"}
    suppliers = [supplier("V1", "Nordlicht", **where), supplier("V2", "Hafenbau", **where)]

    paper = run("P2P-08", {"Supplier_Listing": suppliers})

    assert paper.exception_count == 0
    assert paper.statistics["Pairs that share something, compared by name"] == "1"


def test_what_too_many_share_tells_nothing(run: Any) -> None:
    suppliers = [supplier(f"V{n:02d}", "Stand", Phone="1") for n in range(4)]

    assert run("P2P-08", {"Supplier_Listing": suppliers}, largest_group="3").exception_count == 0
    assert run("P2P-08", {"Supplier_Listing": suppliers}, largest_group="4").exception_count == 6


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param({}, {"Parent_ID": "V1"}, id="parent"),
        pytest.param({"Parent_ID": "V9"}, {"Parent_ID": "V9"}, id="same parent"),
    ],
)
def test_companies_of_one_group_are_dismissed(run: Any, one: dict[str, str], two: dict[str, str]) -> None:
    books = {"Supplier_Listing": [supplier("V1", "Kai", TIN="1", **one), supplier("V2", "Kai", TIN="1", **two)]}

    assert (run("P2P-08", books).exception_count, run("P2P-08", books).flagged_count) == (0, 1)
    assert run("P2P-08", books, dismiss="").exception_count == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Müller & Söhne GmbH", ("mueller", "soehne")),
        ("S.A.R.L. Dupont", ("dupont",)),
        ("O'Neill Ltd.", ("oneill",)),
        ("GmbH", ("gmbh",)),
        ("", ()),
    ],
)
def test_the_words_that_tell_a_name(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1_000
    assert likeness(one, one) in (0, 1_000)
