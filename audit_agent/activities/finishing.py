"""The end of a step: its workpaper is kept, published and recorded, once."""

from decimal import Decimal

from audit_agent.activities.blobs import keep
from audit_agent.activities.services import Services
from audit_agent.domain.audit import EffectKind
from audit_agent.domain.ids import AuditId
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.effects import Effects
from audit_agent.store.publications import Publications
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.steps import FinishedStep, Steps

_EFFECT = "workpapers of the plan's steps"


class StepEnd:
    """Writes down what a step found."""

    def __init__(self, services: Services) -> None:
        self._evidence = services.evidence
        self._steps = Steps(services.database)
        self._effects = Effects(services.database)
        self._publications = Publications(services.database)
        self._requests = EvidenceRequests(services.database)
        self._clock = services.clock

    def finish(self, audit: AuditId, revision: int, paper: Workpaper, seconds: Decimal) -> FinishedStep:
        """Publish a workpaper, with what process owners answered; the first one of a step stands."""
        paper = paper.model_copy(update={"asked": self._requests.of_step(audit, paper.step)})
        digest = keep(self._evidence, paper)
        self._effects.reserve(audit, EffectKind.WORKPAPERS, _EFFECT, self._clock())
        self._publications.publish_workpapers(audit, {paper.step: digest}, self._clock())
        self._effects.settle(audit, EffectKind.WORKPAPERS, _EFFECT, self._clock())
        return self._steps.finish(audit, paper.step, revision, digest, paper.exception_count, seconds, self._clock())
