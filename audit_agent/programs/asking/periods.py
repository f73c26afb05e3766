"""Periods as people say them: `Q3`, `the third quarter of 2025`, `last month`, `October 2025`."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.period import Period, parse_period

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join((*_MONTHS, *(name[:3] for name in _MONTHS), "sept"))
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_YEAR = r"(?P<year>20\d\d)"
_OF = r"(?:\s+(?:of\s+)?(?:the\s+year\s+)?|[\s/-]*)"


class Said(NamedTuple):
    """A period, and where the text says it."""

    period: Period
    begin: int
    end: int


def period_said(text: str, today: date) -> Said | None:
    """The first period a lower-case text names; without a year the latest such period that is over.

    None where it names none.
    """
    for pattern, read in _PATTERNS:
        if match := pattern.search(text):
            try:
                return Said(read(match, today), *match.span())
            except BadInputError:
                continue
    return None


def _range(match: re.Match[str], today: date) -> Period:
    return parse_period(f"{match['from']}..{match['to']}")


def _quarter(match: re.Match[str], today: date) -> Period:
    number = int(match["q"]) if match["q"] else _QUARTERS[match["nth"]]
    return _latest(lambda year: f"{year}-Q{number}", match["year"], today)


def _half(match: re.Match[str], today: date) -> Period:
    first = (match["h"] or match["half"]) in ("1", "first")
    days = ("01-01", "06-30") if first else ("07-01", "12-31")
    return _latest(lambda year: f"{year}-{days[0]}..{year}-{days[1]}", match["year"], today)


def _month(match: re.Match[str], today: date) -> Period:
    number = next(place for place, name in enumerate(_MONTHS, 1) if name.startswith(match["month"][:3]))
    return _latest(lambda year: f"{year}-{number:02d}", match["year"], today)


def _plain(match: re.Match[str], today: date) -> Period:
    return parse_period(match["plain"])


def _previous(match: re.Match[str], today: date) -> Period:
    match match["unit"]:
        case "month":
            before = today.replace(day=1) - timedelta(days=1)
            return parse_period(f"{before:%Y-%m}")
        case "quarter":
            before = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)
            return parse_period(f"{before.year}-Q{(before.month + 2) // 3}")
        case _:
            return parse_period(str(today.year - 1))


def _latest(name: Callable[[int], str], year: str | None, today: date) -> Period:
    if year:
        return parse_period(name(int(year)))
    period = parse_period(name(today.year))
    return period if period.end < today else parse_period(name(today.year - 1))


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]], ...] = (
    (
        re.compile(
            r"(?:from\s+)?(?P<from>20\d\d-\d\d-\d\d)\s*(?:to|until|till|through|\.\.|-)\s*(?P<to>20\d\d-\d\d-\d\d)"
        ),
        _range,
    ),
    (re.compile(rf"\b{_YEAR}[\s/-]*q(?P<q>[1-4])(?P<nth>)\b"), _quarter),
    (
        re.compile(
            rf"\b(?:q(?P<q>[1-4])|(?:the\s+)?(?P<nth>{'|'.join(_QUARTERS)})\s+quarter(?=\s+of|\s+20|\W*$|\b))"
            rf"(?:{_OF}{_YEAR})?\b"
        ),
        _quarter,
    ),
    (re.compile(rf"\b(?:h(?P<h>[12])|(?:the\s+)?(?P<half>first|second)\s+half)(?:{_OF}{_YEAR})?\b"), _half),
    (re.compile(r"\b(?:last|previous|past)\s+(?P<unit>month|quarter|year)\b"), _previous),
    (re.compile(rf"\b(?P<month>{_MONTH})\b\.?{_OF}{_YEAR}\b"), _month),
    (re.compile(rf"\b(?:in|for|during|of)\s+(?P<month>{_MONTH})\b(?P<year>)"), _month),
    (re.compile(r"\b(?P<plain>20\d\d-\d\d)\b"), _plain),
    (re.compile(r"\b(?:(?:fiscal\s+)?year\s+|fy\s*)?(?P<plain>20\d\d)\b"), _plain),
)
