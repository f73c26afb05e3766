"""What an account is expected to show in a period, and how far it is from that (ISA 520.5).

A mean cannot be divided exactly in a query, so that fractions are worked with here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

Expectation = Literal["best", "given", "year_before", "earlier_periods"]
Basis = Literal["given", "year_before", "earlier_periods"]
_LEAST_HISTORY = 3
"""Earlier periods without which neither a mean nor a ratio to revenue tells anything."""


class Place(NamedTuple):
    """A period of a financial year; both are 0 where the books do not say."""

    year: int
    period: int


@dataclass(frozen=True)
class Series:
    """One account's figures by period: movements of accounts of the result, balances of others."""

    moves: bool
    values: Mapping[Place, Fraction]
    given: Mapping[Place, Fraction]
    revenue: Mapping[Place, Fraction] | None = None
    """What a cost account may move with."""


@dataclass(frozen=True)
class Flux:
    """One figure against its expectation; `periods` is how many earlier ones a mean was taken of."""

    actual: Fraction
    expected: Fraction
    basis: Basis
    periods: int
    follows_revenue: bool

    @property
    def gap(self) -> Fraction:
        """Actual less expected."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Threshold:
    """A gap stands out when it is at least this share of the expectation and above this amount."""

    percent: Decimal
    amount: Decimal

    def exceeded(self, actual: Fraction, expected: Fraction) -> bool:
        """Whether the gap stands out."""
        gap = abs(actual - expected)
        return gap > Fraction(self.amount) and gap * 100 >= Fraction(self.percent) * abs(expected)


def compare(series: Series, place: Place, wanted: Expectation, most: int, threshold: Threshold) -> Flux | None:
    """The account in that period against the expectation asked for, or the first that there is; None without one."""
    for basis in _order(wanted):
        found = _expected(series, place, basis, most)
        if found is not None:
            expected, over = found
            actual = series.values[place]
            return Flux(actual, expected, basis, len(over), _follows(series, place, over, actual, threshold))
    return None


def _order(wanted: Expectation) -> tuple[Basis, ...]:
    return ("given", "year_before", "earlier_periods") if wanted == "best" else (wanted,)


def _expected(series: Series, place: Place, basis: Basis, most: int) -> tuple[Fraction, Sequence[Place]] | None:
    """The expectation and the periods it rests on."""
    if basis == "given":
        return (series.given[place], ()) if place in series.given else None
    if basis == "year_before":
        before = Place(place.year - 1, place.period)
        return (series.values[before], (before,)) if before in series.values else None
    earlier = [one for one in sorted(series.values) if one < place]
    if not series.moves:
        return (series.values[earlier[-1]], (earlier[-1],)) if earlier else None
    earlier = earlier[-most:]
    if len(earlier) < _LEAST_HISTORY:
        return None
    return sum((series.values[one] for one in earlier), Fraction(0)) / len(earlier), earlier


def _follows(series: Series, place: Place, over: Sequence[Place], actual: Fraction, threshold: Threshold) -> bool:
    """Whether it is to revenue as it was, and was to revenue alike in every earlier period.

    Expected = revenue of the period x sum of the account / sum of revenue, both over the periods of the expectation.
    """
    revenue = series.revenue
    earlier = [one for one in sorted(series.values) if one < place]
    if revenue is None or not over or len(earlier) < _LEAST_HISTORY:
        return False
    if place not in revenue or any(one not in revenue for one in (*over, *earlier)):
        return False
    base = sum((revenue[one] for one in over), Fraction(0))
    if not base:
        return False
    ratio = sum((series.values[one] for one in over), Fraction(0)) / base
    steady = all(not _apart(series.values[one], ratio * revenue[one], threshold) for one in earlier)
    return steady and not threshold.exceeded(actual, ratio * revenue[place])


def _apart(value: Fraction, expected: Fraction, threshold: Threshold) -> bool:
    """Whether a figure is off its share of revenue by the percentage, whatever the amount."""
    return abs(value - expected) * 100 >= Fraction(threshold.percent) * abs(expected)
