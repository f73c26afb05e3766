"""Kolmogorov-Smirnov, excess MAD, summation and the mantissa arc."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.benford import DigitTest, digit_test, digits_of
from audit_agent.statistics.benford_fit import excess_mad, kolmogorov_smirnov, summation_test
from audit_agent.statistics.mantissas import mantissa_arc
from audit_agent.statistics.sampling import SamplingError

amounts = st.decimals(min_value="0.01", max_value="99999999.99", places=2)
signs = st.sampled_from([Decimal(1), Decimal(-1)])


def test_the_distance_of_a_small_count_computed_by_hand() -> None:
    result = kolmogorov_smirnov(digit_test(DigitTest.FIRST, {"1": 60, "2": 40}))

    # 1.0 found against 0.30103 + 0.17609 expected
    assert (result.digits, round(result.distance, 5)) == ("2", Decimal("0.52288"))
    assert result.critical == Decimal("0.136")
    assert not result.fits


def test_digits_in_the_expected_shares_fit() -> None:
    counts = dict(zip("123456789", (301, 176, 125, 97, 79, 67, 58, 51, 46), strict=True))

    assert kolmogorov_smirnov(digit_test(DigitTest.FIRST, counts)).fits


def test_the_mad_of_two_amounts_that_chance_explains_computed_from_every_outcome() -> None:
    """The mean of MAD over all pairs of first digits, each as likely as the law says."""
    shares = {row.digits: row.expected for row in digit_test(DigitTest.FIRST, {}).rows}
    expected = Decimal(0)
    for one, two in product(shares, repeat=2):
        counts = {digit: (one == digit) + (two == digit) for digit in shares}
        expected += shares[one] * shares[two] * digit_test(DigitTest.FIRST, counts).mad

    found = excess_mad(digit_test(DigitTest.FIRST, {"1": 1, "2": 1}))

    assert abs(found.expected - expected) < Decimal("0.0000001")
    assert found.excess == found.mad - found.expected


@pytest.mark.parametrize("count", [1_000, 5_000, 50_000])
def test_the_expected_mad_of_first_two_digits_is_near_the_published_approximation(count: int) -> None:
    published = 1 / (Decimal("158.8") * count).sqrt()

    found = excess_mad(digit_test(DigitTest.FIRST_TWO, {"10": count}))

    assert abs(found.expected / published - 1) < Decimal("0.02")


def test_sums_are_compared_with_an_equal_share() -> None:
    even = summation_test({str(pair): Decimal("12.34") for pair in range(10, 100)})
    one = summation_test({"10": Decimal(9_000), "11": Decimal(1_000)})

    assert (even.total, even.mad) == (Decimal("1110.60"), Decimal(0))
    assert (one.rows[0].found, one.rows[1].found, one.rows[2].found) == (Decimal("0.9"), Decimal("0.1"), Decimal(0))
    # (0.8888889 + 0.0888889 + 88 * 0.0111111) / 90
    assert round(one.mad, 5) == Decimal("0.02173")


@pytest.mark.parametrize("sums", [{}, {"9": Decimal(1)}, {"10": Decimal(-1)}, {"10": Decimal(0)}])
def test_sums_that_are_none_are_refused(sums: dict[str, Decimal]) -> None:
    with pytest.raises(SamplingError):
        summation_test(sums)


def test_powers_of_two_lie_evenly_on_the_circle_and_equal_amounts_on_one_point() -> None:
    assert mantissa_arc(Decimal(2) ** power for power in range(1, 1_001)).fits
    assert mantissa_arc([Decimal("12.50")] * 50).squared_length == 1
    assert not mantissa_arc([Decimal("12.50")] * 50).fits


def test_opposite_points_balance() -> None:
    result = mantissa_arc([Decimal(1), Decimal(10).sqrt()])

    assert (result.x, result.y, result.p) == (Decimal(0), Decimal(0), Decimal(1))


def test_nothing_but_zeros_has_no_mantissa() -> None:
    with pytest.raises(SamplingError):
        mantissa_arc([Decimal(0)])


@given(amounts, signs, st.integers(min_value=-6, max_value=6))
def test_leading_digits_and_mantissas_do_not_depend_on_scale_or_sign(amount: Decimal, sign: Decimal, by: int) -> None:
    other = (sign * amount).scaleb(by)

    for test in (DigitTest.FIRST, DigitTest.SECOND, DigitTest.FIRST_TWO):
        assert digits_of(other, test) == digits_of(amount, test)
    assert mantissa_arc([other]) == mantissa_arc([amount])


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=0, max_value=3))
def test_the_last_two_digits_follow_the_smallest_unit_of_the_currency(units: int, places: int) -> None:
    currency = {0: "JPY", 2: "USD", 3: "KWD"}.get(places, "EUR")
    scale = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}[currency]

    assert digits_of(Decimal(units).scaleb(-scale), DigitTest.LAST_TWO, currency) == f"{units % 100:02d}"
