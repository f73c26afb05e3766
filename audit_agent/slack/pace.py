"""At most one message a second to a channel, and silence for as long as Slack asks for it."""

import time
from collections.abc import Callable

SECONDS_BETWEEN = 1.0


class Pace:
    """When each channel may be written to next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    def wait(self, channel: str) -> float:
        """Seconds until the channel may be written to; 0 when it may be now."""
        return max(0.0, self._next.get(channel, 0.0) - self._clock())

    def wrote(self, channel: str) -> None:
        """Something was just written to the channel."""
        self.hold(channel, SECONDS_BETWEEN)

    def hold(self, channel: str, seconds: float) -> None:
        """Slack wants nothing in this channel for a while."""
        self._next[channel] = max(self._next.get(channel, 0.0), self._clock() + seconds)
