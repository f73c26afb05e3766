"""Durations as people write them."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3660)
"""Ten years: longer than any audit's papers are kept, and well within what clocks and timers can hold."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PLAIN = re.compile(r"(?:\d+[smhdw]\s*)+")
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_ISO_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def parse_duration(text: str) -> timedelta:
    """Read `3d`, `12h`, `1d 12h`, `45m`, or ISO 8601 such as `P3DT12H`.

    Raises ValueError when it is none of these, or longer than LONGEST. Months and years are refused: their length
    varies.
    """
    try:
        length = _read(text)
    except OverflowError:
        length = timedelta.max
    if length > LONGEST:
        raise ValueError(f"{text!r} is too long; at most {LONGEST.days} days are allowed")
    return length


def _read(text: str) -> timedelta:
    written = text.strip()
    if _PLAIN.fullmatch(written.lower()):
        parts = re.findall(r"(\d+)([smhdw])", written.lower())
        return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
    match = _ISO.fullmatch(written.upper())
    if match and any(match.groups()):
        named = zip(_ISO_UNITS, match.groups(), strict=True)
        return timedelta(**{unit: int(count) for unit, count in named if count})
    raise ValueError(f"{text!r} is no duration; write 3d, 12h, 45m, 1d 12h or P3DT12H")
