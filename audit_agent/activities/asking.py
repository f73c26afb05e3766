"""Evidence requests as people see them: asked, nudged, answered, closed."""

from audit_agent.activities.blobs import keep
from audit_agent.activities.contract import (
    CLOSE_REQUEST,
    NUDGE_REQUEST,
    OPEN_REQUEST,
    RECORD_REPLY,
    Done,
    Opened,
    RequestEnd,
    RequestNudge,
    TakenReply,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.reminding import Course, expanded, reminders
from audit_agent.activities.services import Services
from audit_agent.domain.audit import EffectKind
from audit_agent.domain.evidence_request import EvidenceRequest
from audit_agent.domain.review import Answer, Nudge
from audit_agent.store.effects import Effects
from audit_agent.store.people import People
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests

_EFFECT, _DETAIL = EffectKind.EVIDENCE_REQUESTS, "questions to process owners"


class AskingActivities:
    """The workflow holds the request; the store shows it. Each reply the audit takes becomes evidence."""

    def __init__(self, services: Services) -> None:
        self._requests = EvidenceRequests(services.database)
        self._replies = Replies(services.database)
        self._effects = Effects(services.database)
        self._people = People(services.database)
        self._evidence = services.evidence
        self._notifier = services.notifier
        self._clock = services.clock

    @implements(OPEN_REQUEST)
    def open_request(self, request: EvidenceRequest) -> Opened:
        """The owner is asked."""
        self._effects.reserve(request.audit, _EFFECT, _DETAIL, self._clock())
        self._requests.open(request, self._clock())
        text = f"{request.owner} is asked until {request.due:%Y-%m-%d %H:%M} UTC: {request.question}"
        self._notifier.send("evidence.asked", request.audit, (request.owner,), text, key=f"{request.id}/asked")
        self._effects.settle(request.audit, _EFFECT, _DETAIL, self._clock())
        course = Course(request.policy, (request.owner,), request.asked_at, request.due)
        return Opened(reminders=reminders(course, self._people))

    @implements(NUDGE_REQUEST)
    def nudge_request(self, nudge: RequestNudge) -> Done:
        """The owner is reminded, or others are told that there is no answer."""
        self._requests.nudge(nudge.request, nudge.kind, nudge.number, nudge.to, self._clock())
        kind = "evidence.reminded" if nudge.kind is Nudge.REMIND else "evidence.escalated"
        key = f"{nudge.request}/{nudge.kind.value}/{nudge.number}"
        to = expanded(nudge.to, self._people)
        self._notifier.send(kind, nudge.audit, to, f"{nudge.request} still waits for an answer.", key=key)
        return Done()

    @implements(RECORD_REPLY)
    def record_reply(self, taken: TakenReply) -> Done:
        """A reply was taken or refused by the workflow; one that was taken is kept as evidence."""
        recorded = taken.receipt.answer is Answer.RECORDED
        digest = keep(self._evidence, taken.reply.bare) if recorded else None
        self._replies.answer(taken.reply, taken.receipt, self._clock(), digest)
        return Done()

    @implements(CLOSE_REQUEST)
    def close_request(self, end: RequestEnd) -> Done:
        """The request is answered, or nobody answered in time."""
        self._requests.close(end.request, end.outcome, self._clock())
        return Done()
