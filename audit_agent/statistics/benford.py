"""Digit tests after Benford's law.

Source: Mark J. Nigrini, *Benford's Law: Applications for Forensic Accounting, Auditing, and Fraud Detection*
(Wiley 2012), chapters 5-8; the cut-offs of the mean absolute deviation are its table 7.1. Journal entries are tested so
under ISA 240.33(a) and A45. What else there is to test of digits is in `benford_fit` and `mantissas`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from audit_agent.domain.money import exponent

_CONTEXT = Context(prec=40)
_PLACES = Decimal("0.0000000001")
"""Shares are given to ten places."""


class DigitTest(StrEnum):
    """Which digits of an amount are looked at."""

    FIRST = "first"
    SECOND = "second"
    FIRST_TWO = "first_two"
    LAST_TWO = "last_two"


class Conformity(StrEnum):
    """How well digits follow the law, by mean absolute deviation (Nigrini 2012, table 7.1)."""

    CLOSE = "close conformity"
    ACCEPTABLE = "acceptable conformity"
    MARGINAL = "marginally acceptable conformity"
    NONE = "nonconformity"


_CUT_OFFS = {
    DigitTest.FIRST: (Decimal("0.006"), Decimal("0.012"), Decimal("0.015")),
    DigitTest.SECOND: (Decimal("0.008"), Decimal("0.010"), Decimal("0.012")),
    DigitTest.FIRST_TWO: (Decimal("0.0012"), Decimal("0.0018"), Decimal("0.0022")),
}

CHI_SQUARE_5_PERCENT = {
    DigitTest.FIRST: Decimal("15.507"),
    DigitTest.SECOND: Decimal("16.919"),
    DigitTest.FIRST_TWO: Decimal("112.022"),
    DigitTest.LAST_TWO: Decimal("123.225"),
}
"""Critical values of chi-square at 5% with 8, 9, 89 and 99 degrees of freedom."""


@dataclass(frozen=True)
class DigitRow:
    """One digit or pair of digits: how often it was found, both shares, and Z."""

    digits: str
    count: int
    found: Decimal
    expected: Decimal
    z: Decimal


@dataclass(frozen=True)
class DigitResult:
    """A digit test's figures. `conformity` is None for the last two digits, for which no cut-offs are published."""

    test: DigitTest
    count: int
    rows: tuple[DigitRow, ...]
    mad: Decimal
    chi_square: Decimal
    conformity: Conformity | None

    @property
    def degrees_of_freedom(self) -> int:
        """Number of digits less one."""
        return len(self.rows) - 1

    @property
    def fits_chi_square(self) -> bool:
        """Whether chi-square stays at or below its critical value at 5%. Large populations seldom do."""
        return self.chi_square <= CHI_SQUARE_5_PERCENT[self.test]


def expected_shares(test: DigitTest) -> dict[str, Decimal]:
    """Share of each digit: log10(1 + 1/d) for leading ones, summed over first digits for the second, else 1/100.

    Source: Nigrini (2012), chapter 1; ISA 240.A45.
    """
    match test:
        case DigitTest.FIRST:
            exact = {str(d): _share(d) for d in range(1, 10)}
        case DigitTest.FIRST_TWO:
            exact = {str(d): _share(d) for d in range(10, 100)}
        case DigitTest.SECOND:
            exact = {str(s): sum((_share(10 * f + s) for f in range(1, 10)), Decimal(0)) for s in range(10)}
        case DigitTest.LAST_TWO:
            exact = {f"{d:02d}": Decimal("0.01") for d in range(100)}
    return {digits: share.quantize(_PLACES) for digits, share in exact.items()}


def _share(leading: int) -> Decimal:
    return (1 + Decimal(1) / leading).log10(_CONTEXT)


def digits_of(amount: Decimal, test: DigitTest, currency: str = "") -> str | None:
    """The digits a test looks at, from the decimal itself: 0.29 begins with 29, not 28.

    The last two digits are those of the smallest unit of `currency`. None for zero and for too few digits.
    """
    if test is DigitTest.LAST_TWO:
        units = abs(amount).scaleb(exponent(currency))
        return f"{int(units) % 100:02d}" if units >= 1 else None
    digits = "".join(map(str, abs(amount).as_tuple().digits)).lstrip("0")
    length = {DigitTest.FIRST: 1, DigitTest.SECOND: 2, DigitTest.FIRST_TWO: 2}[test]
    if not digits:
        return None
    leading = digits.ljust(length, "0")[:length]
    return leading[1] if test is DigitTest.SECOND else leading


def digit_test(test: DigitTest, counts: Mapping[str, int]) -> DigitResult:
    """Compare counts of digits with the shares expected; digits that are absent count as zero.

    MAD = sum|found - expected| / k. Chi-square = sum (count - n*expected)^2 / (n*expected).
    Z = (|found - expected| - 1/2n) / sqrt(expected * (1 - expected) / n), the correction for continuity being left
    out where it exceeds the difference (Nigrini 2012, equations 7.1, 7.3 and 7.6).
    Raises ValueError for a digit the test does not know.
    """
    shares = expected_shares(test)
    if unknown := set(counts) - set(shares):
        raise ValueError(f"The {test} digit test has no digits {', '.join(sorted(unknown))}.")
    n = sum(counts.values())
    rows = tuple(_row(digits, counts.get(digits, 0), n, share) for digits, share in shares.items())
    mad = sum((abs(row.found - row.expected) for row in rows), Decimal(0)) / len(rows) if n else Decimal(0)
    chi_square = sum(((row.count - n * row.expected) ** 2 / (n * row.expected) for row in rows), Decimal(0)) if n else 0
    mad = mad.quantize(Decimal("0.00000001"))
    return DigitResult(test, n, rows, mad, Decimal(chi_square).quantize(Decimal("0.0001")), _conformity(test, mad))


def _row(digits: str, count: int, n: int, share: Decimal) -> DigitRow:
    if not n:
        return DigitRow(digits, 0, Decimal(0), share, Decimal(0))
    found = Decimal(count) / n
    apart, correction = abs(found - share), Decimal(1) / (2 * n)
    if correction < apart:
        apart -= correction
    z = apart / (share * (1 - share) / n).sqrt(_CONTEXT)
    return DigitRow(digits, count, found.quantize(_PLACES), share, z.quantize(Decimal("0.0001")))


def _conformity(test: DigitTest, mad: Decimal) -> Conformity | None:
    if test not in _CUT_OFFS:
        return None
    close, acceptable, marginal = _CUT_OFFS[test]
    if mad <= close:
        return Conformity.CLOSE
    if mad <= acceptable:
        return Conformity.ACCEPTABLE
    return Conformity.MARGINAL if mad <= marginal else Conformity.NONE
