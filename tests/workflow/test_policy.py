"""Undoing, tiers, escalation by levels and delegation, on the real server with time skipped."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from audit_agent.domain.audit import AuditResult, Phase
from audit_agent.domain.directory import Capacity, Standing
from audit_agent.domain.ids import Person
from audit_agent.domain.money import Money
from audit_agent.domain.policy import Escalation, GatePolicy, Policy, Tier
from audit_agent.domain.review import Answer, Decision, Outcome, Receipt, Review, Verdict
from tests.workflow.conftest import Bench, Handle, Scenario
from tests.workflow.world import CHIEF, REQUESTER, REVIEWER, decision, policy

Play = Callable[[Scenario], Any]
DAY = timedelta(days=1)
WINDOW = timedelta(seconds=60)
DELEGATE = Person("user:delegate")


async def refused(bench: Bench, handle: Handle, said: Decision) -> Receipt:
    """The receipt of a decision the workflow refuses."""
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await bench.say(handle, said)
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError)
    return Receipt.model_validate(cause.details[0])


def undo(review: Review, by: Person = REVIEWER) -> Decision:
    """Taking back what was just said."""
    return decision(review, Verdict.UNDO, by=by).model_copy(update={"made_at": datetime.now(UTC)})


async def closed(bench: Bench, count: int = 1) -> None:
    async with asyncio.timeout(20):
        while len(bench.world.did("close_review")) < count:
            await asyncio.sleep(0.01)


def test_nothing_is_done_about_an_approval_while_it_can_be_undone(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, list[str], list[str]]:
        handle = await bench.start(policy(undo_window=WINDOW))
        receipt = await bench.say(handle, decision(await bench.review(1), Verdict.APPROVE))
        await bench.pass_time(handle, WINDOW - timedelta(seconds=20))
        inside = bench.world.did("perform_step") + bench.world.did("close_review")
        await bench.pass_time(handle, timedelta(seconds=30))
        await bench.review(2)
        await handle.cancel()
        return receipt, inside, bench.world.did("close_review")

    receipt, inside, after = play(scenario)

    assert receipt.outcome is Outcome.APPROVED
    assert receipt.undo_until is not None
    assert (inside, after[0]) == ([], "close_review approved")


def test_whoever_undoes_reopens_the_review_and_may_decide_again(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, Receipt, AuditResult]:
        handle = await bench.start(policy(undo_window=WINDOW))
        review = await bench.review(1)
        approved = await bench.say(handle, decision(review, Verdict.APPROVE))
        undone = await bench.say(handle, undo(review))
        await bench.pass_time(handle, 3 * WINDOW)
        assert bench.world.did("close_review") == []
        await bench.say(handle, decision(review, Verdict.REJECT, reason="on second thoughts"))
        await bench.pass_time(handle, 2 * WINDOW)
        return approved, undone, await handle.result()

    approved, undone, result = play(scenario)

    assert undone.undid == approved.decision
    assert (result.phase, "on second thoughts" in result.reason) == (Phase.REJECTED, True)


def test_only_whoever_decided_can_undo(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start(policy(undo_window=WINDOW))
        review = await bench.review(1)
        await bench.say(handle, decision(review, Verdict.APPROVE))
        receipt = await refused(bench, handle, undo(review, by=CHIEF))
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.NOT_YOURS


def test_after_the_window_an_undo_is_too_late(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start(policy(undo_window=WINDOW))
        review = await bench.review(1)
        await bench.say(handle, decision(review, Verdict.APPROVE))
        await bench.pass_time(handle, WINDOW + timedelta(seconds=5))
        await bench.review(2)
        receipt = await refused(bench, handle, undo(review))
        await handle.cancel()
        return receipt

    assert play(scenario).answer in (Answer.TOO_LATE, Answer.STALE)


def test_cancelling_inside_the_window_withdraws_the_review(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[list[str], Phase]:
        handle = await bench.start(policy(undo_window=WINDOW))
        await bench.say(handle, decision(await bench.review(1), Verdict.APPROVE))
        await handle.cancel()
        async with asyncio.timeout(20):
            while bench.world.ending is None:
                await asyncio.sleep(0.01)
        return bench.world.did("perform_step"), bench.world.ending.phase

    assert play(scenario) == ([], Phase.CANCELLED)


def test_a_review_opens_under_the_rules_of_its_tier(play: Play) -> None:
    gate = GatePolicy(
        tiers=(
            Tier(from_amount=Decimal(10_000), currency="EUR", rules=GatePolicy(quorum=2)),
            Tier(from_amount=Decimal(100_000), currency="EUR", rules=GatePolicy(quorum=3)),
        )
    )

    async def scenario(bench: Bench) -> tuple[Review, Review]:
        bench.world.amounts = {"findings": (Money(amount=Decimal("10000.00"), currency="EUR"),)}
        handle = await bench.start(Policy(findings=gate))
        await bench.approve(handle, 1, 1)
        await bench.review(2)
        await bench.say(handle, decision(bench.world.reviews[1], Verdict.APPROVE))
        half = list(bench.world.did("close_review"))
        await bench.say(handle, decision(bench.world.reviews[1], Verdict.APPROVE, by=CHIEF))
        await closed(bench, len(half) + 1)
        await handle.cancel()
        return bench.world.reviews[0], bench.world.reviews[1]

    plan, findings = play(scenario)

    assert (plan.policy.quorum, findings.policy.quorum, findings.policy.tiers) == (1, 2, ())


def test_each_level_of_escalation_lets_more_people_decide(play: Play) -> None:
    partner = Person("user:partner")
    levels = (Escalation(after=DAY, people=(CHIEF,)), Escalation(after=2 * DAY, people=(partner,)))
    rules = policy(eligible=(REVIEWER,), reminders=0, escalate_after=None, escalation=levels, expire_after=9 * DAY)

    async def scenario(bench: Bench) -> tuple[list[str], Receipt, Receipt]:
        handle = await bench.start(rules)
        review = await bench.review(1)
        await bench.pass_time(handle, DAY + timedelta(hours=1))
        early = await refused(bench, handle, decision(review, Verdict.APPROVE, by=partner, id_="early"))
        await bench.pass_time(handle, DAY)
        late = await bench.say(handle, decision(review, Verdict.APPROVE, by=partner, id_="late"))
        await handle.cancel()
        return bench.world.did("escalate"), early, late

    nudges, early, late = play(scenario)

    assert nudges == ["escalate 1", "escalate 2"]
    assert (early.answer, late.answer) == (Answer.NOT_YOURS, Answer.RECORDED)


def in_place_of(delegator: Person) -> dict[str, Standing]:
    standing = Standing(own=Capacity(person=DELEGATE), delegators=(Capacity(person=delegator),))
    return {"standing": standing}


def test_a_delegates_decision_is_recorded_for_whom_they_stand_in(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[Receipt, Receipt]:
        handle = await bench.start(policy(eligible=(REVIEWER,)))
        said = decision(await bench.review(1), Verdict.APPROVE, by=DELEGATE)
        alone = await refused(bench, handle, said.model_copy(update={"id": "alone"}))
        receipt = await bench.say(handle, said.model_copy(update=in_place_of(REVIEWER)))
        await handle.cancel()
        return alone, receipt

    alone, receipt = play(scenario)

    assert alone.answer is Answer.NOT_YOURS
    assert (receipt.answer, receipt.on_behalf_of) == (Answer.RECORDED, REVIEWER)


def test_no_requester_approves_through_a_delegate(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start(policy(eligible=(REQUESTER,)))
        said = decision(await bench.review(1), Verdict.APPROVE, by=DELEGATE)
        receipt = await refused(bench, handle, said.model_copy(update=in_place_of(REQUESTER)))
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.NOT_YOURS


def test_whose_changes_a_version_carries_does_not_approve_it_where_the_policy_says_so(play: Play) -> None:
    async def scenario(bench: Bench) -> Receipt:
        handle = await bench.start(policy(preparer_may_approve=False))
        await bench.say(handle, decision(await bench.review(1), Verdict.REQUEST_CHANGES, reason="more"))
        receipt = await refused(bench, handle, decision(await bench.review(2), Verdict.APPROVE))
        await handle.cancel()
        return receipt

    assert play(scenario).answer is Answer.NOT_YOURS
