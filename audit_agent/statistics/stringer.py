"""The Stringer bound of a misstatement found by monetary units (ISA 530.14; ISA 450.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from audit_agent.statistics.bounds import upper_rate
from audit_agent.statistics.sampling import Basis, Likelihood, SamplingError

BASIS = Basis(
    "p(0) max(1, z1) + sum (p(j) - p(j-1)) z(j), taints z falling, p(j) the upper rate of j errors",
    "ISA 530.14, A22; ISA 450.5; Stringer (1963); AICPA Audit Sampling, chapter 6 and table C-2",
    "SMP-04",
)
_PLACES = Decimal("0.0000000001")


@dataclass(frozen=True)
class Bound:
    """Shares of the sampled book value: what is likeliest, what nobody saw, and the upper limit."""

    likely: Decimal
    basic_precision: Decimal
    upper: Decimal


def stringer(
    taints: Sequence[Decimal],
    size: int,
    confidence: Decimal = Decimal(95),
    likelihood: Likelihood = Likelihood.BINOMIAL,
    population: int | None = None,
) -> Bound:
    """Upper limit of the misstatement as a share of book value, from the taints above 0 in `size` draws.

    A taint is (book - audited) / book, one for each draw that hit an error. The formula is in `BASIS`; above 1 the
    largest taint also stands for errors not seen. Source: Stringer (1963); AICPA Audit Sampling, table C-2; ISA 530.14.
    Raises SamplingError for a taint that is not above 0, or more taints than draws.
    """
    if any(taint <= 0 for taint in taints):
        raise SamplingError("A taint is not above 0.", "Give taints of one direction; understatements go apart.")
    falling = sorted(taints, reverse=True)
    rates = [upper_rate(j, size, confidence, likelihood, population) for j in range(len(falling) + 1)]
    basic = rates[0] * max([Decimal(1), *falling[:1]])
    more = sum(((rates[j] - rates[j - 1]) * taint for j, taint in enumerate(falling, start=1)), Decimal(0))
    return Bound(
        likely=(sum(falling, Decimal(0)) / size).quantize(_PLACES),
        basic_precision=basic.quantize(_PLACES, rounding=ROUND_CEILING),
        upper=(basic + more).quantize(_PLACES, rounding=ROUND_CEILING),
    )
