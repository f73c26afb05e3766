"""Sample sizes against published tables, and the laws they obey."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.sample_size import attributes_size, monetary_unit_size
from audit_agent.statistics.sampling import Likelihood, SamplingError
from tests.unit.statistics.published import (
    ATTRIBUTES_5_PERCENT,
    FROM_POPULATIONS,
    MONETARY_UNITS,
    RATES_EXPECTED,
    TOLERABLE_SHARES,
)


@pytest.mark.parametrize("tolerable", ATTRIBUTES_5_PERCENT)
def test_sizes_for_attributes_are_those_of_table_a_1(tolerable: int) -> None:
    published = [int(size) for size in ATTRIBUTES_5_PERCENT[tolerable].split()]

    found = [attributes_size(Decimal(tolerable), Decimal(rate)).size for rate in RATES_EXPECTED[: len(published)]]

    assert found == published


@pytest.mark.parametrize(("tolerable", "expected", "size"), [("5", "3.5", 400), ("8", "7", 1300)])
def test_an_expected_rate_that_is_a_whole_number_of_items_is_not_rounded_up(
    tolerable: str, expected: str, size: int
) -> None:
    """In floats 3.5% of 400 is a little over 14, so that 15 deviations would be allowed for."""
    plan = attributes_size(Decimal(tolerable), Decimal(expected), Decimal(90))

    assert plan.size == size
    assert plan.errors == Decimal(expected) * size / 100


def test_six_percent_of_a_thousand_are_sixty() -> None:
    """The least n that shows fewer than 60 of 1,000 in error, at 95% and none expected."""
    assert attributes_size(Decimal(6), likelihood=Likelihood.HYPERGEOMETRIC, population=1000).size == 48
    assert attributes_size(Decimal("6.0000001"), likelihood=Likelihood.HYPERGEOMETRIC, population=1000).size < 48


@pytest.mark.parametrize(("confidence", "population"), FROM_POPULATIONS)
def test_sizes_from_populations_are_those_of_ez_quant(confidence: str, population: int) -> None:
    found = [
        attributes_size(Decimal(rate), Decimal(0), Decimal(confidence), Likelihood.HYPERGEOMETRIC, population).size
        for rate in (8, 6, 4, 2)
    ]

    assert found == [int(size) for size in FROM_POPULATIONS[confidence, population].split()]


@pytest.mark.parametrize(("confidence", "ratio"), MONETARY_UNITS)
def test_sizes_for_monetary_units_are_those_of_table_c_1(confidence: str, ratio: str) -> None:
    books = Decimal(1_000_000)
    found = []
    for share in TOLERABLE_SHARES:
        tolerable = books * Decimal(share) / 100
        found.append(monetary_unit_size(books, tolerable, tolerable * Decimal(ratio), Decimal(confidence)).size)

    assert found == [int(size) for size in MONETARY_UNITS[confidence, ratio].split()]


def test_the_interval_is_rounded_down_to_the_smallest_coin() -> None:
    plan = monetary_unit_size(Decimal(1_000_000), Decimal(70_000), currency="USD")

    assert plan.size == 43
    assert plan.interval == Decimal("23255.81")
    assert monetary_unit_size(Decimal(1_000_000), Decimal(70_000), currency="JPY").interval == Decimal(23255)


def test_few_units_of_money_need_fewer_draws_than_many() -> None:
    few = monetary_unit_size(Decimal(500), Decimal(10), likelihood=Likelihood.HYPERGEOMETRIC)
    many = monetary_unit_size(Decimal(500_000), Decimal(10_000), likelihood=Likelihood.HYPERGEOMETRIC)

    assert (few.size, many.size) == (129, 149)


@pytest.mark.parametrize("confidence", ["49.9", "99.91", "100"])
def test_a_confidence_out_of_range_is_refused(confidence: str) -> None:
    with pytest.raises(SamplingError, match="confidence"):
        attributes_size(Decimal(5), confidence=Decimal(confidence))


@pytest.mark.parametrize("confidence", ["50", "99.9"])
def test_the_ends_of_the_range_of_confidence_are_allowed(confidence: str) -> None:
    assert attributes_size(Decimal(5), confidence=Decimal(confidence)).size == {"50": 14, "99.9": 135}[confidence]


@pytest.mark.parametrize(("tolerable", "expected"), [("0", "0"), ("100", "0"), ("5", "5"), ("5", "-1")])
def test_rates_that_fit_no_sample_are_refused(tolerable: str, expected: str) -> None:
    with pytest.raises(SamplingError):
        attributes_size(Decimal(tolerable), Decimal(expected))


def test_expecting_nearly_what_is_tolerable_is_refused() -> None:
    with pytest.raises(SamplingError, match="too near"):
        attributes_size(Decimal(5), Decimal("4.99"))


def test_hypergeometric_without_a_population_is_refused() -> None:
    with pytest.raises(SamplingError, match="no population"):
        attributes_size(Decimal(5), likelihood=Likelihood.HYPERGEOMETRIC)


rates = st.decimals(min_value="2", max_value="30", places=2)
confidences = st.decimals(min_value="50", max_value="99.9", places=1)


@given(rates, rates, confidences, st.sampled_from(Likelihood))
def test_sizes_fall_as_more_is_tolerable(
    one: Decimal, two: Decimal, confidence: Decimal, likelihood: Likelihood
) -> None:
    low, high = sorted((one, two))

    sizes = [attributes_size(rate, Decimal("0.5"), confidence, likelihood, 2_000).size for rate in (low, high)]

    assert sizes[0] >= sizes[1]


@given(rates, rates, st.sampled_from([Likelihood.POISSON, Likelihood.BINOMIAL]))
def test_sizes_for_money_fall_as_more_is_tolerable(one: Decimal, two: Decimal, likelihood: Likelihood) -> None:
    low, high = sorted((one, two))
    books = Decimal(10_000)

    sizes = [monetary_unit_size(books, rate * 100, Decimal(37), likelihood=likelihood).size for rate in (low, high)]

    assert sizes[0] >= sizes[1]


@given(rates, confidences, confidences)
def test_sizes_grow_with_confidence(rate: Decimal, one: Decimal, two: Decimal) -> None:
    low, high = sorted((one, two))

    assert attributes_size(rate, confidence=low).size <= attributes_size(rate, confidence=high).size
