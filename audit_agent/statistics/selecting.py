"""The four ways to hit units in a line of items, each in whole units."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Self

from audit_agent.statistics.drawing import Draws


@dataclass(frozen=True)
class Grid:
    """Items as lengths of a line in whole units of `10**place`, with interval and start in the same units."""

    lengths: tuple[int, ...]
    interval: int
    start: int | None
    place: int

    @classmethod
    def over(cls, amounts: Sequence[Decimal], interval: Decimal, start: Decimal | None) -> Self:
        """A grid fine enough for every amount, the interval and the start."""
        given = [*amounts, interval, *([] if start is None else [start])]
        place = min(0, min(map(_last_place, given)))
        lengths = tuple(int(amount.scaleb(-place)) for amount in amounts)
        begun = None if start is None else int(start.scaleb(-place))
        return cls(lengths, int(interval.scaleb(-place)), begun, place)

    def amount(self, units: int) -> Decimal:
        """Units as an amount."""
        return Decimal(units).scaleb(self.place)

    @property
    def length(self) -> int:
        """Of the whole line."""
        return sum(self.lengths)


def by_interval(grid: Grid, start: int) -> list[int]:
    """Items under the units start, start + interval, ...; start is at least 1."""
    return list(_under(grid, range(start, grid.length + 1, grid.interval)))


def by_cell(grid: Grid, draws: Draws) -> list[int]:
    """Items under one random unit of each interval; a unit behind the line's end hits nothing."""
    hits = [begin + draws.below(grid.interval) + 1 for begin in range(0, grid.length, grid.interval)]
    return list(_under(grid, [hit for hit in hits if hit <= grid.length]))


def by_chance(grid: Grid, draws: Draws, again: bool) -> list[int]:
    """Items under random units, one for each interval in the line to the nearest whole number, at least one.

    `again` lets an item be drawn twice.
    """
    if not grid.lengths:
        return []
    ends = list(accumulate(grid.lengths))
    wanted = max(1, (2 * grid.length + grid.interval) // (2 * grid.interval))
    found: list[int] = []
    drawn: set[int] = set()
    while len(found) < wanted:
        place = bisect_left(ends, draws.below(grid.length) + 1)
        if again or place not in drawn:
            drawn.add(place)
            found.append(place)
    return found


def by_sieve(grid: Grid, draws: Draws) -> list[int]:
    """Items as long as a random number of units between 1 and the interval, drawn for each."""
    return [place for place, length in enumerate(grid.lengths) if draws.below(grid.interval) + 1 <= length]


def _under(grid: Grid, hits: Sequence[int]) -> Iterator[int]:
    """The item under each hit; hits rise."""
    place, end = 0, grid.lengths[0] if grid.lengths else 0
    for hit in hits:
        while end < hit:
            place += 1
            end += grid.lengths[place]
        yield place


def _last_place(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
