"""Bounds against published tables, and the laws they obey."""

from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.bounds import clopper_pearson, confidence_factor, upper_rate
from audit_agent.statistics.sampling import Likelihood, SamplingError
from audit_agent.statistics.stringer import stringer
from tests.unit.statistics.published import FACTORS, UPPER_RATES_5_PERCENT

confidences = st.decimals(min_value="50", max_value="99.9", places=1)
taint = st.decimals(min_value="0.01", max_value="1", places=2)


@pytest.mark.parametrize("size", UPPER_RATES_5_PERCENT)
def test_upper_rates_are_those_of_table_a_3(size: int) -> None:
    found = [upper_rate(errors, size) * 100 for errors in range(11)]

    rounded = [rate.quantize(Decimal("0.1"), rounding=ROUND_CEILING) for rate in found]
    assert rounded == [Decimal(rate) for rate in UPPER_RATES_5_PERCENT[size].split()]


@pytest.mark.parametrize("confidence", FACTORS)
def test_confidence_factors_are_those_of_table_c_2(confidence: str) -> None:
    """The table rounds up in most places and to the nearest in others: a hundredth either way."""
    for errors, published in enumerate(FACTORS[confidence].split()):
        assert abs(confidence_factor(errors, Decimal(confidence)) - Decimal(published)) < Decimal("0.01")


def test_limits_of_clopper_and_pearson_are_the_published_ones() -> None:
    """3 of 50 at 95%: 1.25% to 16.55%; none of 10: 0 to 30.85%."""
    assert [round(limit, 4) for limit in clopper_pearson(3, 50)] == [Decimal("0.0125"), Decimal("0.1655")]
    assert [round(limit, 4) for limit in clopper_pearson(0, 10)] == [Decimal(0), Decimal("0.3085")]
    assert clopper_pearson(10, 10)[1] == 1


def test_the_bound_of_a_small_population_computed_by_hand() -> None:
    """None in error among 5 of 10: with 2 in error that has a chance of 56/252 = 22%, with 3 of 21/252 = 8%,
    with 4 of 6/252 = 2.4%.
    """
    assert upper_rate(0, 5, Decimal(95), Likelihood.HYPERGEOMETRIC, 10) == Decimal("0.3")
    assert upper_rate(0, 5, Decimal(90), Likelihood.HYPERGEOMETRIC, 10) == Decimal("0.2")


def test_the_stringer_bound_computed_from_the_factors() -> None:
    found = stringer([Decimal("0.1"), Decimal("0.5")], 100, Decimal(95), Likelihood.POISSON)

    # (2.9957 + (4.7439 - 2.9957) * 0.5 + (6.2958 - 4.7439) * 0.1) / 100
    assert round(found.upper, 6) == Decimal("0.040250")
    assert (found.likely, round(found.basic_precision, 6)) == (Decimal("0.006"), Decimal("0.029957"))


def test_a_taint_above_one_also_stands_for_what_nobody_saw() -> None:
    assert stringer([Decimal(2)], 60).basic_precision == 2 * stringer([Decimal(1)], 60).basic_precision


@pytest.mark.parametrize(("errors", "size"), [(-1, 10), (11, 10), (0, 0)])
def test_errors_that_do_not_fit_the_sample_are_refused(errors: int, size: int) -> None:
    with pytest.raises(SamplingError):
        upper_rate(errors, size)


def test_understatements_are_bounded_apart() -> None:
    with pytest.raises(SamplingError, match="not above 0"):
        stringer([Decimal("-0.1")], 60)


@given(st.integers(1, 300), st.integers(0, 300), confidences, st.sampled_from(Likelihood))
def test_upper_rates_grow_with_errors(size: int, errors: int, confidence: Decimal, likelihood: Likelihood) -> None:
    errors = min(errors, size - 1)

    fewer, more = (upper_rate(found, size, confidence, likelihood, 400) for found in (errors, errors + 1))

    # A bound in whole items of 400 may end below the rate found, by less than one item.
    whole_items = Decimal(1) / 400 if likelihood is Likelihood.HYPERGEOMETRIC else Decimal(0)
    assert Decimal(errors) / size - whole_items <= fewer <= more <= 1


@given(st.integers(1, 300), st.integers(0, 300), confidences, confidences)
def test_upper_rates_grow_with_confidence(size: int, errors: int, one: Decimal, two: Decimal) -> None:
    low, high = sorted((one, two))
    errors = min(errors, size)

    assert upper_rate(errors, size, low) <= upper_rate(errors, size, high)


@given(st.integers(1, 300), st.integers(0, 300), confidences)
def test_two_sided_limits_surround_what_was_found(size: int, errors: int, confidence: Decimal) -> None:
    errors = min(errors, size)

    low, high = clopper_pearson(errors, size, confidence)

    assert low <= Decimal(errors) / size <= high


@given(st.lists(taint, max_size=20), taint, confidences)
def test_the_stringer_bound_grows_with_every_taint(taints: list[Decimal], more: Decimal, confidence: Decimal) -> None:
    before, after = stringer(taints, 40, confidence), stringer([*taints, more], 40, confidence)

    assert before.upper < after.upper
    assert after.likely <= after.upper <= 1


@given(st.lists(taint, min_size=1, max_size=20))
def test_taints_never_bound_more_than_whole_errors(taints: list[Decimal]) -> None:
    assert stringer(taints, 40).upper <= upper_rate(len(taints), 40)
