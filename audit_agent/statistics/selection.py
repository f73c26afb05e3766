"""Which items to look at (ISA 530.8, A12-A13 and appendix 4; ISA 230.8-9: the selection can be repeated).

Amounts are counted in the smallest decimal place that any of them or the interval has, so positions are whole numbers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from audit_agent.statistics.drawing import Draws
from audit_agent.statistics.sampling import Basis, SamplingError
from audit_agent.statistics.selecting import Grid, by_cell, by_chance, by_interval, by_sieve


class SelectionMethod(StrEnum):
    """How items are chosen."""

    FIXED_INTERVAL = "fixed-interval"
    CELL = "cell"
    RANDOM = "random"
    SIEVE = "sieve"


class Units(StrEnum):
    """What has the same chance to be chosen: each unit of money, or each item."""

    MONEY = "money"
    ITEMS = "items"


class Stratum(StrEnum):
    """Whether an item was certain to be chosen, or was drawn."""

    TOP = "top"
    SAMPLE = "sample"


@dataclass(frozen=True)
class Chosen:
    """One item by its place in the population, from 0; `hits` says how often it was drawn."""

    place: int
    stratum: Stratum
    hits: int


@dataclass(frozen=True)
class Selection:
    """The chosen items in the order of the population, and all that is needed to choose them again."""

    method: SelectionMethod
    units: Units
    interval: Decimal
    seed: int
    start: Decimal | None
    chosen: tuple[Chosen, ...]
    items: int
    value: Decimal
    top_items: int
    top_value: Decimal
    not_selectable: int
    not_selectable_value: Decimal
    basis: Basis

    @property
    def sampled_value(self) -> Decimal:
        """Book value that the drawn items stand for: all but the top stratum."""
        return self.value - self.top_value

    @property
    def sampled_items(self) -> int:
        """Number of items that the drawn ones stand for."""
        return self.items - self.top_items

    @property
    def hits(self) -> int:
        """How many draws hit an item; the size of the sample that bounds go by."""
        return sum(one.hits for one in self.chosen if one.stratum is Stratum.SAMPLE)


FORMULAS = {
    SelectionMethod.FIXED_INTERVAL: "units start + j * interval, 0 < start <= interval",
    SelectionMethod.CELL: "one random unit in each interval",
    SelectionMethod.RANDOM: "value / interval random units, to the nearest; items without replacement, money with it",
    SelectionMethod.SIEVE: "each item whose amount is at least a random share of the interval",
}


def select(
    amounts: Sequence[Decimal],
    method: SelectionMethod,
    interval: Decimal,
    seed: int,
    start: Decimal | None = None,
    units: Units = Units.MONEY,
) -> Selection:
    """Choose items of a population, given as book values in a lasting order.

    By money, items of an interval or more are the top stratum: all of them are chosen, and the others stand in line
    for the draws. Items without a positive amount have no unit to be drawn; they are counted apart, and want a test of
    their own. By items, every item counts as one unit and there is no top stratum.
    Source: ISA 530.8 and appendix 4; AICPA Audit Sampling, chapter 6. The start (over 0, at most the interval) is
    for fixed intervals, and drawn from the seed when not given. Raises SamplingError.
    """
    if interval <= 0 or (units is Units.ITEMS and interval < 1):
        raise SamplingError(f"The interval is {interval:f}.", "Give one above 0, and at least 1 between items.")
    if start is not None and (method is not SelectionMethod.FIXED_INTERVAL or not 0 < start <= interval):
        raise SamplingError(
            f"The start {start:f} does not fit.", f"It is for fixed intervals: above 0 and at most {interval:f}."
        )
    weights = [Decimal(1)] * len(amounts) if units is Units.ITEMS else list(amounts)
    able = [place for place, weight in enumerate(weights) if weight > 0]
    if not able:
        raise SamplingError("No item has a positive amount.", "Choose another column of amounts, or sample by items.")
    top = [place for place in able if units is Units.MONEY and weights[place] >= interval]
    certain = set(top)
    rest = [place for place in able if place not in certain]
    grid = Grid.over([weights[place] for place in rest], interval, start)
    draws = Draws(seed)
    begun: int | None = None
    match method:
        case SelectionMethod.FIXED_INTERVAL:
            begun = grid.start if grid.start is not None else draws.below(grid.interval) + 1
            found = by_interval(grid, begun)
        case SelectionMethod.CELL:
            found = by_cell(grid, draws)
        case SelectionMethod.RANDOM:
            found = by_chance(grid, draws, again=units is Units.MONEY)
        case SelectionMethod.SIEVE:
            found = by_sieve(grid, draws)
    hits = Counter(rest[place] for place in found)
    chosen = [Chosen(place, Stratum.TOP, 1) for place in top]
    chosen += [Chosen(place, Stratum.SAMPLE, count) for place, count in hits.items()]
    return Selection(
        method=method,
        units=units,
        interval=interval,
        seed=seed,
        start=None if begun is None else grid.amount(begun),
        chosen=tuple(sorted(chosen, key=lambda one: one.place)),
        items=len(able),
        value=_sum(amounts, able),
        top_items=len(top),
        top_value=_sum(amounts, top),
        not_selectable=len(amounts) - len(able),
        not_selectable_value=sum(amounts, Decimal(0)) - _sum(amounts, able),
        basis=Basis(FORMULAS[method], "ISA 530.8 and appendix 4; ISA 230.8; AICPA Audit Sampling, chapter 6", "SMP-03"),
    )


def _sum(amounts: Sequence[Decimal], places: Sequence[int]) -> Decimal:
    return sum((amounts[place] for place in places), Decimal(0))
