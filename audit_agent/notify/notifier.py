"""The port through which people are told things."""

from collections.abc import Sequence
from typing import Protocol

from audit_agent.domain.ids import AuditId, Person


class Notifier(Protocol):
    """Tells people something. Telling decides nothing: a notifier that fails stops no audit by itself."""

    def send(self, kind: str, audit: AuditId, to: Sequence[Person], text: str, key: str) -> None:
        """Tell `to` something of the kind (`review.opened`, `audit.ended`, ...).

        The same key is told once for an audit, however often it is sent.
        """
        ...
