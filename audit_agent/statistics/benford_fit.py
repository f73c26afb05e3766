"""Fit of digits to Benford's law beside MAD and chi-square: Kolmogorov-Smirnov, excess MAD, and summation.

Sources: Mark J. Nigrini, *Benford's Law* (Wiley 2012), chapters 5 and 7; Bradley J. Barney and Kurt S. Schulzke,
"Moderating 'Cry Wolf' Events with Excess MAD in Benford's Law Research and Practice", Journal of Forensic Accounting
Research 1(1), 2016. They serve ISA 240.33 and A45, as digit tests of journal entries do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import accumulate

from audit_agent.statistics.benford import DigitResult, expected_shares
from audit_agent.statistics.sampling import Basis, SamplingError

_CONTEXT = Context(prec=40)
_PLACES = Decimal("0.0000000001")
_KS_5_PERCENT = Decimal("1.36")

KOLMOGOROV_SMIRNOV = Basis(
    "D = max |F found - F expected|; at 5% critical 1.36/sqrt(n)", "ISA 240.A45; Nigrini (2012), chapter 7", "JE-15"
)
EXCESS_MAD = Basis(
    "MAD - E(MAD), E|X - np| = 2 v (1 - p) P(X = v), v = floor(np) + 1, X binomial(n, p)",
    "ISA 240.A45; Barney and Schulzke (2016), Journal of Forensic Accounting Research 1(1)",
    "JE-15",
)
SUMMATION = Basis(
    "sum of amounts of each first-two digits over the sum of all; expected 1/90",
    "ISA 240.A45; Nigrini (2012), chapter 5",
    "JE-15",
)


@dataclass(frozen=True)
class Distance:
    """The largest distance between found and expected cumulative shares, and what it may be at 5%."""

    distance: Decimal
    critical: Decimal
    digits: str
    basis: Basis = KOLMOGOROV_SMIRNOV

    @property
    def fits(self) -> bool:
        """Whether the distance stays at or below the critical one."""
        return self.distance <= self.critical


@dataclass(frozen=True)
class ExcessMad:
    """What of a MAD goes beyond chance. Above 0 the digits deviate more than so few amounts do by themselves."""

    mad: Decimal
    expected: Decimal
    basis: Basis = EXCESS_MAD

    @property
    def excess(self) -> Decimal:
        """MAD less what chance explains."""
        return self.mad - self.expected


@dataclass(frozen=True)
class SumRow:
    """A pair of first digits: the sum of its amounts, and both shares of the sum of all."""

    digits: str
    amount: Decimal
    found: Decimal
    expected: Decimal


@dataclass(frozen=True)
class SummationResult:
    """The summation test: rows for 10 to 99, and the mean absolute deviation of their shares from 1/90."""

    total: Decimal
    rows: tuple[SumRow, ...]
    mad: Decimal
    basis: Basis = SUMMATION


def kolmogorov_smirnov(result: DigitResult) -> Distance:
    """Largest distance of cumulative shares; formula D = max |F found - F expected|, critical 1.36/sqrt(n) at 5%.

    Source: Nigrini (2012), chapter 7. Shares are digits in their order, those of `digit_test`. Raises SamplingError
    without any amount.
    """
    if not result.count:
        raise SamplingError("There are no digits to compare.", "Give amounts other than zero.")
    counted = accumulate(row.count for row in result.rows)
    expected = accumulate(row.expected for row in result.rows)
    apart = [
        (abs(Decimal(found) / result.count - share), row.digits)
        for found, share, row in zip(counted, expected, result.rows, strict=True)
    ]
    distance, digits = max(apart, key=lambda one: one[0])
    critical = _KS_5_PERCENT / Decimal(result.count).sqrt(_CONTEXT)
    return Distance(distance.quantize(_PLACES), critical.quantize(_PLACES), digits)


def excess_mad(result: DigitResult) -> ExcessMad:
    """MAD beyond what chance gives so many amounts that follow the law; formula in `EXCESS_MAD`.

    Source: Barney and Schulzke (2016), whose approximation for the first two digits is 1/sqrt(158.8 n); here the
    expected deviation is de Moivre's, exact for every n. Raises SamplingError without any amount.
    """
    from scipy import stats

    n = result.count
    if not n:
        raise SamplingError("There are no digits to compare.", "Give amounts other than zero.")
    expected = Decimal(0)
    for share in expected_shares(result.test).values():
        above = int(n * share) + 1
        chance = Decimal(float(stats.binom.pmf(above, n, float(share))))
        expected += 2 * above * (1 - share) * chance / n
    expected /= len(result.rows)
    return ExcessMad(result.mad, expected.quantize(Decimal("0.00000001")))


def summation_test(sums: Mapping[str, Decimal]) -> SummationResult:
    """Compare the sums of amounts by first two digits with an equal share, 1/90 of all for each pair.

    Source: Nigrini (2012), chapter 5. `sums` holds positive totals by digits 10 to 99; digits that are absent count as
    zero. A pair far above 1/90 has a few large amounts, or many alike, behind it. Raises SamplingError for other digits
    or without any amount.
    """
    pairs = [str(pair) for pair in range(10, 100)]
    if unknown := set(sums) - set(pairs):
        raise SamplingError(f"{', '.join(sorted(unknown))} are no first two digits.", "Give 10 to 99.")
    total = sum(sums.values(), Decimal(0))
    if total <= 0 or min(sums.values()) < 0:
        raise SamplingError(f"The amounts sum to {total:f}.", "Give absolute amounts, at least one above zero.")
    even = (Decimal(1) / 90).quantize(_PLACES)
    found = {pair: (sums.get(pair, Decimal(0)) / total).quantize(_PLACES) for pair in pairs}
    rows = tuple(SumRow(pair, sums.get(pair, Decimal(0)), found[pair], even) for pair in pairs)
    mad = sum((abs(row.found - row.expected) for row in rows), Decimal(0)) / len(rows)
    return SummationResult(total, rows, mad.quantize(Decimal("0.00000001")))
