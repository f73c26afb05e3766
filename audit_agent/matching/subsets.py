"""Which few of some amounts come to a sum."""

from collections.abc import Iterable
from itertools import islice

CANDIDATES = 14
"""Amounts that are tried, so that chance makes no sums and time stays bounded: 14 in fours are 1,456 combinations."""


def subset_of_sum(amounts: Iterable[tuple[int, int]], wanted: int, most: int) -> tuple[int, ...]:
    """Names of two to `most` of the first amounts that come to `wanted`, the fewest that do; empty when none do.

    Amounts are `(name, units)`, the likeliest first, all of the sign of `wanted`.
    """
    first = list(islice(amounts, CANDIDATES))
    return next((found for size in range(2, most + 1) if (found := _of_size(first, wanted, size))), ())


def _of_size(amounts: list[tuple[int, int]], wanted: int, size: int) -> tuple[int, ...]:
    if size == 1:
        return next(((name,) for name, units in amounts if units == wanted), ())
    for place, (name, units) in enumerate(amounts):
        if abs(units) < abs(wanted) and (rest := _of_size(amounts[place + 1 :], wanted - units, size - 1)):
            return name, *rest
    return ()
