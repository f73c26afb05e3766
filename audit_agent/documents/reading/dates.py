"""Dates as documents write them, in figures and with the months of several languages."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janner janvier janv januari enero gennaio",
            "february feb februar fevrier fevr februari febrero febbraio",
            "march mar marz mrz mars maart mrt marzo",
            "april apr avril avr abril aprile",
            "may mai mei mayo maggio",
            "june jun juni juin junio giugno",
            "july jul juli juillet juil julio luglio",
            "august aug aout augustus agosto",
            "september sep sept septembre septiembre settembre",
            "october oct oktober okt octobre octubre ottobre",
            "november nov novembre noviembre",
            "december dec dezember dez decembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<![\d.,/-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/]|[-.]\d)")
_COMPACT = re.compile(r"(?<!\w)(20\d\d)(\d\d)(\d\d)(?!\w)")
_FIGURES = re.compile(r"(?<![\d.,/-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?![\d/]|[-.]\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\w)(\d{{1,2}})(?:st|nd|rd|th|er|e)?[ .-]+(?:de )?({_MONTH})\b[ .,-]*(?:de )?(\d{{4}})(?!\d)"
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\b[ .]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,]+(\d{{4}})(?!\d)")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Small letters without accents, as many as before wherever the text is composed of single characters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def day_order(texts: Iterable[str]) -> str:
    """`dmy` or `mdy` where dates in figures prove it and none contradicts; else empty."""
    orders = set()
    for text in texts:
        for first, mark, second, _ in _FIGURES.findall(text):
            if mark == "." or (12 < int(first) <= 31 and int(second) <= 12):
                orders.add("dmy")
            elif 12 < int(second) <= 31 and int(first) <= 12:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else ""


def dates_in(text: str, order: str = "") -> list[date]:
    """The dates in a text from left to right; one that can be read in two ways is left out without `order`."""
    folded = plain(text)
    found: list[tuple[int, date | None]] = []
    for match in _ISO.finditer(folded):
        found.append((match.start(), _date(match[1], match[3], match[4])))
    for match in _COMPACT.finditer(folded):
        found.append((match.start(), _date(match[1], match[2], match[3])))
    for match in _FIGURES.finditer(folded):
        found.append((match.start(), _from_figures(match, order)))
    for match in _DAY_FIRST.finditer(folded):
        found.append((match.start(), _date(match[3], _MONTHS[match[2]], match[1])))
    for match in _MONTH_FIRST.finditer(folded):
        found.append((match.start(), _date(match[3], _MONTHS[match[1]], match[2])))
    return [day for _, day in sorted(found, key=lambda one: one[0]) if day]


def _from_figures(match: re.Match[str], order: str) -> date | None:
    first, mark, second, year = match.groups()
    year = year if len(year) == 4 else f"20{year}"
    by_order = {"dmy": _date(year, second, first), "mdy": _date(year, first, second)}
    if mark == ".":
        return by_order["dmy"]
    if order:
        return by_order[order]
    readings = {day for day in by_order.values() if day}
    return readings.pop() if len(readings) == 1 else None


def _date(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
