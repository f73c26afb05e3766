"""Digit statistics against published figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.benford import Conformity, DigitTest, digit_test, digits_of, expected_shares


def test_expected_shares_are_the_published_ones() -> None:
    first, second = expected_shares(DigitTest.FIRST), expected_shares(DigitTest.SECOND)

    assert [round(share, 5) for share in first.values()] == [
        Decimal(text) for text in "0.30103 0.17609 0.12494 0.09691 0.07918 0.06695 0.05799 0.05115 0.04576".split()
    ]
    assert round(second["0"], 5) == Decimal("0.11968")
    assert round(second["9"], 5) == Decimal("0.08500")


@pytest.mark.parametrize("test", DigitTest)
def test_expected_shares_sum_to_one(test: DigitTest) -> None:
    assert round(sum(expected_shares(test).values()), 8) == 1


@pytest.mark.parametrize(
    ("amount", "test", "digits"),
    [
        ("0.29", DigitTest.FIRST_TWO, "29"),
        ("-1234.56", DigitTest.FIRST_TWO, "12"),
        ("7", DigitTest.FIRST_TWO, "70"),
        ("1234.56", DigitTest.SECOND, "2"),
        ("1234.5600", DigitTest.LAST_TWO, "56"),
        ("0.0012", DigitTest.FIRST, "1"),
        ("0.00", DigitTest.FIRST, None),
        ("0.00", DigitTest.LAST_TWO, None),
    ],
)
def test_digits_come_from_the_decimal_itself(amount: str, test: DigitTest, digits: str | None) -> None:
    assert digits_of(Decimal(amount), test) == digits


@pytest.mark.parametrize(("currency", "digits"), [("JPY", "34"), ("USD", "56"), ("KWD", "67")])
def test_the_last_two_digits_depend_on_the_currency(currency: str, digits: str) -> None:
    assert digits_of(Decimal("1234.567"), DigitTest.LAST_TWO, currency) == digits


def test_figures_of_a_small_count_computed_by_hand() -> None:
    result = digit_test(DigitTest.FIRST, {"1": 60, "2": 40})

    one = result.rows[0]
    assert (one.found, one.count) == (Decimal("0.6"), 60)
    # (|0.6 - 0.3010300| - 1/200) / sqrt(0.3010300 * 0.6989700 / 100) = 0.2939700 / 0.0458706
    assert round(one.z, 2) == Decimal("6.41")
    # (0.2989700 + 0.2239087 + 0.5228787) / 9
    assert round(result.mad, 4) == Decimal("0.1162")
    assert result.degrees_of_freedom == 8


@pytest.mark.parametrize(
    ("shift", "conformity"),
    [
        (0, Conformity.CLOSE),
        (4_000, Conformity.ACCEPTABLE),
        (6_000, Conformity.MARGINAL),
        (8_000, Conformity.NONE),
    ],
)
def test_conformity_follows_the_cut_offs(shift: int, conformity: Conformity) -> None:
    counts = {digits: int(share * 100_000) for digits, share in expected_shares(DigitTest.FIRST).items()}
    counts["1"] -= shift
    counts["2"] += shift

    assert digit_test(DigitTest.FIRST, counts).conformity is conformity


def test_the_last_two_digits_have_no_published_cut_offs() -> None:
    assert digit_test(DigitTest.LAST_TWO, {"00": 5}).conformity is None


def test_no_amounts_give_no_deviation() -> None:
    assert digit_test(DigitTest.FIRST, {}).mad == 0


def test_digits_the_test_does_not_know_are_refused() -> None:
    with pytest.raises(ValueError, match="no digits 0"):
        digit_test(DigitTest.FIRST, {"0": 1})


@given(st.decimals(min_value="10", max_value="99999999999999", places=4), st.integers(-3, 3))
def test_leading_digits_do_not_change_with_the_scale(amount: Decimal, places: int) -> None:
    assert digits_of(amount, DigitTest.FIRST_TWO) == digits_of(amount.scaleb(places), DigitTest.FIRST_TWO)
