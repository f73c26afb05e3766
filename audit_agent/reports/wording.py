"""How values read in a report for people: numbers, amounts, days, and text that hides nothing."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from audit_agent.domain.wording import counted
from audit_agent.reports.figure import Figure, Statistic

# Controls that change how the text around them is shown (bidirectional overrides and isolates, zero-width
# characters) or that no format can carry. Letters of any script, right-to-left ones too, are left alone.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)

DASH = "\N{EN DASH}"
"""Stands where there is nothing to show."""


def visible(text: str) -> str:
    """The text with every unseen control character written out, as in `⟨U+202E⟩`."""
    if text.isprintable():
        return text
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def number(value: Decimal | int) -> str:
    """With thousands separators: `12,345`."""
    return f"{value:,}"


def figure(value: Figure | None) -> str:
    """A figure for a table whose heading names the unit; a dash where there is none."""
    return DASH if value is None else f"{value.value:,f}"


def amount(value: Figure | None) -> str:
    """An amount with its currency; a dash where there is none."""
    return DASH if value is None else f"{value.value:,f} {value.unit}".strip()


def stated(value: Figure | Statistic) -> str:
    """A figure by itself, with its currency or what it counts; a statistic as the procedure writes it."""
    if isinstance(value, Statistic):
        return value.value
    return amount(value) if value.money else counted(int(value.value), value.unit.removesuffix("s"))


def moment(value: datetime | None) -> str:
    """A time to the minute, in UTC; a dash where there is none."""
    return DASH if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def seconds(value: Decimal) -> str:
    """A duration: `0.4 s`, `2 min 5 s`."""
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def percent(value: Decimal) -> str:
    """A rate without idle zeros: `0.5 %`."""
    return f"{value.normalize():f} %"


def measure(name: str) -> str:
    """A technical name as words: `total_debits` is `total debits`."""
    return name.replace("_", " ")
