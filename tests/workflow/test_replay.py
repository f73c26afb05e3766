"""Golden histories: audits recorded once must replay on today's code, or running audits would lose their place.

A change that breaks one needs `workflow.patched` or a new version of the workflow. To add a scenario, write it
below and run this file with AUDIT_AGENT_WRITE_GOLDEN=1: histories that exist already are left as they are.
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from audit_agent.activities.contract import UndoRequest
from audit_agent.activities.contract_investigations import InvestigationRun
from audit_agent.domain.audit import AuditRequest, AuditResult, Phase
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId
from audit_agent.domain.review import Verdict
from audit_agent.workflows import WORKFLOWS
from audit_agent.workflows.audit import AuditWorkflow
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.investigation import InvestigationWorkflow
from audit_agent.workflows.undo import UndoWorkflow
from tests.workflow.conftest import Bench, Scenario
from tests.workflow.detective import MARKED, task
from tests.workflow.shelf import begin_reading, until
from tests.workflow.world import ASKING, VOUCHING, decision, policy, reply_to

FOLDER = Path(__file__).with_name("histories")
DAY = timedelta(days=1)
AnyHandle = WorkflowHandle[Any, Any]


async def approved(bench: Bench) -> AnyHandle:
    handle = await bench.start()
    await bench.approve(handle)
    await handle.result()
    return handle


async def changed_then_approved(bench: Bench) -> AnyHandle:
    handle = await bench.start()
    await bench.say(handle, decision(await bench.review(1), Verdict.REQUEST_CHANGES, reason="look at accruals"))
    await bench.approve(handle, 2, 5)
    await handle.result()
    return handle


async def rejected_after_holds(bench: Bench) -> AnyHandle:
    handle = await bench.start()
    await bench.approve(handle, 1, 3)
    await bench.say(handle, decision(await bench.review(4), Verdict.REJECT, reason="no"))
    await handle.result()
    return handle


async def signalled(bench: Bench) -> AnyHandle:
    handle = await bench.start()
    said = decision(await bench.review(1), Verdict.REJECT, reason="no")
    await handle.signal(AuditWorkflow.decide_later, said)
    await handle.result()
    return handle


async def expired(bench: Bench) -> AnyHandle:
    handle = await bench.start(policy(remind_every=2 * DAY, reminders=2, escalate_after=3 * DAY, expire_after=9 * DAY))
    await bench.review(1)
    await bench.pass_time(handle, 10 * DAY)
    await handle.result()
    return handle


async def undone_then_rejected(bench: Bench) -> AnyHandle:
    handle = await bench.start(policy(undo_window=timedelta(seconds=60)))
    review = await bench.review(1)
    await bench.say(handle, decision(review, Verdict.APPROVE))
    await bench.say(handle, decision(review, Verdict.UNDO))
    await bench.say(handle, decision(review, Verdict.REJECT, reason="no"))
    await bench.pass_time(handle, timedelta(seconds=90))
    await handle.result()
    return handle


async def cancelled(bench: Bench) -> AnyHandle:
    handle = await bench.start()
    await bench.approve(handle, 1, 1)
    await bench.review(2)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    return handle


async def undone_after_termination(bench: Bench) -> AnyHandle:
    asked = UndoRequest(audit=AuditId("AUD-2026-0001"), phase=Phase.TERMINATED, reason="terminated")
    handle = await bench.env.client.start_workflow(
        UndoWorkflow.run, asked, id=f"undo/{bench.queue}", task_queue=bench.queue
    )
    await handle.result()
    return handle


async def asked_then_answered(bench: Bench) -> AnyHandle:
    bench.world.steps = ASKING
    handle = await bench.start(policy(remind_every=2 * DAY, reminders=1, escalate_after=3 * DAY))
    await bench.approve(handle, 1, 1)
    async with asyncio.timeout(20):
        while not bench.world.requests:
            await asyncio.sleep(0.01)
    await bench.pass_time(handle, 4 * DAY)
    await handle.execute_update(AuditWorkflow.answer_request, reply_to(bench.world.requests[0]))
    await bench.approve(handle, 2, 4)
    await handle.result()
    return handle


async def documents_read(bench: Bench) -> AnyHandle:
    """An audit with documents, whose budget ends while they are read."""
    bench.world.steps = VOUCHING
    bench.world.shelf.budget = 3
    handle = await bench.start(documents="/documents")
    await bench.approve(handle, 1, 1)
    finish = decision(await bench.review(2), Verdict.REQUEST_CHANGES, reason="finish without the rest")
    await bench.say(handle, finish)
    await bench.approve(handle, 3, 5)
    await handle.result()
    return handle


async def pages_read(bench: Bench) -> AnyHandle:
    """A set in ranges, with a pause, and failures that are tried again after a wait and on request."""
    shelf = bench.world.shelf
    shelf.passing, shelf.broken = {20: 2}, {70}
    shelf.open.clear()
    handle = await begin_reading(bench, 100, range=60, waits=(timedelta(minutes=1),))
    await handle.signal(DocumentsWorkflow.pause)
    await until(lambda: RunState.PAUSED in shelf.marks)
    shelf.open.set()
    await handle.signal(DocumentsWorkflow.resume)
    await until(lambda: RunState.TRYING_AGAIN in shelf.marks)
    await handle.signal(DocumentsWorkflow.retry_failed)
    await bench.pass_time(handle, timedelta(minutes=2))
    await handle.result()
    return handle


async def investigated(bench: Bench) -> AnyHandle:
    """An audit that looks into a step, asks an owner on the way, and looks again at a reviewer's question."""
    bench.world.steps = MARKED
    bench.detective.asks_in = 1
    handle = await bench.start()
    await bench.approve(handle, 1, 1)
    await until(lambda: bool(bench.world.requests))
    await handle.execute_update(AuditWorkflow.answer_request, reply_to(bench.world.requests[0]))
    words = "investigate F-01: who approved it?"
    await bench.say(handle, decision(await bench.review(2), Verdict.REQUEST_CHANGES, reason=words))
    await bench.approve(handle, 3, 5)
    await handle.result()
    return handle


async def turns_taken(bench: Bench) -> AnyHandle:
    """One investigation by itself."""
    handle = await bench.env.client.start_workflow(
        InvestigationWorkflow.run, InvestigationRun(task=task()), id=f"i/{bench.queue}", task_queue=bench.queue
    )
    await handle.result()
    return handle


SCENARIOS: dict[str, Callable[[Bench], Awaitable[AnyHandle]]] = {
    scenario.__name__: scenario
    for scenario in (
        approved,
        changed_then_approved,
        rejected_after_holds,
        signalled,
        expired,
        undone_then_rejected,
        cancelled,
        undone_after_termination,
        asked_then_answered,
        documents_read,
        pages_read,
        investigated,
        turns_taken,
    )
}


def history(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(name, (FOLDER / f"{name}.json").read_text())


def record(name: str, play: Callable[[Scenario], Any]) -> None:
    """Write a scenario's history, without the names of the machine and processes it was made on."""

    async def scenario(bench: Bench) -> str:
        handle = await SCENARIOS[name](bench)
        return (await handle.fetch_history()).to_json()

    text = re.sub(r'"\d+@[^"]*"', '"worker"', play(scenario))
    (FOLDER / f"{name}.json").write_text(text + "\n")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recorded_audit_replays_on_the_code_of_today(play: Callable[[Scenario], Any], loop: Any, name: str) -> None:
    if "AUDIT_AGENT_WRITE_GOLDEN" in os.environ and not (FOLDER / f"{name}.json").exists():
        record(name, play)
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)

    loop.run_until_complete(replayer.replay_workflow(history(name)))


@workflow.defn(name="audit")
class Hasty:
    """An audit that ends without doing anything."""

    @workflow.run
    async def run(self, request: AuditRequest) -> AuditResult:
        """Nothing."""
        return AuditResult(audit=request.audit, phase=Phase.FINISHED)


def test_a_workflow_that_does_something_else_does_not_replay(loop: Any) -> None:
    replayer = Replayer(workflows=[Hasty], data_converter=pydantic_data_converter)

    with pytest.raises(NondeterminismError):
        loop.run_until_complete(replayer.replay_workflow(history("approved")))
