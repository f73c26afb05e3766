"""How many items to look at (ISA 530.7, A10-A11; appendices 2 and 3).

SciPy finds where the answer is, over many sizes at once; whole numbers and fractions decide which size it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from audit_agent.domain.money import exponent
from audit_agent.statistics.sampling import Basis, Likelihood, SamplingError, needed, risk
from audit_agent.statistics.tails import at_most, at_most_of

MOST = 200_000
"""Larger samples are not planned: the expected errors are then too near to what is tolerable."""

_FIRST_STRETCH = 1_000
_SLACK = 1e-6

_CHANCE = {
    Likelihood.POISSON: "P(X <= k) = sum e^(-nt) (nt)^i / i!",
    Likelihood.BINOMIAL: "P(X <= k) = sum C(n,i) t^i (1-t)^(n-i)",
    Likelihood.HYPERGEOMETRIC: "P(X <= k) = sum C(M,i) C(N-M,n-i) / C(N,n), M = ceil(tN)",
}


@dataclass(frozen=True)
class SampleSize:
    """A planned sample. `errors` may be found before the tolerable is exceeded; `interval` is for monetary units."""

    size: int
    errors: Decimal
    likelihood: Likelihood
    confidence: Decimal
    basis: Basis
    interval: Decimal | None = None


def attributes_size(
    tolerable: Decimal,
    expected: Decimal = Decimal(0),
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood = Likelihood.BINOMIAL,
    population: int | None = None,
) -> SampleSize:
    """Fewest items that, with the expected rate of deviations in them, show a rate below the tolerable one.

    Rates and confidence in percent; `population` in items, needed for hypergeometric.
    Formula: the least n with P(X <= k; n, t) <= 1 - confidence, k = ceil(e n) (AICPA Audit Sampling, appendix A;
    ISA 530.7 and appendix 2). 5% tolerable, none expected, 95%: 59. Raises SamplingError.
    """
    _check("rate", tolerable, expected, Decimal(100))
    size = _least(Fraction(tolerable) / 100, Fraction(expected) / 100, risk(confidence), likelihood, population)
    errors = Decimal(ceil(Fraction(expected) / 100 * size))
    formula = f"least n with P(X <= k) <= 1 - confidence, k = ceil(e n); {_CHANCE[likelihood]}"
    standard = "ISA 530.7 and appendix 2; AICPA Audit Sampling, appendix A"
    return SampleSize(size, errors, likelihood, confidence, Basis(formula, standard, "SMP-02"))


def monetary_unit_size(
    book_value: Decimal,
    tolerable: Decimal,
    expected: Decimal = Decimal(0),
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood = Likelihood.POISSON,
    currency: str = "",
) -> SampleSize:
    """Fewest monetary units, and the interval between them, for a tolerable and an expected misstatement in money.

    Poisson: the least n with Gamma(PM/BV; 1 + k, rate n) >= confidence, binomial: Beta(PM/BV; 1 + k, n - k), where
    k = n EM/BV may be a fraction of an error; hypergeometric over units of the currency, k rounded up (AICPA Audit
    Sampling, appendix C, table C-1; ISA 530.7 and appendix 3). The interval is BV / n, rounded down.
    Raises SamplingError.
    """
    _check("misstatement", tolerable, expected, book_value)
    tolerated, awaited = Fraction(tolerable) / Fraction(book_value), Fraction(expected) / Fraction(book_value)
    units = int(book_value) if likelihood is Likelihood.HYPERGEOMETRIC else None
    whole = likelihood is Likelihood.HYPERGEOMETRIC or not expected
    size = (_least if whole else _least_with_parts)(tolerated, awaited, risk(confidence), likelihood, units)
    parts = Decimal(ceil(awaited * size)) if whole else expected * size / book_value
    exact = {
        Likelihood.POISSON: "least n with Gamma(PM/BV; 1 + k, n) >= confidence, k = n EM/BV",
        Likelihood.BINOMIAL: "least n with Beta(PM/BV; 1 + k, n - k) >= confidence, k = n EM/BV",
        Likelihood.HYPERGEOMETRIC: f"least n with P(X <= k) <= 1 - confidence; {_CHANCE[likelihood]}",
    }
    basis = Basis(
        f"{exact[likelihood]}; interval = BV / n",
        "ISA 530.7 and appendix 3; AICPA Audit Sampling, table C-1",
        "SMP-01",
    )
    interval = (book_value / size).quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_DOWN)
    return SampleSize(size, round(parts, 4), likelihood, confidence, basis, interval)


def _check(what: str, tolerable: Decimal, expected: Decimal, whole: Decimal) -> None:
    if not 0 < tolerable < whole:
        raise SamplingError(f"The tolerable {what} is {tolerable:f}.", f"Give more than 0 and less than {whole:f}.")
    if not 0 <= expected < tolerable:
        raise SamplingError(
            f"The expected {what} is {expected:f}, the tolerable one {tolerable:f}.",
            "Expect less than is tolerable. Where more must be expected, sampling cannot give the assurance.",
        )


def _least(rate: Fraction, expected: Fraction, allowed: Fraction, likelihood: Likelihood, items: int | None) -> int:
    """The least size whose expected errors, rounded up, stay improbable at the tolerable rate."""
    import numpy
    from scipy import stats

    wrong = 0
    if likelihood is Likelihood.HYPERGEOMETRIC:
        needed({"population": items})
        items = int(items or 0)
        wrong = ceil(rate * items)
        if items < 1 or ceil(expected * items) >= wrong:
            raise SamplingError(f"A population of {items} is too small for these rates.", "Look at every item.")
    for sizes in _stretches(items if likelihood is Likelihood.HYPERGEOMETRIC else None):
        errors = numpy.array([ceil(expected * size) for size in sizes], dtype=object).astype("int64")
        chances: Any
        match likelihood:
            case Likelihood.POISSON:
                chances = stats.poisson.cdf(errors, numpy.array(sizes) * float(rate))
            case Likelihood.BINOMIAL:
                chances = stats.binom.cdf(errors, numpy.array(sizes), float(rate))
            case Likelihood.HYPERGEOMETRIC:
                chances = stats.hypergeom.cdf(errors, items, wrong, numpy.array(sizes))
        for place in numpy.flatnonzero(chances <= float(allowed) * (1 + _SLACK)):
            size, found = sizes[int(place)], int(errors[place])
            if likelihood is Likelihood.HYPERGEOMETRIC:
                decided = at_most_of(found, size, wrong, int(items or 0), allowed)
            else:
                decided = at_most(found, size, rate, likelihood, allowed)
            if decided:
                return size
    raise _too_near()


def _least_with_parts(
    rate: Fraction, expected: Fraction, allowed: Fraction, likelihood: Likelihood, items: int | None
) -> int:
    """The least size where the expected errors may be a part of one; what is too near to tell counts as too small."""
    import numpy
    from scipy import special

    for sizes in _stretches(items):
        count = numpy.array(sizes, dtype=float)
        errors = count * float(expected)
        if likelihood is Likelihood.POISSON:
            chances = special.gammaincc(1 + errors, count * float(rate))
        else:
            chances = special.betaincc(1 + errors, count - errors, float(rate))
        enough = numpy.flatnonzero(chances <= float(allowed) * (1 - 1e-12))
        if len(enough):
            return sizes[int(enough[0])]
    raise _too_near()


def _stretches(last: int | None) -> Iterator[range]:
    start, length, end = 1, _FIRST_STRETCH, min(last or MOST, MOST)
    while start <= end:
        yield range(start, min(start + length, end + 1))
        start, length = start + length, length * 4


def _too_near() -> SamplingError:
    return SamplingError(
        f"More than {MOST:,} items would be needed.",
        "The expected errors are too near to the tolerable ones. Expect less, or tolerate more.",
    )
