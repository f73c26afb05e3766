"""Number bunching against what can be counted by hand, and the law that copying an amount makes it more bunched."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_agent.statistics.bunching import BunchingResult, Part, bunching
from audit_agent.statistics.sampling import SamplingError


def dealt(cents: Sequence[int], permutations: int = 499) -> BunchingResult:
    frequencies: Counter[tuple[Part, int]] = Counter((("EUR", one // 100), one % 100) for one in cents)
    return bunching(frequencies, permutations)


def by_chance() -> list[int]:
    drawn = Random(4)
    return [drawn.randrange(4_000) for _ in range(2_000)]


def test_the_average_frequency_is_the_sum_of_squares_over_the_sum() -> None:
    # 3 of one, 2 of another and 1: (9 + 4 + 1) / 6
    assert dealt([500, 500, 500, 701, 701, 999]).average_frequency == Decimal("2.3333")


def test_amounts_drawn_by_chance_are_no_more_bunched_than_chance() -> None:
    result = dealt(by_chance())

    assert result.p > Decimal("0.05")
    assert result.permutations < 499, "dealing stops when it is settled"


def test_a_copied_amount_is_found_with_how_often_its_digits_explain() -> None:
    spread = by_chance()
    result = dealt([*spread, *[1_250] * 30])

    assert (result.p, result.permutations) == (Decimal("0.0020"), 499)
    first = result.bunches[0]
    assert (first.left, first.right, first.found) == (("EUR", 12), 50, 30)
    assert first.expected < 3


def test_amounts_that_differ_in_their_leading_part_can_never_bunch() -> None:
    result = dealt([100 * n + 50 for n in range(200)])

    assert result.average_frequency == result.expected_frequency == 1
    assert not result.bunches


def test_the_same_seed_gives_the_same_result() -> None:
    amounts = [100 * (n % 7) + (n * n) % 100 for n in range(300)]

    assert dealt(amounts) == dealt(amounts)


def test_currencies_are_kept_apart() -> None:
    frequencies = {(("EUR", 5), 50): 3, (("USD", 5), 50): 3}

    assert bunching(frequencies, 99).average_frequency == 3


def test_one_amount_is_refused() -> None:
    with pytest.raises(SamplingError, match="fewer than two amounts"):
        dealt([100])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=100, max_value=3_000), min_size=2, max_size=60), st.integers(1, 5))
def test_copies_never_lower_the_average_frequency(cents: list[int], copies: int) -> None:
    most = Counter(cents).most_common(1)[0][0]

    assert dealt([*cents, *[most] * copies], 1).average_frequency >= dealt(cents, 1).average_frequency


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=100, max_value=3_000), min_size=2, max_size=60))
def test_p_is_a_probability_and_never_zero(cents: list[int]) -> None:
    assert 0 < dealt(cents, 99).p <= 1
