"""The mantissa arc test of Benford's law (Alexander 2009; Nigrini 2012, chapter 8; it serves ISA 240.33 and A45)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import cos, exp, fsum, pi, sin

from audit_agent.statistics.sampling import Basis, SamplingError

BASIS = Basis(
    "L2 = mean(cos 2 pi m)^2 + mean(sin 2 pi m)^2, m = fraction of log10 |x|; p = exp(-n L2)",
    "ISA 240.A45; Alexander (2009), Remarks on the use of Benford's law; Nigrini (2012), chapter 8",
    "JE-15",
)
_PLACES = Decimal("0.0000000001")
_FIVE_PERCENT = Decimal("0.05")


@dataclass(frozen=True)
class ArcResult:
    """Centre of gravity of the mantissas on a circle, its squared distance from the middle, and the chance of it."""

    count: int
    x: Decimal
    y: Decimal
    squared_length: Decimal
    p: Decimal
    basis: Basis = BASIS

    @property
    def fits(self) -> bool:
        """Whether so long an arc comes by chance at 5% or more."""
        return self.p >= _FIVE_PERCENT


def mantissa_arc(amounts: Iterable[Decimal]) -> ArcResult:
    """Put the mantissas of amounts other than zero on a circle; formula in `BASIS`, after Alexander (2009).

    Amounts that follow the law are spread evenly, so that their centre of gravity is near the middle. Where each
    mantissa begins is taken from the decimal itself, so that 1000, 10.0 and 0.1 fall on one point. Raises SamplingError
    when all amounts are zero.
    """
    mantissas = [_mantissa(amount) for amount in amounts if amount]
    if not mantissas:
        raise SamplingError("There are no amounts other than zero.", "Give amounts to test.")
    count = len(mantissas)
    x = fsum(cos(2 * pi * one) for one in mantissas) / count
    y = fsum(sin(2 * pi * one) for one in mantissas) / count
    squared = x * x + y * y
    return ArcResult(count, _rounded(x), _rounded(y), _rounded(squared), _rounded(exp(-count * squared)))


def _mantissa(amount: Decimal) -> float:
    """The fraction of log10 of the amount: from 0 for 1, 10, 100 to nearly 1 for 9.99."""
    leading = abs(amount).scaleb(-amount.adjusted())
    return float(leading.log10())


def _rounded(number: float) -> Decimal:
    return Decimal(number).quantize(_PLACES, rounding=ROUND_HALF_EVEN)
