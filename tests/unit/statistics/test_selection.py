"""Selections that can be repeated, and that pass over nothing of an interval or more."""

from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.statistics.drawing import Draws
from audit_agent.statistics.sampling import SamplingError
from audit_agent.statistics.selection import Selection, SelectionMethod, Stratum, Units, select

populations = st.lists(st.decimals(min_value="-50", max_value="3000", places=2), min_size=1, max_size=60).filter(
    lambda amounts: any(amount > 0 for amount in amounts)
)
intervals = st.decimals(min_value="10", max_value="2000", places=2)
methods = st.sampled_from(SelectionMethod)


def _amounts(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def _places(selection: Selection) -> list[int]:
    return [one.place for one in selection.chosen]


def test_draws_are_those_of_anybody_with_the_same_hash() -> None:
    number = int.from_bytes(sha256(b"42,1").digest(), "big")

    assert Draws(42).below(1_000) == number % 1_000


def test_fixed_intervals_hit_the_items_under_every_interval_from_the_start() -> None:
    found = select(
        _amounts("40", "40", "40", "40"), SelectionMethod.FIXED_INTERVAL, Decimal(50), seed=1, start=Decimal(30)
    )

    # Units 30, 80, 130: the first, the second (41-80) and the fourth item (121-160).
    assert _places(found) == [0, 1, 3]
    assert (found.start, found.interval, found.hits) == (Decimal(30), Decimal(50), 3)


def test_the_top_stratum_is_taken_whole_and_leaves_the_line() -> None:
    found = select(
        _amounts("50.00", "10", "49.99", "120"), SelectionMethod.FIXED_INTERVAL, Decimal(50), 1, Decimal("10.01")
    )

    top = [one.place for one in found.chosen if one.stratum is Stratum.TOP]
    assert top == [0, 3]
    assert (found.top_value, found.sampled_value) == (Decimal("170.00"), Decimal("59.99"))
    assert [one.place for one in found.chosen if one.stratum is Stratum.SAMPLE] == [2]


def test_what_has_no_positive_amount_is_counted_apart() -> None:
    found = select(_amounts("10", "0", "-7", "20"), SelectionMethod.RANDOM, Decimal(5), 3)

    assert (found.items, found.not_selectable, found.not_selectable_value) == (2, 2, Decimal(-7))


def test_items_are_drawn_at_random_without_replacement() -> None:
    found = select([Decimal(-1)] * 40, SelectionMethod.RANDOM, Decimal(4), 9, units=Units.ITEMS)

    assert len(set(_places(found))) == 10
    assert {one.hits for one in found.chosen} == {1}


def test_each_cell_of_items_gives_one() -> None:
    found = select([Decimal(1)] * 40, SelectionMethod.CELL, Decimal(4), 9, units=Units.ITEMS)

    assert [place // 4 for place in _places(found)] == list(range(10))


def test_every_unit_is_as_likely_under_the_sieve() -> None:
    """Over all intervals of a seed, an item of a tenth of the interval is chosen about a tenth of the time."""
    found = select([Decimal(10)] * 5_000, SelectionMethod.SIEVE, Decimal(100), 11)

    assert 430 < found.hits < 570


@pytest.mark.parametrize(
    ("method", "interval", "start"),
    [
        (SelectionMethod.FIXED_INTERVAL, "0", None),
        (SelectionMethod.FIXED_INTERVAL, "10", "0"),
        (SelectionMethod.FIXED_INTERVAL, "10", "10.01"),
        (SelectionMethod.CELL, "10", "5"),
    ],
)
def test_intervals_and_starts_that_fit_nothing_are_refused(
    method: SelectionMethod, interval: str, start: str | None
) -> None:
    with pytest.raises(SamplingError):
        select(_amounts("5", "6"), method, Decimal(interval), 1, None if start is None else Decimal(start))


def test_a_population_without_a_positive_amount_is_refused() -> None:
    with pytest.raises(SamplingError, match="positive"):
        select(_amounts("0", "-1"), SelectionMethod.CELL, Decimal(1), 1)


@given(populations, intervals, methods, st.integers(min_value=0, max_value=10**9))
def test_every_item_of_an_interval_or_more_is_chosen(
    amounts: list[Decimal], interval: Decimal, method: SelectionMethod, seed: int
) -> None:
    found = set(_places(select(amounts, method, interval, seed)))

    assert {place for place, amount in enumerate(amounts) if amount >= interval} <= found


@given(populations, intervals, st.integers(min_value=0, max_value=10**9))
def test_fixed_intervals_pass_over_less_than_an_interval_between_hits(
    amounts: list[Decimal], interval: Decimal, seed: int
) -> None:
    found = select(amounts, SelectionMethod.FIXED_INTERVAL, interval, seed)
    hits = {one.place: one.hits for one in found.chosen if one.stratum is Stratum.SAMPLE}
    passed = Decimal(0)
    for place, amount in enumerate(amounts):
        if not 0 < amount < interval:
            continue
        if place in hits:
            assert hits[place] == 1
            passed = Decimal(0)
        else:
            passed += amount
        assert passed < interval


@given(populations, intervals, methods, st.integers(min_value=0, max_value=10**9))
def test_a_recorded_selection_can_be_made_again(
    amounts: list[Decimal], interval: Decimal, method: SelectionMethod, seed: int
) -> None:
    first = select(amounts, method, interval, seed)

    assert select(amounts, method, interval, first.seed) == first
    if first.start is not None:
        assert select(amounts, method, interval, seed=0, start=first.start).chosen == first.chosen


@given(populations, intervals, methods, st.integers(min_value=0, max_value=10**9))
def test_no_value_is_lost(amounts: list[Decimal], interval: Decimal, method: SelectionMethod, seed: int) -> None:
    found = select(amounts, method, interval, seed)

    assert found.top_value + found.sampled_value + found.not_selectable_value == sum(amounts)
    assert found.items + found.not_selectable == len(amounts)
