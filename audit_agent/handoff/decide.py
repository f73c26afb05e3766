"""A click becomes a decision: kept first, then handed to the audit, then answered."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import uuid4

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.directory import DirectoryAwayError
from audit_agent.domain.ids import DecisionId, Person
from audit_agent.domain.review import Answer, Decision, Receipt, Review, Verdict
from audit_agent.handoff.delivery import AuditGoneError, Delivery, NoWorkerError, TemporalAwayError


class Inbox(Protocol):
    """Where decisions are kept until they are answered. The store's `Decisions` is one."""

    def receive(self, decision: Decision, at: datetime) -> None:
        """Keep a decision; durable when this returns. The same id is kept once."""
        ...

    def answer(self, decision: Decision, receipt: Receipt, at: datetime) -> None:
        """Keep the answer to a decision. The first answer stays."""
        ...

    def pending(self) -> Sequence[Decision]:
        """Decisions without an answer, oldest first."""
        ...


class Submission(NamedTuple):
    """What became of a decision so far."""

    decision: Decision
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


async def submit(decision: Decision, inbox: Inbox, delivery: Delivery, clock: Clock = system_clock) -> Submission:
    """Keep a decision, then hand it to its audit.

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
    decision: Decision, inbox: Inbox, delivery: Delivery, clock: Clock = system_clock
) -> Receipt | None:
    """Deliver a decision once and keep its answer; None when it only could be left with the audit.

    Raises TemporalAwayError when nothing could be delivered.
    """
    try:
        receipt = await _ask(decision, delivery)
    except AuditGoneError:
        receipt = Receipt(
            decision=decision.id,
            answer=Answer.TOO_LATE,
            message=f"Too late: {decision.audit} takes no more decisions.",
        )
    # A duplicate was answered when it came first, and that answer is the one to keep.
    if receipt is not None and receipt.answer is not Answer.DUPLICATE:
        await asyncio.to_thread(inbox.answer, decision, receipt, clock())
    return receipt


async def _ask(decision: Decision, delivery: Delivery) -> Receipt | None:
    try:
        return await delivery.decide(decision)
    except NoWorkerError:
        await delivery.decide_later(decision)
        return None
