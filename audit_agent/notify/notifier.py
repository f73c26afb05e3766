"""The port through which people are told things."""

from collections.abc import Sequence
from typing import Protocol

from audit_agent.domain.ids import AuditId, Person


class Notifier(Protocol):
    """Tells people something. Telling decides nothing: a notifier that fails stops no audit by itself."""

    def send(self, kind: str, audit: AuditId, to: Sequence[Person], text: str, key: str | None = None) -> None:
        """Tell `to` something of the kind (`review opened`, `reminder`, ...).

        The same key is told once, however often it is sent; without one, the same words are told once.
        """
        ...
