"""Freezing the books."""

from pathlib import Path

from audit_agent.activities.contract import FREEZE_BOOKS, FrozenBooks
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.books.importing import import_books
from audit_agent.books.mapping import load_mapping
from audit_agent.books.profile import profile
from audit_agent.domain.audit import AuditRequest, EffectKind
from audit_agent.domain.ids import AuditId
from audit_agent.store.audits import Audits
from audit_agent.store.effects import Effects
from audit_agent.store.leases import Leases
from audit_agent.store.reading import audit_status


class FreezeActivities:
    """Books become evidence that nobody can change."""

    def __init__(self, services: Services) -> None:
        self._database = services.database
        self._evidence = services.evidence
        self._audits = Audits(services.database)
        self._effects = Effects(services.database)
        self._leases = Leases(services.database)
        self._clock = services.clock

    @implements(FREEZE_BOOKS)
    def freeze_books(self, request: AuditRequest) -> FrozenBooks:
        """Import, freeze and lease the books; done once per audit, whatever becomes of the source meanwhile."""
        audit = request.audit
        frozen = self._frozen(audit) or self._import(request)
        self._effects.reserve(audit, EffectKind.BOOKS_LEASE, frozen.digest, self._clock())
        self._leases.take(audit, frozen.digest, self._clock())
        self._effects.settle(audit, EffectKind.BOOKS_LEASE, frozen.digest, self._clock())
        return frozen

    def _frozen(self, audit: AuditId) -> FrozenBooks | None:
        status = audit_status(self._database, audit, log_tail=0)
        if status.books is None:
            return None
        return FrozenBooks(
            digest=status.books,
            rows=status.books_rows or 0,
            rejected_rows=status.books_rejected_rows or 0,
            currency=status.currency,
        )

    def _import(self, request: AuditRequest) -> FrozenBooks:
        mapping = load_mapping(Path(request.mapping)) if request.mapping else None
        digest, manifest = import_books(Path(request.books), self._evidence, mapping)
        known = profile(manifest, self._evidence, request.period)
        frozen = FrozenBooks(
            digest=digest,
            rows=sum(table.rows for table in manifest.tables),
            rejected_rows=known.rejected_rows,
            currency=known.currency,
        )
        self._audits.set_books(
            request.audit,
            digest,
            rows=frozen.rows,
            rejected_rows=frozen.rejected_rows,
            currency=frozen.currency,
            at=self._clock(),
        )
        return frozen
