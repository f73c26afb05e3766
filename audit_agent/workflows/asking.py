"""Evidence requests: ask process owners, wait for their replies, let time remind, escalate and give up.

Many may be open at once. Nothing here fails an audit: a question nobody answers in time ends as expired.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from audit_agent.activities.contract import (
    CLOSE_REQUEST,
    NUDGE_REQUEST,
    OPEN_REQUEST,
    RECORD_REPLY,
    RequestEnd,
    RequestNudge,
    StepRef,
    TakenReply,
)
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.evidence_request import EvidenceRequest, Question, Reply, due_date, request_id
from audit_agent.domain.ids import DecisionId, Person, RequestId
from audit_agent.domain.policy import Gate
from audit_agent.domain.request_state import RequestState
from audit_agent.domain.review import Answer, Nudge, Receipt
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import REFUSED
from audit_agent.workflows.waiting import comes


class Asking:
    """The questions of one audit. An Update and a Signal with one reply id are one reply."""

    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._states: dict[RequestId, RequestState] = {}
        self._unwritten: set[DecisionId] = set()

    async def ask(self, step: StepRef) -> None:
        """Ask everything a step wants to know; returns when each question is answered or its time is over."""
        states = [self._open(step, number, question) for number, question in enumerate(step.requests, 1)]
        for state in states:
            opened = await call(OPEN_REQUEST, state.request, summary=f"{state.request.step} asks {state.request.owner}")
            if opened.reminders is not None:
                state.reminders = opened.reminders
        await asyncio.gather(*(self._until_settled(state) for state in states))

    def close(self) -> None:
        """The audit stops: whatever is open takes no more replies."""
        for state in self._states.values():
            state.withdraw()

    def check(self, reply: Reply) -> None:
        """Refuse an Update before it enters history; the error carries the receipt."""
        if receipt := self._refusal(reply):
            raise ApplicationError(receipt.message, receipt, type=REFUSED, non_retryable=True)

    async def take(self, reply: Reply) -> Receipt:
        """Take a reply, or refuse it; returns once the store has it."""
        state = self._states.get(reply.request)
        if state is None:
            return _never_asked(reply)
        is_new = reply.id not in state.receipts
        receipt = state.record(reply, workflow.now())
        if is_new:
            self._unwritten.add(reply.id)
            try:
                await call(RECORD_REPLY, TakenReply(reply=reply, receipt=receipt), summary=receipt.answer.value)
            finally:
                self._unwritten.discard(reply.id)
        await workflow.wait_condition(lambda: reply.id not in self._unwritten)
        return receipt

    def _open(self, step: StepRef, number: int, question: Question) -> RequestState:
        now = workflow.now()
        request = EvidenceRequest(
            id=request_id(self._request.audit, step.id, number),
            audit=self._request.audit,
            step=step.id,
            owner=question.owner,
            question=question.question,
            expected=question.expected,
            requester=self._request.requester,
            policy=self._request.policy.gate(Gate.PLAN),
            asked_at=now,
            due=due_date(question, now),
        )
        return self._states.setdefault(request.id, RequestState(request))

    async def _until_settled(self, state: RequestState) -> None:
        while state.outcome is None:
            nudge = state.next_nudge()
            if await comes(state, nudge):
                await _nudge(state, nudge.kind)
        await workflow.wait_condition(lambda: self._unwritten.isdisjoint(state.receipts))
        request = state.request
        await call(CLOSE_REQUEST, RequestEnd(request=request.id, audit=request.audit, outcome=state.outcome))

    def _refusal(self, reply: Reply) -> Receipt | None:
        state = self._states.get(reply.request)
        return state.refusal(reply, workflow.now()) if state else _never_asked(reply)


async def _nudge(state: RequestState, kind: Nudge) -> None:
    state.apply(kind)
    request = state.request
    to: tuple[Person, ...]
    match kind:
        case Nudge.REMIND:
            number, to = state.reminded, (request.owner,)
        case Nudge.ESCALATE:
            number, to = state.level, request.told_at(state.level)
        case Nudge.EXPIRE | Nudge.SETTLE:
            return
    word = RequestNudge(request=request.id, audit=request.audit, kind=kind, number=number, to=to)
    await call(NUDGE_REQUEST, word, summary=kind.value)


def _never_asked(reply: Reply) -> Receipt:
    message = f"Too late: no request {reply.request} is open."
    return Receipt(decision=reply.id, answer=Answer.TOO_LATE, message=message)
