"""Bounded room for requests that wait, so that a gateway's memory does not grow with what it is asked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.llm.errors import ModelBusyError

LARGEST_REQUEST = 32_000_000
"""Bytes; what Anthropic's API takes at most."""
_LEAST_CHARGE = 8_000
"""Bytes; what even the smallest request costs while it waits."""


class Room:
    """Bytes for waiting requests. Each audit may fill an equal share, counted so that there is one for a newcomer."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """Bytes in use."""
        return self._held.total()

    @contextmanager
    def holding(self, audit: str, size: int) -> Iterator[None]:
        """Room for one request within the block; raises ModelBusyError when there is none."""
        charge = max(size, _LEAST_CHARGE)
        others = len(self._held.keys() - {audit})
        over_share = self._held[audit] > 0 and self._held[audit] + charge > self._size / (others + 2)
        if over_share or self.held + charge > self._size:
            if not self._held[audit]:
                del self._held[audit]
            raise ModelBusyError(
                f"The gateway has no room for more waiting requests of {audit}.", "It is tried again by itself."
            )
        self._held[audit] += charge
        try:
            yield
        finally:
            self._held[audit] -= charge
            if not self._held[audit]:
                del self._held[audit]
