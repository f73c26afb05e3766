"""The chance of few errors in a sample, compared with a risk exactly.

Binomial and hypergeometric chances are sums of fractions, compared as whole numbers; Poisson ones are taken to fifty
digits, as their exponential is never a fraction. A float would tip a comparison that is a tie or nearly one.
"""

from decimal import Context, Decimal
from fractions import Fraction
from math import comb

from audit_agent.statistics.sampling import Likelihood

_CONTEXT = Context(prec=50)


def at_most(errors: int, size: int, rate: Fraction, likelihood: Likelihood, risk: Fraction) -> bool:
    """Whether P(X <= errors) <= risk for `size` items and an error rate; Poisson or binomial.

    Binomial: sum C(n,i) t^i (1-t)^(n-i). Poisson: sum e^(-nt) (nt)^i / i!.
    """
    if likelihood is Likelihood.POISSON:
        return _poisson(errors, rate * size) <= _decimal(risk)
    found, of = rate.numerator, rate.denominator
    clean = of - found
    term: int = clean**size
    ways = 0
    if clean == 0:
        return errors < size
    for i in range(min(errors, size) + 1):
        ways += term
        term = term * (size - i) * found // ((i + 1) * clean)
    every: int = of**size
    return ways * risk.denominator <= risk.numerator * every


def at_most_of(errors: int, size: int, wrong: int, population: int, risk: Fraction) -> bool:
    """Whether P(X <= errors) <= risk when `size` of `population` items are drawn, of which `wrong` are in error.

    Hypergeometric: sum C(M,i) C(N-M,n-i) / C(N,n).
    """
    ways = sum(comb(wrong, i) * comb(population - wrong, size - i) for i in range(min(errors, size) + 1))
    return ways * risk.denominator <= risk.numerator * comb(population, size)


def _poisson(errors: int, mean: Fraction) -> Decimal:
    expected = _decimal(mean)
    term = total = _CONTEXT.exp(_CONTEXT.minus(expected))
    for i in range(1, errors + 1):
        term = _CONTEXT.divide(_CONTEXT.multiply(term, expected), Decimal(i))
        total = _CONTEXT.add(total, term)
    return total


def _decimal(share: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(share.numerator), Decimal(share.denominator))
