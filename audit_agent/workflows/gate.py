"""The review gate: shows people something, waits for their decision, and lets time remind, escalate and expire.

A decision that can be undone is final only when the time for that is over; until then nothing is done about it.
"""

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
from audit_agent.domain.ids import Person, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import NextNudge, Nudge, Outcome, Review
from audit_agent.domain.review_state import ReviewState
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import DecisionDesk
from audit_agent.workflows.waiting import comes


class Settled(NamedTuple):
    """How a review ended, and the words of whoever ended it."""

    outcome: Outcome
    reason: str
    by: Person | None


async def hold_review(
    request: AuditRequest,
    desk: DecisionDesk,
    gate: Gate,
    round_number: int,
    draft: Draft,
    preparers: tuple[Person, ...] = (),
) -> Settled:
    """Open a review of `draft`, wait until people or time settle it, and close it.

    `preparers` are the people whose requested changes the draft carries.
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
        amounts=draft.amounts,
        requester=request.requester,
        preparers=preparers,
        policy=request.policy.gate(gate).for_amounts(draft.amounts),
        opened_at=workflow.now(),
    )
    state = desk.open(review)
    opened = await call(OPEN_REVIEW, review, summary=f"{gate.value} review, round {round_number}")
    if opened.reminders is not None:
        state.reminders = opened.reminders
    await _until_final(state)
    await desk.until_written()
    assert state.outcome is not None
    await call(CLOSE_REVIEW, ReviewEnd(review=review.id, audit=review.audit, outcome=state.outcome))
    last = state.settled_by
    return Settled(state.outcome, last.reason if last else "", last.person if last else None)


async def _until_final(state: ReviewState) -> None:
    while state.outcome is None:
        nudge = state.next_nudge()
        if await comes(state, nudge):
            await _nudge(state, nudge)


async def _nudge(state: ReviewState, nudge: NextNudge) -> None:
    state.apply(nudge.kind)
    review = state.review
    match nudge.kind:
        case Nudge.REMIND:
            number, to = state.reminded, state.to_remind()
        case Nudge.ESCALATE:
            number, to = state.level, review.policy.levels[state.level - 1].addressees()
        case Nudge.EXPIRE | Nudge.SETTLE:
            return
    word = ReviewNudge(review=review.id, audit=review.audit, kind=nudge.kind, number=number, to=to)
    await call(NUDGE_REVIEW, word, summary=nudge.kind.value)
