"""Notifications kept in the database, and told to the log."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import digest_of
from audit_agent.store.database import Database
from audit_agent.store.notifications import Notifications

_logger = logging.getLogger(__name__)


def _system_clock() -> datetime:
    return datetime.now(UTC)


class DatabaseNotifier:
    """Implements `notify.notifier.Notifier`: the database is the mailbox, the log shows what came in."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _system_clock) -> None:
        self._notifications = Notifications(database)
        self._clock = clock

    def send(self, kind: str, audit: AuditId, to: Sequence[Person], text: str, key: str | None = None) -> None:
        """Keep a notification and log it; raises AuditNotFoundError."""
        key = key or digest_of([kind, list(to), text])
        if self._notifications.add(audit, key, kind, to, text, self._clock()):
            _logger.info("%s: %s, to %s: %s", audit, kind, ", ".join(to) or "nobody", text)
