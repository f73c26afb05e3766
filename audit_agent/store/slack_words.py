"""The words of the Slack surface's tables."""

from enum import StrEnum


class ClickKind(StrEnum):
    """What a click asks for."""

    DECIDE = "decide"
    START = "start"
    CANCEL = "cancel"
    FOLLOW = "follow"
    ANSWER = "answer"
    """Of an evidence request."""


class ClickState(StrEnum):
    """How far a click has come."""

    RECEIVED = "received"
    DELIVERING = "delivering"
    """Handed over; the audit's answer is still to come."""
    ANSWERED = "answered"
