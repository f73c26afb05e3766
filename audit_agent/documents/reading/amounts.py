"""Amounts as documents write them, read exactly."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from audit_agent.documents.reading.currencies import CODES

_SIGN = r"[-\u2212\u2013]"
_SYMBOL = rf"(?:{'|'.join(sorted(CODES))}|[\u20ac$\u00a3\u20b9\u00a5]|Rs\.?)"
_DIGITS = r"(?:\d{1,3}(?: \d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,'\u2019]\d+)*)"
_AMOUNT = re.compile(
    rf"(?<![\w.,/:-])(?P<open>\()?(?P<before>{_SIGN} ?)?(?:{_SYMBOL} ?)?(?P<inner>{_SIGN} ?)?(?P<digits>{_DIGITS})"
    rf"(?P<after>{_SIGN}(?!\w))?(?P<close>\))?(?P<percent> ?%)?(?![\w/:]|[.,]\d|-\w)"
)
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:[,'\u2019 ]\d{2,3})*(?:[,'\u2019 ]\d{3})(?:\.\d+)?|\d+(?:\.\d+)?"),
    ",": re.compile(r"\d{1,3}(?:[.'\u2019 ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"),
}
_DATA = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
_MOST_DIGITS = 20
"""More than any amount has, few enough that sums and differences of thousands stay exact in 28 digits."""
_CLEAR = re.compile(r"\d([.,])\d{2}(?!\d)")


class Amount(NamedTuple):
    """A number in a text, and whether it was written with decimals."""

    value: Decimal
    written: str
    cents: bool


def decimal_mark(texts: Iterable[str]) -> str:
    """`.` or `,` as most amounts with two decimals in the texts use it; empty where none shows."""
    counts = {".": 0, ",": 0}
    for text in texts:
        for found in _AMOUNT.finditer(text):
            if not found["percent"] and (clear := _CLEAR.search(found["digits"][-4:])):
                counts[clear[1]] += 1
    if counts["."] == counts[","]:
        return ""
    return max(counts, key=lambda mark: counts[mark])


def parse_amount(digits: str, mark: str = "") -> Decimal | None:
    """The value of unsigned digits with separators; None where they can be read in two ways or in none.

    `mark` is the decimal mark where the document shows it; `1.234` means nothing certain without it.
    """
    if _too_long(digits):
        return None
    readings = {_value(digits, one) for one in ([mark] if mark else ".,") if _GROUPED[one].fullmatch(digits)}
    return readings.pop() if len(readings) == 1 else None


def _value(digits: str, mark: str) -> Decimal:
    return Decimal(
        "".join("." if letter == mark else letter for letter in digits if letter.isdigit() or letter == mark)
    )


def written_in_data(text: str) -> Decimal | None:
    """A decimal as XML writes it: a point, no grouping, no exponent."""
    return Decimal(text) if _DATA.fullmatch(text) and not _too_long(text) else None


def _too_long(digits: str) -> bool:
    return sum(letter.isdigit() for letter in digits) > _MOST_DIGITS


def amounts_in(text: str, mark: str = "") -> list[Amount]:
    """The amounts in a text from left to right; percentages are none."""
    amounts = []
    for found in _AMOUNT.finditer(text):
        value = parse_amount(found["digits"], mark)
        if value is None or found["percent"]:
            continue
        negative = bool(found["before"] or found["inner"] or found["after"] or (found["open"] and found["close"]))
        cents = bool(_CLEAR.search(found["digits"][-4:]))
        amounts.append(Amount(-value if negative else value, found[0].strip(), cents))
    return amounts
