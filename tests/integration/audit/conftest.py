"""Audits on the real server with the real activities, over real books."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent import bootstrap
from audit_agent.activities.services import Services
from audit_agent.clock import system_clock
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.domain.program import Program
from audit_agent.domain.remediation import HELD_PROCEDURES
from audit_agent.domain.review import Review, Verdict
from audit_agent.handoff.decide import decision_on, submit
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.start import Order, start_audit
from audit_agent.holds.port import HoldRefusedError
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs.loader import load_program
from audit_agent.sample.writer import generate
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.decisions import Decisions
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.store.reviews import Reviews
from audit_agent.temporal.attributes import register_attributes
from audit_agent.workflows import WORKFLOWS

QUEUE = "audits-for-real"
LOOK_AGAIN_SECONDS = 0.25
"""Between looks at an audit's status: reading it takes long enough to slow down what is waited for."""
SOMEBODY = Person("user:somebody")
OWNER = Person("user:owner")
GATE = GatePolicy(requester_may_approve=True)
POLICY = Policy(plan=GATE, findings=GATE, remediation=GATE, report=GATE)


def invoices_only() -> Program:
    """The part of the programme whose findings lead to payment holds."""
    program = load_program("procure-to-pay")
    procedures = tuple(entry for entry in program.procedures if entry.id in HELD_PROCEDURES)
    return program.model_copy(update={"procedures": procedures})


class Payments:
    """A payment system that remembers, and can be made to refuse or to be away."""

    def __init__(self) -> None:
        self.held: dict[str, Hold] = {}
        self.refuses_after = 1_000
        self.keeps_holds = False

    def place(self, key: str, hold: Hold) -> str:
        if len(self.held) >= self.refuses_after:
            raise HoldRefusedError("No more holds.", "Ask the bank.")
        self.held[key] = hold
        return f"ref {key}"

    def release(self, key: str) -> None:
        if self.keeps_holds:
            raise HoldRefusedError("The bank releases nothing.", "Ask the bank.")
        self.held.pop(key, None)


class Stage:
    """One database, one payment system, and the audits over the sample's books."""

    def __init__(self, client: Client, folder: Path, books: Path) -> None:
        self.client = client
        self.books = books
        self.payments = Payments()
        self.database: Database = connect(f"sqlite:///{folder / 'audit.db'}")
        self.database.upgrade()
        self.evidence = FolderEvidence(folder / "evidence")

    def services(self) -> Services:
        rules = OfflineAnalyst(REGISTRY)
        return Services(
            database=self.database,
            evidence=self.evidence,
            analyst=rules,
            rules=rules,
            payments=self.payments,
            notifier=DatabaseNotifier(self.database),
            clock=system_clock,
        )

    async def start(self, program: Program | None = None, documents: str | None = None) -> AuditId:
        order = Order(
            program=program or invoices_only(),
            books=self.books,
            requester=SOMEBODY,
            policy=POLICY,
            documents=documents,
        )
        return await start_audit(order, Audits(self.database), self.client, QUEUE)

    async def until(self, audit: AuditId, reached: Callable[[AuditStatus], bool]) -> AuditStatus:
        async with asyncio.timeout(100):
            while not reached(status := audit_status(self.database, audit, log_tail=1_000)):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return status

    async def decide(self, audit: AuditId, *verdicts: Verdict) -> None:
        """Say these at the next gates that open, in order."""
        for verdict in verdicts:
            status = await self.until(audit, lambda status: status.waiting_for is not None)
            assert status.waiting_for is not None
            review = status.waiting_for.review
            said = decision_on(review, verdict, "because", SOMEBODY, "terminal", datetime.now(UTC))
            await submit(said, Decisions(self.database), TemporalDelivery(self._connected))
            await self._until_closed(review)

    async def _until_closed(self, review: Review) -> None:
        await self.until(review.audit, lambda _: Reviews(self.database).outcome(review.id) is not None)

    async def ended(self, audit: AuditId) -> AuditStatus:
        return await self.until(audit, lambda status: status.audit.phase.ended)

    async def _connected(self) -> Client:
        return self.client


Scenario = Callable[[Stage], Awaitable[AuditStatus]]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def environment(loop: asyncio.AbstractEventLoop) -> Iterator[WorkflowEnvironment]:
    async def start() -> WorkflowEnvironment:
        server = str(Path(sys.executable).with_name("temporal"))
        env = await WorkflowEnvironment.start_local(
            data_converter=pydantic_data_converter, dev_server_existing_path=server
        )
        await register_attributes(env.client)
        return env

    env = loop.run_until_complete(start())
    yield env
    loop.run_until_complete(env.shutdown())


@pytest.fixture(scope="module")
def stage(environment: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all audits here, as their ids are also the ids of workflows on one server."""
    folder = tmp_path_factory.mktemp("audits")
    generate(folder / "sample", 7)
    stage = Stage(environment.client, folder, folder / "sample" / "books")
    yield stage
    stage.database.close()


@pytest.fixture
def play(
    loop: asyncio.AbstractEventLoop, environment: WorkflowEnvironment, stage: Stage
) -> Callable[[Scenario], tuple[Stage, AuditStatus]]:
    """Run a scenario beside a worker."""
    stage.payments = Payments()

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        services = stage.services()
        with ThreadPoolExecutor(8) as threads, closing(services):
            worker = Worker(
                environment.client,
                task_queue=QUEUE,
                workflows=WORKFLOWS,
                activities=bootstrap.activities(services),
                activity_executor=threads,
            )
            async with worker:
                yield

    async def perform(scenario: Scenario) -> AuditStatus:
        async with working():
            return await scenario(stage)

    return lambda scenario: (stage, loop.run_until_complete(perform(scenario)))
