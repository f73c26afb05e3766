"""Replies to evidence requests on their way to the audit: kept, attested, delivered again until it has them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit_agent.domain.evidence_request import EvidenceRequest
from audit_agent.domain.ids import Person
from audit_agent.domain.review import Answer, Verdict
from audit_agent.handoff.decide import submit
from audit_agent.handoff.delegate import delegate_to
from audit_agent.handoff.relay import deliver_pending
from audit_agent.handoff.standing import AttestedReplies
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from tests.integration.handoff.conftest import Desk
from tests.workflow.world import ASKING, OWNER, REVIEWER, decision, reply_to

Play = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop) -> Play:
    return lambda scenario: loop.run_until_complete(scenario)


async def asked(desk: Desk) -> EvidenceRequest:
    desk.world.steps = ASKING
    await desk.start()
    said = decision(await desk.review(), Verdict.APPROVE)
    await submit(said, desk.inbox, desk.delivery)
    async with asyncio.timeout(20):
        while not desk.world.requests:
            await asyncio.sleep(0.01)
    request = desk.world.requests[0]
    EvidenceRequests(desk.database).open(request, request.asked_at)
    return request


def test_a_delegate_answers_for_the_owner_and_somebody_else_does_not(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        now = datetime.now(UTC)
        today = (now - timedelta(days=1)).date().isoformat(), (now + timedelta(days=1)).date().isoformat()
        delegate_to(desk.database, OWNER, Person("user:deputy"), *today, None, now)
        delivery, inbox = AttestedReplies(desk.delivery, desk.database), Replies(desk.database)
        async with desk.working():
            request = await asked(desk)

            stranger = await submit(_today(request, REVIEWER), inbox, delivery)
            deputy = await submit(_today(request, Person("user:deputy")), inbox, delivery)

        assert stranger.receipt is not None
        assert stranger.receipt.answer is Answer.NOT_YOURS
        assert deputy.receipt is not None
        assert (deputy.receipt.answer, deputy.receipt.on_behalf_of) == (Answer.RECORDED, OWNER)
        assert inbox.pending() == ()

    play(scenario())


def test_a_reply_without_a_worker_arrives_once_when_one_runs(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        delivery, inbox = AttestedReplies(desk.delivery, desk.database), Replies(desk.database)
        async with desk.working():
            request = await asked(desk)
            async with asyncio.timeout(20):
                while not desk.world.did("perform_step S02"):
                    await asyncio.sleep(0.01)
        submission = await submit(_today(request, OWNER), inbox, delivery)
        assert submission.on_its_way
        async with desk.working():
            async with asyncio.timeout(20):
                while not desk.world.replies:
                    await asyncio.sleep(0.01)
            await deliver_pending(inbox, delivery)
        assert [taken.receipt.answer for taken in desk.world.replies] == [Answer.RECORDED]

    play(scenario())


def _today(request: EvidenceRequest, by: Person) -> Any:
    return reply_to(request, by=by).model_copy(update={"made_at": datetime.now(UTC)})
