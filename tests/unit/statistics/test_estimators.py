"""Estimators by hand, and what they must do with books that are right."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.estimators import Estimator, estimate
from audit_agent.statistics.evaluation import AuditedItem, evaluate_estimate, evaluate_money, evaluate_rate
from audit_agent.statistics.sampling import Likelihood, SamplingError

PAIRS = [(Decimal(book), Decimal(audited)) for book, audited in ((10, 10), (20, 19), (30, 30), (15, 12))]
values = st.decimals(min_value="1", max_value="10000", places=2)


@pytest.mark.parametrize(
    ("estimator", "value", "precision"),
    [
        # 100 x 71/4; s = sqrt(244.75/3); 3.182446 x 100 x 9.03235 / 2 x sqrt(96/99)
        (Estimator.MEAN_PER_UNIT, "1775.00", "1415.31"),
        # 2000 - 100; deviations 1, 0, 1, -2: s = sqrt(2)
        (Estimator.DIFFERENCE, "1900.00", "221.60"),
        # 2000 x 71/75
        (Estimator.RATIO, "1893.33", None),
        # slope 228.75/218.75; 1775 + 1.045714 x 125
        (Estimator.REGRESSION, "1905.71", None),
    ],
)
def test_estimates_computed_by_hand(estimator: Estimator, value: str, precision: str | None) -> None:
    found = estimate(estimator, PAIRS, Decimal(2_000), 100)

    assert found.value == Decimal(value)
    assert found.misstatement == 2_000 - found.value
    assert found.degrees_of_freedom == 3
    if precision:
        assert abs(found.precision - Decimal(precision)) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("estimator", "pairs", "items"),
    [
        (Estimator.DIFFERENCE, PAIRS[:1], 100),
        (Estimator.REGRESSION, PAIRS[:2], 100),
        (Estimator.DIFFERENCE, PAIRS, 3),
        (Estimator.REGRESSION, [PAIRS[0]] * 3, 100),
        (Estimator.RATIO, [(Decimal(1), Decimal(1)), (Decimal(-1), Decimal(0))], 100),
    ],
)
def test_samples_that_carry_no_estimate_are_refused(
    estimator: Estimator, pairs: list[tuple[Decimal, Decimal]], items: int
) -> None:
    with pytest.raises(SamplingError):
        estimate(estimator, pairs, Decimal(2_000), items)


@given(st.lists(values, min_size=3, max_size=30, unique=True), values)
def test_books_without_error_are_estimated_exactly(books: list[Decimal], more: Decimal) -> None:
    for estimator in (Estimator.DIFFERENCE, Estimator.RATIO, Estimator.REGRESSION):
        total = sum(books, more)
        found = estimate(estimator, [(book, book) for book in books], total, 100)

        assert (found.value, found.precision, found.misstatement) == (total, Decimal(0), Decimal(0))


@given(st.lists(st.tuples(values, values), min_size=4, max_size=20))
def test_looking_at_every_item_leaves_no_doubt(pairs: list[tuple[Decimal, Decimal]]) -> None:
    for estimator in (Estimator.MEAN_PER_UNIT, Estimator.DIFFERENCE, Estimator.RATIO):
        found = estimate(estimator, pairs, sum((book for book, _ in pairs), Decimal(0)), len(pairs))

        assert (found.value, found.precision) == (sum((audited for _, audited in pairs), Decimal(0)), Decimal(0))


def test_money_is_projected_by_taints_and_the_top_stratum_is_added() -> None:
    items = [AuditedItem(Decimal(100), Decimal(100))] * 97
    items += [
        AuditedItem(Decimal(200), Decimal(100)),
        AuditedItem(Decimal(50), Decimal(45)),
        AuditedItem(Decimal(80), Decimal(88)),
    ]
    items += [AuditedItem(Decimal(90_000), Decimal(88_000), top=True)]

    found = evaluate_money(items, Decimal(1_000_000), likelihood=Likelihood.POISSON)

    # taints 0.5, 0.1 and -0.1 of 100 draws
    assert (found.size, found.errors, found.top_errors) == (100, 3, 1)
    assert found.likely == 1_000_000 * Decimal("0.005") + 2_000
    assert round(found.upper_overstatement - 2_000, -1) == Decimal("40250")
    # 1,000,000 x (2.99573 + 1.74813 x 0.1) / 100
    assert round(found.upper_understatement, -1) == Decimal("31710")


def test_few_units_of_money_leave_less_in_doubt() -> None:
    items = [AuditedItem(Decimal(10), Decimal(10))] * 60

    few = evaluate_money(items, Decimal(600), likelihood=Likelihood.HYPERGEOMETRIC)
    many = evaluate_money(items, Decimal(600), likelihood=Likelihood.BINOMIAL)

    assert few.upper_overstatement < many.upper_overstatement


def test_a_rate_counts_drawn_items_that_differ() -> None:
    items = [AuditedItem(Decimal(1), Decimal(1))] * 59 + [AuditedItem(Decimal(1), Decimal(0))]
    items += [AuditedItem(Decimal(9), Decimal(0), top=True)]

    found = evaluate_rate(items)

    assert (found.size, found.errors, found.top_errors) == (60, 1, 1)
    assert round(found.upper, 3) == Decimal("0.077")
    assert evaluate_rate(items, likelihood=None).lower is not None


def test_an_estimate_adds_what_is_known() -> None:
    items = [AuditedItem(book, audited) for book, audited in PAIRS]
    items += [AuditedItem(Decimal(5_000), Decimal(4_900), top=True)]

    found = evaluate_estimate(items, Estimator.DIFFERENCE, Decimal(2_000), 100)

    assert (found.likely, found.top_misstatement) == (Decimal(200), Decimal(100))
    assert found.upper == found.likely + found.precision


def test_samples_drawn_by_money_or_not_at_all_are_refused() -> None:
    twice = [AuditedItem(Decimal(1), Decimal(1), hits=2)] * 3

    with pytest.raises(SamplingError, match="more than once"):
        evaluate_estimate(twice, Estimator.DIFFERENCE, Decimal(10), 10)
    with pytest.raises(SamplingError, match="by chance"):
        evaluate_money([AuditedItem(Decimal(1), Decimal(1), top=True)], Decimal(1))
    with pytest.raises(SamplingError, match="positive book value"):
        evaluate_money([AuditedItem(Decimal(0), Decimal(1))], Decimal(1))
