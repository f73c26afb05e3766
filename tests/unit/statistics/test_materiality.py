"""Materiality, rounded on the careful side."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.domain.books import BooksProfile
from audit_agent.domain.record import digest_bytes
from audit_agent.programs import load_program
from audit_agent.statistics.materiality import (
    MaterialityError,
    NoMaterialityBasisError,
    materiality,
    planning_materiality,
)


def test_amounts_are_rounded_down_to_two_significant_digits() -> None:
    result = materiality("revenue", Decimal(24_690_000), Decimal("0.5"), "USD")

    assert (result.overall, result.performance, result.trivial) == (Decimal(120_000), Decimal(90_000), Decimal(6_000))


def test_rounding_is_never_finer_than_the_smallest_coin() -> None:
    assert materiality("assets", Decimal("19.99"), Decimal(1), "USD").overall == Decimal("0.19")
    assert materiality("assets", Decimal(1999), Decimal(1), "JPY").overall == Decimal(19)


@pytest.mark.parametrize(("basis", "percent"), [("0", "1"), ("-5", "1"), ("100", "0"), ("100", "100.1")])
def test_nothing_follows_from_a_basis_or_rate_out_of_range(basis: str, percent: str) -> None:
    with pytest.raises(MaterialityError):
        materiality("revenue", Decimal(basis), Decimal(percent), "USD")


@given(
    st.decimals(min_value="1000", max_value="999999999999", places=2),
    st.decimals(min_value="0.1", max_value="100", places=2),
)
def test_no_amount_exceeds_its_rate_and_each_is_at_most_the_one_above(basis: Decimal, percent: Decimal) -> None:
    result = materiality("revenue", basis, percent, "USD")

    assert result.trivial <= result.performance <= result.overall <= basis * percent / 100


def books_that_tell(**measures: Decimal) -> BooksProfile:
    return BooksProfile(books=digest_bytes(b"books"), currency="EUR", tables=(), measures=measures)


def test_planning_takes_the_first_basis_that_the_books_tell() -> None:
    program = load_program("general")
    told = program.materiality[-1].measure

    planned = planning_materiality(program, books_that_tell(**{told: Decimal(1_000_000)}))

    assert (planned.basis, planned.percent) == (told, Decimal(program.materiality[-1].percent))


def test_planning_without_any_basis_names_what_was_looked_for() -> None:
    program = load_program("general")

    with pytest.raises(NoMaterialityBasisError, match=", ".join(basis.measure for basis in program.materiality)):
        planning_materiality(program, books_that_tell())
