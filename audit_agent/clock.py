"""The present, as whoever needs it is given it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the present, with a time zone."""


def system_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)
