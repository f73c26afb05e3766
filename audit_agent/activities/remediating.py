"""Placing payment holds: reserve, do with the key, settle."""

from audit_agent.activities.blobs import load
from audit_agent.activities.contract import PLACE_HOLDS, Done, Publication
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.domain.audit import EffectKind
from audit_agent.domain.finding import Hold, RemediationProposal
from audit_agent.domain.ids import AuditId
from audit_agent.domain.wording import counted
from audit_agent.store.effects import Effects
from audit_agent.store.errors import EffectUndoneError
from audit_agent.store.holds import Holds
from audit_agent.store.words import HoldState


class RemediationActivities:
    """Only what people approved is held."""

    def __init__(self, services: Services) -> None:
        self._evidence = services.evidence
        self._effects = Effects(services.database)
        self._holds = Holds(services.database)
        self._payments = services.payments
        self._clock = services.clock

    @implements(PLACE_HOLDS)
    def place_holds(self, approved: Publication) -> Done:
        """Place every hold of the approved proposal; those already placed are left alone."""
        proposal = load(self._evidence, RemediationProposal, approved.digest)
        detail = counted(len(proposal.holds), "hold")
        self._effects.reserve(approved.audit, EffectKind.PAYMENT_HOLDS, detail, self._clock())
        for hold in proposal.holds:
            self._place(approved.audit, hold)
        self._effects.settle(approved.audit, EffectKind.PAYMENT_HOLDS, detail, self._clock())
        return Done()

    def _place(self, audit: AuditId, hold: Hold) -> None:
        if self._holds.reserve(audit, hold, self._clock()) is HoldState.PLACED:
            return
        key = f"{audit}/{hold.key}"
        reference = self._payments.place(key, hold)
        try:
            self._holds.place(audit, hold.key, reference, self._clock())
        except EffectUndoneError:
            # The audit stopped while the payment system was being asked: what it just placed must not stay.
            self._payments.release(key)
            raise
