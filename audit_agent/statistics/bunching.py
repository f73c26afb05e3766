"""Number bunching: whether single amounts occur more often than their digits by themselves explain.

Source: Uri Simonsohn, "Number-Bunching: A New Tool for Forensic Data Analysis" (2019), as in `jfa`'s repeated-values
test; stopping early after Besag and Clifford, "Sequential Monte Carlo p-values", Biometrika 78 (1991). It serves ISA
240.A45(e).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from audit_agent.statistics.sampling import Basis, SamplingError

BASIS = Basis(
    "AF = sum f^2 / sum f; p = share of permutations of the last digits whose AF is as large",
    "ISA 240.A45(e); Simonsohn (2019), Number-Bunching; Besag and Clifford (1991)",
    "JE-16",
)
ENOUGH = 20
"""Permutations as bunched as the data after which it is settled that chance explains it."""
_FEWEST = 99
_WORK = 300_000_000
"""Amounts permuted in all, so that ten thousand permutations of millions do not take hours."""
_PLACES = Decimal("0.0001")

Part = tuple[str, int]
"""The leading part of an amount, with its currency."""


@dataclass(frozen=True)
class Bunch:
    """An amount that occurs often: how often, how often its digits alone explain, and the distance in deviations.

    `p` is how likely chance makes any amount occur as often (Poisson, with Bonferroni's correction).
    """

    left: Part
    right: int
    found: int
    expected: Decimal
    z: Decimal
    p: Decimal


@dataclass(frozen=True)
class BunchingResult:
    """The average frequency of amounts, and how often chance alone reaches it."""

    count: int
    average_frequency: Decimal
    expected_frequency: Decimal
    permutations: int
    p: Decimal
    bunches: tuple[Bunch, ...]
    """Amounts found more often than expected and at least three times, the farthest from it first."""
    basis: Basis = BASIS


def bunching(frequencies: Mapping[tuple[Part, int], int], permutations: int = 10_000, seed: int = 0) -> BunchingResult:
    """Test amounts, given as leading part, last digits and how often each occurs; formula in `BASIS`.

    The last digits are dealt out among all amounts anew, `permutations` times, with a fixed `seed`. Dealing stops when
    `ENOUGH` deals were as bunched as the data, and earlier than asked for where there are so many amounts that it would
    take hours; the result says how many were made. Raises SamplingError when there are fewer than two amounts.
    """
    count = sum(frequencies.values())
    if count < 2:
        raise SamplingError("There are fewer than two amounts.", "Give amounts to test.")
    order = sorted(frequencies)
    lefts = {left: place for place, left in enumerate(sorted({left for left, _ in order}))}
    times = np.fromiter((frequencies[one] for one in order), np.int64, len(order))
    left = np.repeat(np.fromiter((lefts[part] for part, _ in order), np.int64, len(order)), times)
    right = np.repeat(np.fromiter((digits for _, digits in order), np.int64, len(order)), times)
    found = int(np.dot(times, times))
    made, reached, total = _dealt(left, right, found, min(permutations, max(_FEWEST, _WORK // count)), seed)
    p = Decimal(reached) / made if reached == ENOUGH else Decimal(reached + 1) / (made + 1)
    return BunchingResult(
        count,
        _rounded(Decimal(found) / count),
        _rounded(Decimal(total) / made / count),
        made,
        _rounded(p),
        _bunches(frequencies, order, count),
    )


def _dealt(
    left: NDArray[np.int64], right: NDArray[np.int64], found: int, permutations: int, seed: int
) -> tuple[int, int, int]:
    """How many deals were made, how many of them were as bunched, and the sum of their squared frequencies."""
    shared = np.bincount(left)[left] > 1
    alone = int(len(left) - shared.sum())
    leading, width = left[shared], int(right.max()) + 1
    generator = np.random.Generator(np.random.PCG64(seed))
    reached = total = made = 0
    while made < permutations and reached < ENOUGH:
        dealt = generator.permutation(right)[: len(leading)]
        squares = alone + _squares(leading * width + dealt)
        made += 1
        total += squares
        reached += squares >= found
    return made, reached, total


def _squares(codes: NDArray[np.int64]) -> int:
    """The sum of squares of how often each code occurs."""
    codes.sort()
    ends = np.flatnonzero(np.append(codes[1:] != codes[:-1], True)[: len(codes)])
    times = np.diff(ends, prepend=-1)
    return int(np.dot(times, times))


def _bunches(
    frequencies: Mapping[tuple[Part, int], int], order: list[tuple[Part, int]], count: int
) -> tuple[Bunch, ...]:
    by_left: dict[Part, int] = {}
    by_right: dict[int, int] = {}
    for left, right in order:
        by_left[left] = by_left.get(left, 0) + frequencies[left, right]
        by_right[right] = by_right.get(right, 0) + frequencies[left, right]
    often = [one for one in order if frequencies[one] >= 3]
    found = [_bunch(one, frequencies, by_left[one[0]], by_right[one[1]], count) for one in often]
    return tuple(sorted((one for one in found if one.z > 0), key=lambda one: (-one.z, one.left, one.right)))


def _bunch(
    one: tuple[Part, int], frequencies: Mapping[tuple[Part, int], int], same_left: int, same_right: int, count: int
) -> Bunch:
    """Of `same_left` amounts each gets its digits from `count` of which `same_right` are these: hypergeometric."""
    found = frequencies[one]
    with localcontext() as context:
        context.prec = 40
        expected = Decimal(same_left) * same_right / count
        variance = expected * (count - same_right) * (count - same_left) / (Decimal(count) * (count - 1))
        z = (found - expected) / variance.sqrt() if variance else Decimal(0)
    chance = min(1.0, float(gammainc(found, float(expected))) * len(frequencies))
    return Bunch(one[0], one[1], found, _rounded(expected), _rounded(z), _rounded(Decimal(chance)))


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(_PLACES, rounding=ROUND_HALF_EVEN)
