"""Compensations, each safe to repeat."""

from audit_agent.activities.contract import (
    REPORT_STUCK,
    STANDING_EFFECTS,
    UNDO_EFFECT,
    Done,
    Effects,
    Stuck,
    Undo,
    UndoRequest,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.services import Services
from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import AuditId
from audit_agent.store.effects import Effects as EffectStore
from audit_agent.store.holds import Holds
from audit_agent.store.leases import Leases
from audit_agent.store.publications import Publications
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.words import EffectState, HoldState


class UndoActivities:
    """What an audit did to the world is taken back."""

    def __init__(self, services: Services) -> None:
        self._effects = EffectStore(services.database)
        self._leases = Leases(services.database)
        self._publications = Publications(services.database)
        self._holds = Holds(services.database)
        self._requests = EvidenceRequests(services.database)
        self._payments = services.payments
        self._notifier = services.notifier
        self._clock = services.clock

    @implements(UNDO_EFFECT)
    def undo_effect(self, undo: Undo) -> Done:
        """Undo one effect; from the first line on, nobody can do it any more."""
        if self._effects.begin_undo(undo.audit, undo.effect, undo.reason, self._clock()):
            detail = self._take_back(undo.audit, undo.effect)
            self._effects.finish_undo(undo.audit, undo.effect, detail, self._clock())
        return Done()

    @implements(REPORT_STUCK)
    def report_stuck(self, stuck: Stuck) -> Done:
        """A person must look, because undoing keeps failing."""
        self._effects.stuck(stuck.audit, stuck.effect, stuck.error, self._clock())
        text = f"The {stuck.effect.value} of {stuck.audit} cannot be undone: {stuck.error}"
        self._notifier.send("audit.stuck", stuck.audit, (), text, key=f"stuck/{stuck.effect.value}")
        return Done()

    @implements(STANDING_EFFECTS)
    def standing_effects(self, request: UndoRequest) -> Effects:
        """What the audit did and nobody undid yet, oldest first."""
        found = self._effects.effects(request.audit)
        return Effects(kinds=tuple(effect.kind for effect in found if effect.state is not EffectState.UNDONE))

    def _take_back(self, audit: AuditId, effect: EffectKind) -> str:
        match effect:
            case EffectKind.BOOKS_LEASE:
                return "released" if self._leases.release(audit, self._clock()) else "was not held"
            case EffectKind.WORKPAPERS:
                return f"{self._publications.withdraw_workpapers(audit, self._clock())} withdrawn"
            case EffectKind.EVIDENCE_REQUESTS:
                return f"{self._requests.withdraw(audit, self._clock())} withdrawn"
            case EffectKind.PAYMENT_HOLDS:
                return f"{self._release_holds(audit)} released"
            case EffectKind.REPORT:
                return "withdrawn" if self._publications.withdraw_report(audit, self._clock()) else "was not published"

    def _release_holds(self, audit: AuditId) -> int:
        entries = self._holds.holds(audit)
        for entry in entries:
            if entry.state is HoldState.RELEASED:
                continue
            key = entry.hold.key
            self._holds.begin_release(audit, key, self._clock())
            self._payments.release(f"{audit}/{key}")
            self._holds.release(audit, key, self._clock())
        return len(entries)
