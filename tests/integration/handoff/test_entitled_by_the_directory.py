"""From a click to the running audit and back: who may decide by what the directory says of them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.directory import Account
from audit_agent.domain.ids import Person
from audit_agent.domain.policy import Policy
from audit_agent.domain.review import Answer, Receipt, Review, Verdict
from audit_agent.handoff.decide import submit
from audit_agent.handoff.standing import AttestedDelivery
from audit_agent.handoff.start import Order, start_audit
from audit_agent.store.audits import Audits
from audit_agent.store.delegations import Delegations
from audit_agent.store.people import People
from audit_agent.store.reviews import Reviews
from tests.integration.handoff.conftest import Desk, Numbered
from tests.workflow.world import REQUESTER, decision, policy, program

ANNA, BEN = Person("user:anna"), Person("user:ben")
Play = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop) -> Play:
    return lambda scenario: loop.run_until_complete(scenario)


async def opened(desk: Desk, rules: Policy) -> Review:
    """The first review of a new audit, in the store as the activity would have it."""
    audits = Numbered(Audits(desk.database), 2000 + uuid.uuid4().int % 8000)
    order = Order(program=program(), books=desk.books, requester=REQUESTER, policy=rules)
    await start_audit(order, audits, desk.client, desk.queue)
    review = await desk.review()
    Reviews(desk.database).open(review, datetime.now(UTC))
    return review


async def said(desk: Desk, review: Review, by: Person, verdict: Verdict = Verdict.APPROVE) -> Receipt:
    words = decision(review, verdict, by=by).model_copy(update={"made_at": datetime.now(UTC)})
    submission = await submit(words, desk.inbox, AttestedDelivery(desk.delivery, desk.database))
    assert submission.receipt is not None
    return submission.receipt


def test_a_role_in_the_people_table_lets_somebody_decide(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            review = await opened(desk, policy(roles=("controller",)))
            People(desk.database).put(Account(person=ANNA, roles=("controller",)), datetime.now(UTC))

            refused, taken = await said(desk, review, BEN), await said(desk, review, ANNA)

            assert (refused.answer, taken.answer) == (Answer.NOT_YOURS, Answer.RECORDED)

    play(scenario())


def test_a_delegates_decision_is_kept_with_whom_it_was_for(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            review = await opened(desk, policy(eligible=(ANNA,)))
            now = datetime.now(UTC)
            stands_in = Delegation(
                id="1", delegator=ANNA, delegate=BEN, starts_at=now - timedelta(1), ends_at=now + timedelta(1)
            )
            Delegations(desk.database).add(stands_in, now)

            receipt = await said(desk, review, BEN)

            kept = desk.inbox.receipt(receipt.decision)
            assert kept is not None
            assert (kept.answer, kept.on_behalf_of) == (Answer.RECORDED, ANNA)

    play(scenario())


def test_what_is_undone_in_time_has_no_effect(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            review = await opened(desk, policy(undo_window=timedelta(seconds=30)))
            approved = await said(desk, review, ANNA)
            undone = await said(desk, review, ANNA, Verdict.UNDO)

            assert approved.undo_until is not None
            assert undone.undid == approved.decision
            assert desk.world.did("perform_step") == []

    play(scenario())
