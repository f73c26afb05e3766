"""Digits of canonical amounts as expressions, equal to `statistics.benford.digits_of`."""

import ibis

from audit_agent.domain.money import exponent
from audit_agent.procedures.exact import ten_thousandths
from audit_agent.statistics.benford import DigitTest

_UNUSUAL_CURRENCIES = {
    places: [code for code in codes.split() if exponent(code) == places]
    for places, codes in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
    }.items()
}


def digits(lines: ibis.Table, test: DigitTest) -> ibis.Value:
    """The digits of `Amount` (at least 0.0010, in `Currency`) that a test looks at, as text.

    Works on the whole number of ten-thousandths, whose text begins with the leading digits and ends in four places.
    """
    text = ten_thousandths(lines.Amount).cast("string")
    match test:
        case DigitTest.FIRST:
            return text.substr(0, 1)
        case DigitTest.SECOND:
            return text.substr(1, 1)
        case DigitTest.FIRST_TWO:
            return text.substr(0, 2)
        case DigitTest.LAST_TWO:
            return ibis.cases(
                *((lines.Currency.isin(codes), _last(text, places)) for places, codes in _UNUSUAL_CURRENCIES.items()),
                else_=_last(text, 2),
            )


def _last(text: ibis.Value, places: int) -> ibis.Value:
    kept = 4 - places
    padded = ibis.literal("000000") + text
    return padded.right(kept + 2).left(2)
