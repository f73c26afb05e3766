"""What a population is worth, estimated from a random sample of its items (ISA 530.14; AICPA Audit Sampling, ch. 7).

Sums and means are exact fractions; only the quantile of Student's t and the square root are rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from audit_agent.statistics.sampling import Basis, SamplingError, risk

_CONTEXT = Context(prec=50)
_STANDARD = "ISA 530.14 and A21-A23; AICPA Audit Sampling, chapter 7; Cochran (1977), chapters 2, 6 and 7; as in JASP"
_PRECISION = "precision = t(n-1) N s / sqrt(n) sqrt((N - n)/(N - 1))"


class Estimator(StrEnum):
    """How audited values of a sample are carried over to the population."""

    MEAN_PER_UNIT = "mean-per-unit"
    DIFFERENCE = "difference"
    RATIO = "ratio"
    REGRESSION = "regression"


BASES = {
    Estimator.MEAN_PER_UNIT: Basis(f"N mean(a); {_PRECISION}, s of a", _STANDARD, "SMP-05"),
    Estimator.DIFFERENCE: Basis(f"B + N mean(a - b); {_PRECISION}, s of a - b", _STANDARD, "SMP-05"),
    Estimator.RATIO: Basis(f"B sum(a)/sum(b); {_PRECISION}, s of a - R b", _STANDARD, "SMP-05"),
    Estimator.REGRESSION: Basis(
        f"N mean(a) + k (B - N mean(b)), k = cov(a,b)/var(b); {_PRECISION}, s = s(a) sqrt(1 - r^2)",
        _STANDARD,
        "SMP-05",
    ),
}


@dataclass(frozen=True)
class Estimate:
    """The estimated audited value of the population, and how far it may be off on either side."""

    estimator: Estimator
    value: Decimal
    precision: Decimal
    misstatement: Decimal
    """Book value less the estimate: above 0 the books overstate."""
    degrees_of_freedom: int
    basis: Basis

    @property
    def lower(self) -> Decimal:
        """Lower confidence limit of the audited value."""
        return self.value - self.precision

    @property
    def upper(self) -> Decimal:
        """Upper confidence limit of the audited value."""
        return self.value + self.precision


def estimate(
    estimator: Estimator,
    pairs: Sequence[tuple[Decimal, Decimal]],
    book_value: Decimal,
    items: int,
    confidence: Decimal = Decimal(95),
) -> Estimate:
    """Carry pairs of book and audited values of a simple random sample over to `items` items worth `book_value`.

    Formulas in `BASES`, two-sided, with the correction for a finite population (ISA 530.14; AICPA Audit Sampling,
    chapter 7). Amounts to the hundredth, precision rounded up. Raises SamplingError when the sample is too small,
    larger than the population, or cannot carry the estimator.
    """
    n = len(pairs)
    fewest = 3 if estimator is Estimator.REGRESSION else 2
    if n < fewest or n > items:
        raise SamplingError(
            f"A sample of {n} items of {items} does not fit.", f"Give at least {fewest} items, and not more than all."
        )
    books, audited = [Fraction(book) for book, _ in pairs], [Fraction(value) for _, value in pairs]
    total = Fraction(book_value)
    slope = _slope(estimator, books, audited)
    if estimator is Estimator.RATIO:
        value, deviations = total * slope, [a - slope * b for a, b in zip(audited, books, strict=True)]
    else:
        mean_a, mean_b = _mean(audited), _mean(books)
        value = items * mean_a + slope * (total - items * mean_b)
        deviations = [a - mean_a - slope * (b - mean_b) for a, b in zip(audited, books, strict=True)]
    variance = sum((one * one for one in deviations), Fraction(0)) / (n - 1)
    error = _root(variance / n * Fraction(items - n, items - 1)) * items
    return Estimate(
        estimator,
        _cents(value),
        (_quantile(confidence, n - 1) * error).quantize(Decimal("0.01"), rounding=ROUND_CEILING),
        _cents(total - Fraction(_cents(value))),
        n - 1,
        BASES[estimator],
    )


def _slope(estimator: Estimator, books: list[Fraction], audited: list[Fraction]) -> Fraction:
    match estimator:
        case Estimator.MEAN_PER_UNIT:
            return Fraction(0)
        case Estimator.DIFFERENCE:
            return Fraction(1)
        case Estimator.RATIO:
            if not sum(books):
                raise SamplingError("The book values of the sample sum to 0.", "Use mean-per-unit or difference.")
            return sum(audited, Fraction(0)) / sum(books, Fraction(0))
        case Estimator.REGRESSION:
            mean_b, mean_a = _mean(books), _mean(audited)
            spread = sum(((b - mean_b) * (b - mean_b) for b in books), Fraction(0))
            if not spread:
                raise SamplingError("All book values of the sample are equal.", "Use mean-per-unit or difference.")
            together = sum(((b - mean_b) * (a - mean_a) for b, a in zip(books, audited, strict=True)), Fraction(0))
            return together / spread


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _quantile(confidence: Decimal, freedom: int) -> Decimal:
    from scipy import special

    return Decimal(float(special.stdtrit(freedom, float(1 - risk(confidence) / 2))))


def _root(number: Fraction) -> Decimal:
    return _CONTEXT.sqrt(_CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator)))


def _cents(number: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(number.numerator), Decimal(number.denominator)).quantize(Decimal("0.01"))
