"""What a failing audit undoes, in which order, and what happens when undoing fails."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError

from audit_agent.domain.audit import AuditResult, Phase
from audit_agent.domain.policy import Policy
from audit_agent.domain.review import Verdict
from audit_agent.workflows.audit import AuditWorkflow
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.world import decision, policy

Play = Callable[[Scenario], Any]

UNDO_ALL = ["undo published report", "undo payment holds", "undo published workpapers", "undo books lease"]


@pytest.mark.parametrize(
    ("failing", "approvals", "undone"),
    [
        ("freeze_books", 0, 1),
        ("draft_plan 1", 0, 1),
        ("perform_step S02", 1, 2),
        ("draft_findings 1", 1, 2),
        ("draft_remediation 1", 2, 2),
        ("place_holds", 3, 3),
        ("draft_report 1", 3, 3),
        ("publish_report", 4, 4),
    ],
)
def test_a_failure_in_any_phase_undoes_each_effect_once_newest_first(
    play: Play, failing: str, approvals: int, undone: int
) -> None:
    async def scenario(bench: Bench) -> tuple[Phase, str, list[str]]:
        bench.world.fail = {failing}
        handle = await bench.start()
        await bench.approve(handle, 1, approvals)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        assert bench.world.ending is not None
        return bench.world.ending.phase, bench.world.ending.reason, bench.world.did("undo")

    phase, reason, undo = play(scenario)

    assert phase is Phase.FAILED
    assert failing in reason
    assert undo == UNDO_ALL[-undone:]


def test_a_compensation_that_fails_a_few_times_is_tried_until_it_works(play: Play) -> None:
    async def scenario(bench: Bench) -> list[str]:
        bench.world.failures_left = {"undo books lease": 2}
        handle = await bench.start()
        await bench.say(handle, decision(await bench.review(1), Verdict.REJECT, reason="no"))
        await handle.result()
        return bench.world.did("undo")

    assert play(scenario) == ["undo books lease"]


def test_a_stuck_compensation_is_shown_to_a_person_and_does_not_stop_older_ones(play: Play) -> None:
    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        bench.world.fail = {"undo published workpapers"}
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        await bench.say(handle, decision(await bench.review(2), Verdict.REJECT, reason="no"))
        async with asyncio.timeout(20):
            while not bench.world.did("phase needs a person"):
                await asyncio.sleep(0.01)
        bench.world.fail = set()
        await handle.signal(AuditWorkflow.retry_compensations)
        return await handle.result(), bench.world.calls

    result, calls = play(scenario)

    assert result.phase is Phase.REJECTED
    telling = [call for call in calls if call.startswith(("undo", "report_stuck", "phase needs"))]
    assert telling == [
        "report_stuck",
        "undo books lease",
        "phase needs a person",
        "undo published workpapers",
    ]


def test_a_stuck_compensation_is_tried_again_by_itself_after_an_hour(play: Play) -> None:
    async def scenario(bench: Bench) -> AuditResult:
        bench.world.fail = {"undo books lease"}
        handle = await bench.start()
        await bench.say(handle, decision(await bench.review(1), Verdict.REJECT, reason="no"))
        async with asyncio.timeout(20):
            while not bench.world.did("phase needs a person"):
                await asyncio.sleep(0.01)
        bench.world.fail = set()
        await bench.pass_time(handle, timedelta(hours=2))
        return await handle.result()

    assert play(scenario).phase is Phase.REJECTED


def test_an_audit_that_outlives_its_policy_is_ended_and_undone(play: Play) -> None:
    rules = Policy(**{**dict(policy(expire_after=timedelta(days=60))), "end_after": timedelta(days=20)})

    async def scenario(bench: Bench) -> tuple[AuditResult, list[str]]:
        handle = await bench.start(rules)
        await bench.review(1)
        await bench.pass_time(handle, timedelta(days=21))
        return await handle.result(), bench.world.did("undo")

    result, undone = play(scenario)

    assert result.phase is Phase.TERMINATED
    assert undone == ["undo books lease"]
