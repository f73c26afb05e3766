"""Investigations on the real server: turns and tool calls once each, whatever dies; limits, waiting, follow-ups."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent.activities import contract_investigations as ci
from audit_agent.domain.investigation import InvestigationState
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Verdict
from audit_agent.workflows import investigation
from audit_agent.workflows.investigation import InvestigationWorkflow
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.detective import MARKED, Detective, task
from tests.workflow.world import decision, reply_to

PlayWith = Callable[[Detective, Scenario], Any]


@pytest.fixture
def play_with(loop: asyncio.AbstractEventLoop, environment: WorkflowEnvironment) -> PlayWith:
    """Run a scenario with a worker that investigates as the detective does."""

    async def perform(detective: Detective, scenario: Scenario) -> None:
        bench = Bench(environment, detective)
        async with bench.worker():
            with environment.with_time_skipping_disabled():
                await scenario(bench)

    return lambda detective, scenario: loop.run_until_complete(perform(detective, scenario))


def investigate(env: WorkflowEnvironment, loop: asyncio.AbstractEventLoop, detective: Detective) -> Any:
    """One investigation by itself; returns its handle, ended."""

    async def run() -> Any:
        queue = f"queue-{uuid.uuid4().hex[:8]}"
        activities = detective.activities()
        async with Worker(env.client, task_queue=queue, workflows=[InvestigationWorkflow], activities=activities):
            with env.with_time_skipping_disabled():
                order = ci.InvestigationRun(task=task())
                handle = await env.client.start_workflow(
                    InvestigationWorkflow.run, order, id=f"i/{queue}", task_queue=queue
                )
                await handle.result()
                return handle

    return loop.run_until_complete(run())


def test_every_call_of_every_turn_is_made_once_and_in_order(
    environment: WorkflowEnvironment, loop: asyncio.AbstractEventLoop
) -> None:
    detective = Detective(turns=2, calls=2)

    investigate(environment, loop, detective)

    assert detective.used == ["1.0 T01", "1.1 T02", "2.0 T03", "2.1 T04"]
    assert [number for number, _ in detective.turns_taken] == [1, 2, 3]
    assert detective.closed[0].ended is InvestigationState.CONCLUDED


def test_a_long_investigation_is_continued_as_new_and_loses_no_reference(
    environment: WorkflowEnvironment, loop: asyncio.AbstractEventLoop
) -> None:
    detective = Detective(turns=investigation.TURNS_A_RUN + 3, calls=1)

    handle = investigate(environment, loop, detective)

    course = detective.closed[0].course
    assert len(course.turns) == investigation.TURNS_A_RUN + 4
    assert [use.ref for use in course.uses] == [f"T{n:02d}" for n in range(1, investigation.TURNS_A_RUN + 4)]
    assert [number for number, _ in detective.turns_taken] == list(range(1, investigation.TURNS_A_RUN + 5))
    runs = loop.run_until_complete(_runs(environment, handle.id))
    assert runs == 2


async def _runs(env: WorkflowEnvironment, workflow_id: str) -> int:
    first = env.client.get_workflow_handle(workflow_id)
    described = await first.describe()
    return 1 if described.run_id == described.raw_description.workflow_execution_info.first_run_id else 2


def test_marked_steps_are_looked_into_before_findings_are_drafted(play_with: PlayWith) -> None:
    detective = Detective()

    async def scenario(bench: Bench) -> None:
        bench.world.steps = MARKED
        handle = await bench.start()
        await bench.approve(handle)
        await handle.result()
        drafts = [call for call in bench.world.calls if call.startswith(("phase investigating", "draft_findings"))]
        assert drafts == ["phase investigating", "draft_findings 1"]

    play_with(detective, scenario)
    assert [one.ended for one in detective.closed] == [InvestigationState.CONCLUDED]


def test_without_marked_steps_nothing_is_looked_into(play_with: PlayWith) -> None:
    detective = Detective()

    async def scenario(bench: Bench) -> None:
        handle = await bench.start()
        await bench.approve(handle)
        await handle.result()

    play_with(detective, scenario)
    assert detective.picked == []


def test_a_reviewers_question_continues_the_investigation_before_the_redraft(play_with: PlayWith) -> None:
    detective = Detective(turns=1)

    async def scenario(bench: Bench) -> None:
        bench.world.steps = MARKED
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        words = "investigate F-01: who approved it?"
        said = decision(await bench.review(2), Verdict.REQUEST_CHANGES, reason=words)
        await bench.say(handle, said)
        await bench.approve(handle, 3, 5)
        await handle.result()
        assert bench.world.did("draft_findings") == ["draft_findings 1", f"draft_findings 2 {words}"]

    play_with(detective, scenario)
    assert [picking.comments for picking in detective.picked] == [(), ("investigate F-01: who approved it?",)]
    assert [number for number, _ in detective.turns_taken] == [1, 2, 3, 4]
    assert detective.closed[-1].course.since == 2


def test_a_question_to_an_owner_is_waited_for_and_the_same_course_goes_on(play_with: PlayWith) -> None:
    detective = Detective(turns=2, calls=1)
    detective.asks_in = 1

    async def scenario(bench: Bench) -> None:
        bench.world.steps = MARKED
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        async with asyncio.timeout(60):
            while not bench.world.requests:
                await asyncio.sleep(0.01)
        [asked] = bench.world.requests
        assert (asked.id.endswith("/S01-I01/1"), asked.question) == (True, "Who signed?")
        await handle.execute_update("answer_request", reply_to(asked), id="reply-1")
        await bench.approve(handle, 2, 4)
        await handle.result()

    play_with(detective, scenario)
    assert [one.ended for one in detective.closed] == [InvestigationState.ASKS, InvestigationState.CONCLUDED]
    assert [number for number, _ in detective.turns_taken] == [1, 2, 3]
    assert detective.used == ["1.0 T01", "2.0 T02"]


def test_out_of_budget_people_are_asked_and_the_same_course_goes_on_by_rules(play_with: PlayWith) -> None:
    detective = Detective(turns=2, calls=1)
    detective.no_money_in = 2

    async def scenario(bench: Bench) -> None:
        bench.world.steps = MARKED
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        budget = await bench.review(2)
        assert budget.gate is Gate.BUDGET
        await bench.say(handle, decision(budget, Verdict.REQUEST_CHANGES, reason="finish without the rest"))
        await bench.approve(handle, 3, 5)
        await handle.result()

    play_with(detective, scenario)
    assert [one.ended for one in detective.closed] == [InvestigationState.OUT_OF_BUDGET, InvestigationState.CONCLUDED]
    assert detective.turns_taken == [(1, False), (2, False), (2, True), (3, True)]
    assert detective.used == ["1.0 T01", "2.0 T02"]


def test_with_a_raised_budget_the_model_goes_on(play_with: PlayWith) -> None:
    detective = Detective(turns=2, calls=1)
    detective.no_money_in = 2

    async def scenario(bench: Bench) -> None:
        bench.world.steps = MARKED
        handle = await bench.start()
        await bench.approve(handle, 1, 1)
        await bench.review(2)
        detective.no_money_in = None
        await bench.approve(handle, 2, 5)
        await handle.result()

    play_with(detective, scenario)
    assert detective.turns_taken == [(1, False), (2, False), (2, False), (3, False)]
    assert detective.used == ["1.0 T01", "2.0 T02"]
