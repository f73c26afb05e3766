"""A click becomes a decision: kept first, then handed to the audit, then answered."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, NamedTuple, Protocol
from uuid import uuid4

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.directory import DirectoryAwayError
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.domain.review import Answer, Decision, Receipt, Review, Verdict
from audit_agent.handoff.delivery import AuditGoneError, Delivery, NoWorkerError, Said, TemporalAwayError


class Inbox(Protocol[Said]):
    """Where people's words are kept until they are answered: the store's `Decisions`, and its `Replies`."""

    def receive(self, said: Said, /, at: datetime) -> None:
        """Keep it; durable when this returns. The same id is kept once."""
        ...

    def answer(self, said: Said, receipt: Receipt, /, at: datetime) -> None:
        """Keep the answer to it. The first answer stays."""
        ...

    def pending(self) -> Sequence[Said]:
        """Those without an answer, oldest first."""
        ...


class Submission(NamedTuple, Generic[Said]):
    """What became of a person's word so far."""

    decision: Said
    receipt: Receipt | None
    """None while it is on its way."""
    message: str

    @property
    def on_its_way(self) -> bool:
        """Whether the answer is still to come."""
        return self.receipt is None


def decision_on(review: Review, verdict: Verdict, reason: str, person: Person, surface: str, at: datetime) -> Decision:
    """A person's new decision on what a review shows, bound to its digest. Each call makes another decision."""
    return Decision(
        id=DecisionId(f"{surface}-{uuid4()}"),
        review=review.id,
        audit=review.audit,
        gate=review.gate,
        subject=review.subject,
        person=person,
        verdict=verdict,
        reason=reason,
        surface=surface,
        made_at=at,
    )


async def submit(
    decision: Said, inbox: Inbox[Said], delivery: Delivery[Said], clock: Clock = system_clock
) -> Submission[Said]:
    """Keep a decision or a reply, then hand it to its audit.

    Once this has kept it, it reaches the audit whatever happens: the relay delivers what has no answer.
    """
    await asyncio.to_thread(inbox.receive, decision, clock())
    try:
        receipt = await hand_over(decision, inbox, delivery, clock)
    except TemporalAwayError:
        return Submission(decision, None, "Kept. It will be delivered as soon as Temporal and a worker run.")
    except DirectoryAwayError as error:
        return Submission(decision, None, f"Kept. {error.message}")
    if receipt is None:
        return Submission(decision, None, "On its way. No worker runs now; it counts as soon as one does.")
    return Submission(decision, receipt, receipt.message)


async def hand_over(
    decision: Said, inbox: Inbox[Said], delivery: Delivery[Said], clock: Clock = system_clock
) -> Receipt | None:
    """Deliver it once and keep its answer; None when it only could be left with the audit.

    Raises TemporalAwayError when nothing could be delivered.
    """
    try:
        receipt = await _ask(decision, delivery)
    except AuditGoneError:
        receipt = Receipt(
            decision=decision.id,
            answer=Answer.TOO_LATE,
            message=f"Too late: {decision.audit} has ended.",
        )
    # A duplicate was answered when it came first, and that answer is the one to keep.
    if receipt is not None and receipt.answer is not Answer.DUPLICATE:
        await asyncio.to_thread(inbox.answer, decision, receipt, clock())
    return receipt


async def _ask(decision: Said, delivery: Delivery[Said]) -> Receipt | None:
    try:
        return await delivery.decide(decision)
    except NoWorkerError:
        await delivery.decide_later(decision)
        return None
