"""A click becomes a decision on a review, and its answer reaches whoever clicked."""

import asyncio
from hashlib import sha256
from typing import NamedTuple

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import DecisionId
from audit_agent.domain.review import Answer, Decision, Receipt, Review, Verdict
from audit_agent.handoff.decide import submit
from audit_agent.slack.blocks.text import Block, actions, button, mrkdwn, section
from audit_agent.slack.contents import Shown, ToDecide
from audit_agent.slack.names import Action
from audit_agent.slack.office import Office
from audit_agent.slack.tell import with_names
from audit_agent.store.clicks import Click
from audit_agent.store.decisions import Decisions
from audit_agent.store.reviews import Reviews

SURFACE = "slack"


class Told(NamedTuple):
    """What to tell whoever clicked, and whether that is the last word."""

    text: str
    final: bool
    blocks: tuple[Block, ...] = ()


def decision_id(click: Click) -> DecisionId:
    """The id of the decision a click makes: the same click is the same decision in every process."""
    return DecisionId(f"{SURFACE}-{sha256(click.key.encode()).hexdigest()[:32]}")


async def decide(office: Office, click: Click) -> Told:
    """Hand a click's decision to its audit; raises what the store and the directory raise."""
    content = ToDecide.model_validate_json(click.content)
    try:
        review = await asyncio.to_thread(Reviews(office.database).review, content.shown.review)
    except NotFoundError as error:
        return Told(with_names(error.message), final=True)
    decision = _decision(click, content, review)
    submission = await submit(decision, Decisions(office.database), office.delivery, office.clock)
    office.changed.set()
    if submission.receipt is None:
        return Told(with_names(submission.message), final=False)
    return told(submission.receipt, click, content)


async def answer_to(office: Office, click: Click) -> Told | None:
    """The audit's answer to a decision that was on its way; None while there is none."""
    receipt = await asyncio.to_thread(Decisions(office.database).receipt, decision_id(click))
    return told(receipt, click, ToDecide.model_validate_json(click.content)) if receipt else None


def told(receipt: Receipt, click: Click, content: ToDecide) -> Told:
    """A receipt in words, with the way back where there is one."""
    text = with_names(receipt.message, click.person)
    can_undo = receipt.undo_until is not None and receipt.answer in (Answer.RECORDED, Answer.DUPLICATE)
    if not can_undo or content.verdict is Verdict.UNDO:
        return Told(text, final=True)
    undo = button("Undo", Action.UNDO, content.shown.model_dump_json())
    return Told(text, final=True, blocks=(section(mrkdwn(text)), actions(undo)))


def _decision(click: Click, content: ToDecide, review: Review) -> Decision:
    shown: Shown = content.shown
    return Decision(
        id=decision_id(click),
        review=review.id,
        audit=review.audit,
        gate=review.gate,
        subject=shown.subject,
        person=click.person,
        verdict=content.verdict,
        reason=content.reason,
        surface=SURFACE,
        made_at=click.received_at,
    )
