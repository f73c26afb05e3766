"""Addresses: which are one, and that those which are share a block."""

import pytest

from audit_agent.matching.addresses import SAME_ADDRESS, address, address_score


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Hauptstraße 5, 80331 München", "80331 Munchen, Haupt-Str. 5", True),
        ("Hauptstraße 5, 80331 München", "Hauptstr. 5", True),
        ("12 Mill Road, Leeds LS1 4AP", "12 Mill Rd., Leeds, LS1 4AP", True),
        ("Hauptstraße 5, 80331 München", "Hauptstraße 6, 80331 München", False),
        ("Hauptstraße 5, 80331 München", "Marktplatz 5, 80331 München", False),
        ("Hauptstraße, München", "Hauptstraße, München", False),
    ],
)
def test_addresses(first: str, second: str, same: bool) -> None:
    one, other = address(first), address(second)

    assert (address_score(one, other) >= SAME_ADDRESS) is same
    assert not same or one.blocks & other.blocks


def test_the_key_is_the_same_in_any_order_and_empty_without_a_number() -> None:
    assert address("Hauptstr. 5", "80331", None).key == address("80331, Hauptstraße 5").key == "haupt str 5 80331"
    assert address("Hauptstraße").key == ""
