"""Every way a gate can end, on the real server with time skipped."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from audit_agent.domain.audit import AuditResult, Phase
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Receipt, Verdict
from audit_agent.workflows.audit import AuditWorkflow
from audit_agent.workflows.desk import REFUSED
from tests.workflow.conftest import Bench, Handle, Scenario
from tests.workflow.world import CHIEF, REQUESTER, REVIEWER, decision, policy

Play = Callable[[Scenario], Any]
DAY = timedelta(days=1)


async def refused(bench: Bench, handle: Handle, **said: Any) -> Receipt:
    """The receipt of a decision the workflow refuses."""
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await bench.say(handle, decision(**said))
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == REFUSED
    return Receipt.model_validate(cause.details[0])


def test_an_audit_with_every_gate_approved_runs_its_course(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle = await bench.start()
        await bench.approve(handle)
        return await handle.result(), bench.world.calls

    result, calls = play(scenario)

    assert result.phase is Phase.FINISHED
    acts = [call for call in calls if not call.startswith(("phase", "open", "close", "record"))]
    assert sorted(acts[2:5]) == ["perform_step S01", "perform_step S02", "perform_step S03"]
    assert acts[:2] + acts[5:] == [
        "freeze_books",
        "draft_plan 1",
        "draft_findings 1",
        "draft_remediation 1",
        "place_holds",
        "draft_report 1",
        "publish_report",
        "end_audit",
    ]


def test_a_step_waits_for_the_steps_it_depends_on(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        handle = await bench.start()
        await bench.approve(handle)
        await handle.result()
        return bench.world.did("perform_step")

    order = play(scenario)

    assert order.index("perform_step S01") < order.index("perform_step S03")


def test_a_step_that_cannot_be_done_keeps_its_dependents_from_being_done_but_not_the_audit(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        bench.world.not_done = {"S01"}
        handle = await bench.start()
        await bench.approve(handle)
        return await handle.result(), bench.world.did("perform_step")

    result, steps = play(scenario)

    assert result.phase is Phase.FINISHED
    assert sorted(steps) == [
        "perform_step S01",
        "perform_step S02",
        "perform_step S03 It builds on S01, which could not be done.",
    ]


def test_requested_changes_lead_to_a_new_version_and_a_new_review(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        handle = await bench.start()
        await bench.say(handle, decision(await bench.review(1), Verdict.REQUEST_CHANGES, reason="look at accruals"))
        await bench.approve(handle, 2, 5)
        await handle.result()
        return bench.world.did("draft_plan")

    assert play(scenario) == ["draft_plan 1", "draft_plan 2 look at accruals"]


@pytest.mark.parametrize(("gate", "undone"), [(1, 1), (2, 2), (4, 3)], ids=["plan", "findings", "report"])
def test_rejection_ends_the_audit_and_undoes_newest_first(play: Play, gate: int, undone: int) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle = await bench.start()
        await bench.approve(handle, 1, gate - 1)
        await bench.say(handle, decision(await bench.review(gate), Verdict.REJECT, reason="not like this"))
        return await handle.result(), bench.world.did("undo")

    result, undo = play(scenario)

    assert result.phase is Phase.REJECTED
    assert "not like this" in result.reason
    assert undo == ["undo payment holds", "undo published workpapers", "undo books lease"][-undone:]


def test_rejected_holds_are_not_placed_and_the_audit_goes_on(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle = await bench.start()
        await bench.approve(handle, 1, 2)
        await bench.say(handle, decision(await bench.review(3), Verdict.REJECT, reason="we call the supplier"))
        await bench.approve(handle, 4, 4)
        return await handle.result(), bench.world.calls

    result, calls = play(scenario)

    assert result.phase is Phase.FINISHED
    assert "place_holds" not in calls


def test_without_anything_to_hold_nobody_is_asked(play: Play) -> None:
    async def scenario(bench: Bench) -> int:
        bench.world.no_holds = True
        handle = await bench.start()
        await bench.approve(handle, 1, 3)
        await handle.result()
        return len(bench.world.reviews)

    assert play(scenario) == 3


def test_thirty_days_of_silence_remind_escalate_and_expire(play: Play) -> None:
    rules = policy(
        remind_every=7 * DAY, reminders=3, escalate_after=10 * DAY, escalate_to=(CHIEF,), expire_after=30 * DAY
    )

    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle = await bench.start(rules)
        await bench.review(1)
        await bench.pass_time(handle, 31 * DAY)
        return await handle.result(), bench.world.calls

    result, calls = play(scenario)

    assert result.phase is Phase.EXPIRED
    nudges = [call for call in calls if call.startswith(("remind", "escalate", "close", "undo"))]
    assert nudges == [
        "remind 1",
        "escalate 1",
        "remind 2",
        "remind 3",
        "close_review expired",
        "undo books lease",
    ]


def test_an_escalated_review_can_be_decided_by_those_it_was_escalated_to(play: Play) -> None:
    rules = policy(eligible=(REVIEWER,), escalate_after=2 * DAY, escalate_to=(CHIEF,))

    async def scenario(bench: Bench) -> tuple[Receipt, Receipt]:
        handle = await bench.start(rules)
        review = await bench.review(1)
        before = await refused(bench, handle, review=review, verdict=Verdict.APPROVE, by=CHIEF, id_="before")
        await bench.pass_time(handle, 2 * DAY + timedelta(hours=1))
        after = await bench.say(handle, decision(review, Verdict.APPROVE, by=CHIEF, id_="after"))
        await handle.cancel()
        return before, after

    before, after = play(scenario)

    assert before.answer is Answer.NOT_YOURS
    assert after.answer is Answer.RECORDED


def test_a_quorum_of_two_needs_two_different_people(play: Play) -> None:
    async def scenario(bench: Bench) -> list[Receipt]:
        handle = await bench.start(policy(quorum=2))
        review = await bench.review(1)
        receipts = [
            await bench.say(handle, decision(review, Verdict.APPROVE, id_="first")),
            await bench.say(handle, decision(review, Verdict.APPROVE, id_="same person")),
            await bench.say(handle, decision(review, Verdict.APPROVE, by=CHIEF, id_="other person")),
        ]
        await handle.cancel()
        return receipts

    assert [receipt.outcome for receipt in play(scenario)] == [None, None, "approved"]


def test_the_requester_may_not_approve_their_own_audit(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start()
        receipt = await refused(bench, handle, review=await bench.review(1), verdict=Verdict.APPROVE, by=REQUESTER)
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.NOT_YOURS


def test_a_policy_may_let_requesters_approve(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start(policy(requester_may_approve=True))
        receipt = await bench.say(handle, decision(await bench.review(1), Verdict.APPROVE, by=REQUESTER))
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.RECORDED


def test_a_decision_on_something_else_than_what_is_shown_is_stale(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start()
        review = (await bench.review(1)).model_copy(update={"subject": Digest("0" * 64)})
        receipt = await refused(bench, handle, review=review, verdict=Verdict.APPROVE)
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.STALE


def test_a_decision_without_the_reason_it_needs_is_refused(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start()
        receipt = await refused(bench, handle, review=await bench.review(1), verdict=Verdict.REJECT, reason=" ")
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.REASON_MISSING


def test_a_second_opinion_after_the_decision_is_too_late(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start()
        first = await bench.review(1)
        await bench.approve(handle, 1, 1)
        await bench.review(2)
        receipt = await refused(bench, handle, review=first, verdict=Verdict.REJECT, reason="no", by=CHIEF)
        await handle.cancel()
        return receipt

    assert play(scenario).answer in (Answer.TOO_LATE, Answer.STALE)


def test_update_and_signal_with_one_decision_id_are_one_decision(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, Receipt, int]:
        handle = await bench.start(policy(quorum=2))
        said = decision(await bench.review(1), Verdict.APPROVE)
        await handle.signal(AuditWorkflow.decide_later, said)
        second = await bench.say(handle, said)
        third = await handle.execute_update(AuditWorkflow.decide, said, id="another update id")
        await handle.cancel()
        return second, third, len(bench.world.taken)

    second, third, written = play(scenario)

    assert (second.answer, third.answer, written) == (Answer.DUPLICATE, Answer.DUPLICATE, 1)


def test_a_late_signal_is_written_down_with_its_answer(play: Play) -> None:
    async def scenario(bench: Bench) -> Answer:
        handle = await bench.start()
        first = await bench.review(1)
        await bench.approve(handle, 1, 1)
        await bench.review(2)
        await handle.signal(AuditWorkflow.decide_later, decision(first, Verdict.REJECT, reason="no", by=CHIEF))
        async with asyncio.timeout(20):
            while len(bench.world.taken) < 2:
                await asyncio.sleep(0.01)
        await handle.cancel()
        return bench.world.taken[1].receipt.answer

    assert play(scenario) in (Answer.TOO_LATE, Answer.STALE)


def test_two_people_deciding_at_once_leave_one_outcome(play: Play) -> None:
    async def scenario(bench: Bench) -> list[Receipt]:
        handle = await bench.start()
        review = await bench.review(1)
        said = [
            decision(review, Verdict.REJECT, reason="no", by=REVIEWER),
            decision(review, Verdict.REQUEST_CHANGES, reason="more", by=CHIEF),
        ]
        answers = await asyncio.gather(*(bench.say(handle, one) for one in said), return_exceptions=True)
        await handle.cancel()
        return [answer for answer in answers if isinstance(answer, Receipt)]

    recorded = play(scenario)

    assert len([receipt for receipt in recorded if receipt.outcome is not None]) == 1


def test_cancelling_while_people_are_asked_undoes_and_cancels(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Phase, list[str]]:
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        await bench.review(2)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        assert bench.world.ending is not None
        return bench.world.ending.phase, bench.world.did("undo")

    phase, undone = play(scenario)

    assert phase is Phase.CANCELLED
    assert undone == ["undo published workpapers", "undo books lease"]
