"""Every way an evidence request can end, on the real server with time skipped."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from audit_agent.domain.audit import AuditResult, Phase
from audit_agent.domain.evidence_request import EvidenceRequest, Reply
from audit_agent.domain.ids import StepId
from audit_agent.domain.policy import Policy
from audit_agent.domain.review import Answer, Receipt, Verdict
from audit_agent.workflows.audit import AuditWorkflow
from audit_agent.workflows.fieldwork import IN_FLIGHT
from tests.workflow.conftest import Bench, Handle, Scenario
from tests.workflow.world import ASKING, CHIEF, OWNER, REQUESTER, REVIEWER, STEPS, decision, policy, reply_to

Play = Callable[[Scenario], Any]
DAY = timedelta(days=1)
QUIET = policy(reminders=0, escalate_after=None)


async def asked(bench: Bench, rules: Policy = QUIET) -> tuple[Handle, EvidenceRequest]:
    """An audit whose plan is agreed, and the question its first step asks."""
    bench.world.steps = ASKING
    handle = await bench.start(rules)
    await bench.approve(handle, 1, 1)
    async with asyncio.timeout(20):
        while not bench.world.requests:
            await asyncio.sleep(0.01)
    return handle, bench.world.requests[0]


async def answer(handle: Handle, reply: Reply, update: str = "") -> Receipt:
    return await handle.execute_update(AuditWorkflow.answer_request, reply, id=update or reply.id)


async def refused(handle: Handle, reply: Reply) -> Answer:
    """Why the workflow refuses a reply."""
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await answer(handle, reply)
    assert isinstance(failure.value.cause, ApplicationError)
    return Receipt.model_validate(failure.value.cause.details[0]).answer


async def called(bench: Bench, name: str) -> None:
    async with asyncio.timeout(20):
        while not bench.world.did(name):
            await asyncio.sleep(0.01)


def test_a_step_waits_for_its_answer_while_the_others_go_on(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, AuditResult, list[str]]:
        handle, request = await asked(bench)
        await called(bench, "perform_step S02")
        assert bench.world.did("perform_step") == ["perform_step S02"]
        receipt = await answer(handle, reply_to(request))
        await bench.approve(handle, 2, 4)
        return receipt, await handle.result(), bench.world.calls

    receipt, result, calls = play(scenario)

    assert receipt.answer is Answer.RECORDED
    assert result.phase is Phase.FINISHED
    told = [call for call in calls if "request" in call or "reply" in call or call == "perform_step S01"]
    assert told == ["open_request S01", "record_reply recorded", "close_request answered", "perform_step S01"]


def test_however_many_steps_wait_for_answers_the_others_go_on(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        ids = [StepId(f"S{number:02d}") for number in range(1, IN_FLIGHT + 2)]
        asking = [ASKING[0].model_copy(update={"id": id_}) for id_ in ids]
        bench.world.steps = (*asking, STEPS[1].model_copy(update={"id": StepId("S99")}))
        handle = await bench.start(QUIET)
        await bench.approve(handle, 1, 1)
        await called(bench, "perform_step S99")
        await handle.cancel()
        return bench.world.did("perform_step")

    assert play(scenario) == ["perform_step S99"]


def test_silence_reminds_escalates_and_expires_without_failing_the_audit(play: Play) -> None:
    rules = policy(remind_every=4 * DAY, reminders=2, escalate_after=6 * DAY, escalate_to=(CHIEF,))

    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle, _ = await asked(bench, rules)
        await bench.pass_time(handle, 11 * DAY)
        await bench.approve(handle, 2, 4)
        return await handle.result(), bench.world.calls

    result, calls = play(scenario)

    assert result.phase is Phase.FINISHED
    assert [call for call in calls if "request" in call or call == "perform_step S01"] == [
        "open_request S01",
        f"request remind 1 {OWNER}",
        f"request escalate 1 {REQUESTER} {CHIEF}",
        f"request remind 2 {OWNER}",
        "close_request expired",
        "perform_step S01",
    ]


def test_only_the_owner_answers_with_something_once_and_in_time(play: Play) -> None:
    async def scenario(bench: Bench) -> list[Answer]:
        handle, request = await asked(bench)
        answers = [
            await refused(handle, reply_to(request, by=REVIEWER)),
            await refused(handle, reply_to(request, text=" ", id_="blank")),
            (await answer(handle, reply_to(request))).answer,
            (await answer(handle, reply_to(request), "another update")).answer,
            await refused(handle, reply_to(request, id_="second thoughts")),
            await refused(handle, reply_to(request.model_copy(update={"id": "AUD-1/S09/1"}), id_="unasked")),
        ]
        await handle.cancel()
        return answers

    assert play(scenario) == [
        Answer.NOT_YOURS,
        Answer.REASON_MISSING,
        Answer.RECORDED,
        Answer.DUPLICATE,
        Answer.TOO_LATE,
        Answer.TOO_LATE,
    ]


def test_update_and_signal_with_one_reply_id_are_one_reply(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, int]:
        handle, request = await asked(bench)
        await handle.signal(AuditWorkflow.answer_request_later, reply_to(request))
        second = await answer(handle, reply_to(request))
        await handle.cancel()
        return second, len(bench.world.replies)

    second, written = play(scenario)

    assert (second.answer, written) == (Answer.DUPLICATE, 1)


def test_a_late_signal_is_written_down_with_its_answer(play: Play) -> None:
    async def scenario(bench: Bench) -> Answer:
        handle, request = await asked(bench)
        await bench.pass_time(handle, 11 * DAY)
        await handle.signal(AuditWorkflow.answer_request_later, reply_to(request))
        await called(bench, "record_reply")
        await handle.cancel()
        return bench.world.replies[0].receipt.answer

    assert play(scenario) is Answer.TOO_LATE


def test_cancelling_withdraws_the_question_once_before_what_was_done_earlier(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        handle, _ = await asked(bench)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        return bench.world.did("undo")

    assert play(scenario) == ["undo evidence requests", "undo published workpapers", "undo books lease"]


def test_a_rejection_after_the_answer_withdraws_once_too(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        handle, request = await asked(bench)
        await answer(handle, reply_to(request))
        await bench.say(handle, decision(await bench.review(2), Verdict.REJECT, reason="no"))
        await handle.result()
        return bench.world.did("undo evidence")

    assert play(scenario) == ["undo evidence requests"]


def test_an_audit_that_asks_nobody_has_nothing_to_withdraw(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        handle = await bench.start(QUIET)
        await bench.approve(handle, 1, 1)
        await bench.say(handle, decision(await bench.review(2), Verdict.REJECT, reason="no"))
        await handle.result()
        return bench.world.did("undo evidence")

    assert play(scenario) == []
