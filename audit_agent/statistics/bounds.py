"""How high the rate of errors may be, given those in a sample (ISA 530.13-.15, A21-A23).

SciPy's quantiles are rounded up (down for lower limits) at the tenth place; hypergeometric bounds are whole numbers
decided exactly.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from audit_agent.statistics.sampling import Basis, Likelihood, SamplingError, needed, risk
from audit_agent.statistics.tails import at_most_of

_PLACES = Decimal("0.0000000001")

_STANDARD = "ISA 530.14-15, A21-A23; AICPA Audit Sampling, appendix A"

BASES = {
    Likelihood.POISSON: Basis("GammaInv(confidence; 1 + x) / n", f"{_STANDARD}; appendix C, table C-2", "SMP-04"),
    Likelihood.BINOMIAL: Basis("BetaInv(confidence; 1 + x, n - x)", f"{_STANDARD}, table A-3", "SMP-04"),
    Likelihood.HYPERGEOMETRIC: Basis("largest M/N with P(X <= x; n, M, N) > 1 - confidence", _STANDARD, "SMP-04"),
}
CLOPPER_PEARSON = Basis(
    "BetaInv((1 - confidence)/2; x, n - x + 1) to BetaInv((1 + confidence)/2; x + 1, n - x)",
    "ISA 530.14-15; Clopper and Pearson (1934)",
    "SMP-04",
)


def upper_rate(
    errors: int,
    size: int,
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood = Likelihood.BINOMIAL,
    population: int | None = None,
) -> Decimal:
    """One-sided upper bound of the error rate, a share from 0 to 1, after `errors` in `size` items.

    Formulas in `BASES` (ISA 530.14, AICPA Audit Sampling, tables A-3 and C-2). Hypergeometric needs the number of items
    in the population. Raises SamplingError.
    """
    from scipy import special

    _check(errors, size)
    allowed = risk(confidence)
    if likelihood is Likelihood.HYPERGEOMETRIC:
        needed({"population": population})
        return _upper_of(errors, size, int(population or 0), allowed)
    if errors == size:
        return Decimal(1)
    if likelihood is Likelihood.POISSON:
        return min(Decimal(1), _up(special.gammainccinv(1 + errors, float(allowed)) / size))
    return _up(special.betainccinv(1 + errors, size - errors, float(allowed)))


def clopper_pearson(errors: int, size: int, confidence: Decimal = Decimal(95)) -> tuple[Decimal, Decimal]:
    """Two-sided limits of the error rate, shares from 0 to 1; the formula is in `CLOPPER_PEARSON` (ISA 530.14).

    Raises SamplingError.
    """
    from scipy import special

    _check(errors, size)
    half = float(risk(confidence) / 2)
    low = special.betaincinv(errors, size - errors + 1, half) if errors else 0.0
    high = special.betainccinv(errors + 1, size - errors, half) if errors < size else 1.0
    return Decimal(low).quantize(_PLACES, rounding=ROUND_FLOOR), min(Decimal(1), _up(high))


def confidence_factor(errors: int, confidence: Decimal = Decimal(95)) -> Decimal:
    """Upper limit of a Poisson mean: GammaInv(confidence; 1 + errors), 3.00 at 95% without errors.

    Source: AICPA Audit Sampling, table C-2; ISA 530.14. Raises SamplingError.
    """
    from scipy import special

    if errors < 0:
        raise SamplingError(f"{errors} errors are no number of errors.", "Give 0 or more.")
    return _up(special.gammainccinv(1 + errors, float(risk(confidence))))


def _upper_of(errors: int, size: int, population: int, allowed: Fraction) -> Decimal:
    if population < size:
        raise SamplingError(f"The population of {population} is smaller than the sample of {size}.", "Check both.")
    low, high = errors, population - size + errors
    while low < high:
        middle = (low + high + 1) // 2
        if at_most_of(errors, size, middle, population, allowed):
            high = middle - 1
        else:
            low = middle
    return _up_exactly(Fraction(low, population))


def _check(errors: int, size: int) -> None:
    if size < 1 or not 0 <= errors <= size:
        raise SamplingError(f"{errors} errors in {size} items do not fit.", "Give 0 to as many errors as items.")


def _up(number: float) -> Decimal:
    return Decimal(float(number)).quantize(_PLACES, rounding=ROUND_CEILING)


def _up_exactly(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) / share.denominator).quantize(_PLACES, rounding=ROUND_CEILING)
