"""Notifications kept in the database, and told to the log."""

import logging
from collections.abc import Sequence

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.ids import AuditId, Person
from audit_agent.store.database import Database
from audit_agent.store.notifications import Notifications

_logger = logging.getLogger(__name__)


class DatabaseNotifier:
    """Implements `notify.notifier.Notifier`: the database is the mailbox, the log shows what came in."""

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        self._notifications = Notifications(database)
        self._clock = clock

    def send(self, kind: str, audit: AuditId, to: Sequence[Person], text: str, key: str) -> None:
        """Keep a notification and log it; raises AuditNotFoundError."""
        if self._notifications.add(audit, key, kind, to, text, self._clock()):
            _logger.info("%s: %s, to %s: %s", audit, kind, ", ".join(to) or "nobody", text)
