"""The review gate: shows people something, waits for their decision, and lets time remind, escalate and expire."""

from typing import NamedTuple

from temporalio import workflow

from audit_agent.activities.contract import (
    CLOSE_REVIEW,
    NUDGE_REVIEW,
    OPEN_REVIEW,
    Draft,
    ReviewEnd,
    ReviewNudge,
)
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import NextNudge, Nudge, Outcome, Review, ReviewState
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import DecisionDesk, settled


class Settled(NamedTuple):
    """How a review ended, and the words of whoever ended it."""

    outcome: Outcome
    reason: str


async def hold_review(
    request: AuditRequest, desk: DecisionDesk, gate: Gate, round_number: int, draft: Draft
) -> Settled:
    """Open a review of `draft`, wait until people or time settle it, and close it.

    The review is closed in the store as withdrawn if the audit stops meanwhile.
    """
    review = Review(
        id=review_id(request.audit, gate.value, round_number),
        audit=request.audit,
        gate=gate,
        round=round_number,
        subject=draft.digest,
        title=draft.title,
        highlights=draft.highlights,
        requester=request.requester,
        policy=request.policy.gate(gate),
        opened_at=workflow.now(),
    )
    state = desk.open(review)
    await call(OPEN_REVIEW, review, summary=f"{gate.value} review, round {round_number}")
    await _until_settled(state)
    await desk.until_written()
    assert state.outcome is not None
    await call(CLOSE_REVIEW, ReviewEnd(review=review.id, audit=review.audit, outcome=state.outcome))
    return Settled(state.outcome, state.settled_by.reason if state.settled_by else "")


async def _until_settled(state: ReviewState) -> None:
    while state.outcome is None:
        nudge = state.next_nudge()
        wait = (nudge.at - workflow.now()).total_seconds()
        if await settled(state, max(wait, 0)) is None:
            await _nudge(state, nudge)


async def _nudge(state: ReviewState, nudge: NextNudge) -> None:
    state.apply(nudge.kind)
    if nudge.kind is Nudge.EXPIRE:
        return
    policy = state.review.policy
    word = ReviewNudge(
        review=state.review.id,
        audit=state.review.audit,
        kind=nudge.kind,
        number=state.reminded if nudge.kind is Nudge.REMIND else 1,
        to=policy.escalate_to if nudge.kind is Nudge.ESCALATE else policy.eligible,
    )
    await call(NUDGE_REVIEW, word, summary=nudge.kind.value)
