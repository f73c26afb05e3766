"""The fields of MT940 messages (SWIFT user handbook, category 9), and what three of them hold.

:20: reference   :25: account   :28C: statement and page   :60F: opening balance (:60M: of a further page)
:61: a transaction   :86: its details   :62F: closing balance (:62M:)   :64: available balance
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from audit_agent.books.bank_records import Balance

_TAGS = r"13D?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS"
_FIELD = re.compile(rf":({_TAGS}):(.*)", re.DOTALL)
_MESSAGE_END = re.compile(r"-(?:\}.*|XXX|[\x00-\x20]*)")
_BALANCE = re.compile(r"([CD])(\d{2})(\d{2})(\d{2})([A-Z]{3})?(0*\d{0,15}(?:,\d*)?)\s*")
_LINE = re.compile(
    r"(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})(?P<entry>\d{4})?(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?[\n ]?"
    r"(?P<amount>0*\d{1,15}(?:,\d*)?|,\d+)(?:(?P<code>[A-Z][A-Z0-9 ]{3})(?P<rest>.*))?(?P<further>(?:\n.*)?)",
    re.DOTALL,
)
_MOST_LINES = 400
"""Lines of one field that are kept; the format allows seven."""

_CENTURY = 80
"""Two-digit years from here on are of the 20th century."""


class TagField(NamedTuple):
    """One field; `tag` is empty where a message ends."""

    tag: str
    text: str
    line: int


class StatementLine(NamedTuple):
    """Field 61. Dates are ISO; an impossible one is as written, the day a 30 February means is the last one."""

    value: str
    booked: str | None
    amount: Decimal
    funds: str | None
    code: str | None
    reference: str
    bank_reference: str
    supplementary: str
    clamped: bool


def fields(lines: Iterable[str]) -> Iterator[TagField]:
    """The fields of all messages of a file, and a field without a tag at the end of each message."""
    tag, start = "", 0
    text: list[str] = []
    torn = ""
    for number, given in enumerate(lines, 1):
        line = torn + given.rstrip("\r\n")
        torn = ""
        if line.strip() == ":":
            torn = ":"  # Some banks break the line within a tag.
        elif found := _FIELD.match(line.lstrip("\x01\ufeff")):
            if tag:
                yield TagField(tag, "\n".join(text).rstrip("\n"), start)
            tag, start, text = found[1], number, [found[2]]
        elif _MESSAGE_END.fullmatch(line):
            if tag:
                yield TagField(tag, "\n".join(text).rstrip("\n"), start)
            yield TagField("", "", number)
            tag = ""
        elif tag and line.strip() and len(text) < _MOST_LINES:
            text.append(line)
    if tag:
        yield TagField(tag, "\n".join(text).rstrip("\n"), start)


def read_balance(text: str) -> Balance | None:
    """Fields 60, 62, 64: the mark, a date, a currency and an amount; the currency may be missing."""
    found = _BALANCE.fullmatch(text)
    amount = _number(found[6]) if found else None
    if found is None or amount is None:
        return None
    day, _ = _iso(_year(found[2]), int(found[3]), int(found[4]))
    return Balance(day, found[5] or "", -amount if found[1] == "D" else amount)


def read_line(text: str) -> StatementLine | None:
    """Field 61; None where it is not written as the format has it.

    A reversal (R) takes back what its mark says: RC is money that leaves.
    """
    found = _LINE.fullmatch(text)
    amount = _number(found["amount"]) if found else None
    if found is None or amount is None:
        return None
    out = found["mark"] in ("D", "RC", "ED")
    year, month, day = _year(found["year"]), int(found["month"]), int(found["day"])
    value, clamped = _iso(year, month, day)
    first, _, further = (found["rest"] or found["further"]).partition("\n")
    customer, _, bank = first.partition("//")
    beyond = f"{customer[16:]}{bank[23:]}".strip()
    return StatementLine(
        value=value,
        booked=_entry_day(value, found["entry"]) if found["entry"] else None,
        amount=-amount if out else amount,
        funds=found["funds"],
        code=found["code"],
        reference=customer[:16].strip(),
        bank_reference=bank[:23].strip(),
        supplementary="\n".join(part for part in (beyond, further.strip("\n")) if part),
        clamped=clamped,
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if any(char.isdigit() for char in text) else None


def _year(two_digits: str) -> int:
    year = int(two_digits)
    return 1900 + year if year >= _CENTURY else 2000 + year


def _iso(year: int, month: int, day: int) -> tuple[str, bool]:
    """The date, and whether it is 29 or 30 February of a year without: banks count 30 days to a month."""
    last = calendar.monthrange(year, 2)[1]
    clamped = month == 2 and last < day <= 30
    return f"{year:04}-{month:02}-{last if clamped else day:02}", clamped


def _entry_day(value: str, entry: str) -> str:
    """The day of entry has no year: the one that puts it nearest to the value date."""
    month, day = int(entry[:2]), int(entry[2:])
    try:
        near = date.fromisoformat(value)
    except ValueError:
        return f"{value[:4]}-{month:02}-{day:02}"
    days = [_day(_iso(year, month, day)[0]) for year in (near.year - 1, near.year, near.year + 1)]
    possible = [found for found in days if found is not None]
    if not possible:
        return f"{near.year:04}-{month:02}-{day:02}"
    return min(possible, key=lambda found: abs(found - near) + timedelta(found < near)).isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
