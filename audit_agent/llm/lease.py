"""Keeping the leases of calls in flight alive, so that other processes leave them alone."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ledger import Ledger

_log = logging.getLogger(__name__)
_RENEWALS_PER_LEASE = 3


class LeaseKeeper:
    """Renews every held reservation from a thread of its own, which a busy event loop cannot starve."""

    def __init__(self, ledger: Ledger, lease: float) -> None:
        self._ledger = ledger
        self._lease = lease
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, reservation: str) -> Iterator[None]:
        """Within the block the reservation does not lapse."""
        with self._lock:
            self._held.add(reservation)
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew_until_closed, name="model-leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(reservation)

    def close(self) -> None:
        """Stop renewing."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _renew_until_closed(self) -> None:
        while not self._closed.wait(self._lease / _RENEWALS_PER_LEASE):
            with self._lock:
                held = tuple(sorted(self._held))
            if not held:
                continue
            try:
                self._ledger.renew(held, self._lease)
            except AuditAgentError as error:
                # The next round tries again; should all fail, the calls count as abandoned and are shown as exposure.
                _log.warning("Leases of %d model calls were not renewed: %s", len(held), error)
