"""A real Temporal server, a real store that the workflow's own activities write, and the strict Slack double."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent.activities.asking import AskingActivities
from audit_agent.activities.contract import StepRef
from audit_agent.activities.progress import ProgressActivities
from audit_agent.activities.reviewing import ReviewActivities
from audit_agent.activities.services import Services
from audit_agent.activities.undoing import UndoActivities
from audit_agent.clock import system_clock
from audit_agent.domain.finding import Dismissal, FindingSet
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.plan import Materiality, Plan, PlanStep
from audit_agent.domain.policy import Policy
from audit_agent.domain.record import canonical_json
from audit_agent.handoff.start import Order, start_audit
from audit_agent.holds.port import RegisterOnly
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.slack.rehearsal.server import SlackServer
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.temporal.attributes import ALL
from audit_agent.temporal.server import temporal_binary
from audit_agent.workflows import WORKFLOWS
from tests.peers.slack_server import SlackPeer, office_of, slack_peer, workspace_server
from tests.unit.reports import nasty_audit
from tests.workflow.world import STEPS, World, policy, program

REQUESTER = Person("user:requester")
Story = Callable[["Workplace"], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="package")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop, since the server's client lives on it."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="package")
def temporal(loop: asyncio.AbstractEventLoop) -> Iterator[WorkflowEnvironment]:
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_time_skipping_v2(
            data_converter=pydantic_data_converter,
            dev_server_existing_path=str(temporal_binary()),
            dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
            search_attributes=list(ALL),
        )
    )
    # Time passes as it does, except where a test has it pass faster.
    with environment.with_time_skipping_disabled():
        yield environment
    loop.run_until_complete(environment.shutdown())


@pytest.fixture(scope="package")
def shared_server() -> Iterator[SlackServer]:
    with workspace_server() as server:
        yield server


@pytest.fixture
def slack(shared_server: SlackServer) -> SlackServer:
    """An empty workspace behind the shared address."""
    workspace = shared_server.workspace
    for kept in (workspace.messages, workspace.private, workspace.calls):
        kept.clear()
    workspace.shares_late = False
    for known in (
        workspace.views,
        workspace.homes,
        workspace.files,
        workspace.refuse,
        workspace.groups,
        workspace.last_message,
    ):
        known.clear()
    return shared_server


class KeepingWorld(World):
    """Stand-ins that keep a real plan and real findings in the evidence, so that they can be shown."""

    def __init__(self, evidence: FolderEvidence) -> None:
        super().__init__()
        self._evidence = evidence

    def _draft(self, kind: str, task: Any) -> dict[str, Any]:
        if kind == "findings":
            digest = self._evidence.put(canonical_json(findings_of(task.version, task.comments)))
            return {**super()._draft(kind, task), "digest": digest}
        if kind != "plan":
            return super()._draft(kind, task)
        digest = self._evidence.put(canonical_json(plan_of(task.version, steps=40)))
        return {"digest": digest, "title": f"Plan version {task.version}: 40 steps"}


def plan_of(version: int, steps: int) -> Plan:
    """A plan of so many steps."""
    worth = Materiality(
        basis="revenue", basis_amount=Decimal(10_000_000), percent=Decimal(1), overall=Decimal(100_000),
        performance=Decimal(75_000), trivial=Decimal(5_000), currency="EUR",
    )  # fmt: skip
    listed = tuple(
        PlanStep(
            id=StepId(f"S{number:02d}"), procedure="JE-02", title=f"Unbalanced journals of unit {number}",
            risk="R1", why="Journals must balance. " * 20, parameters={},
        )
        for number in range(1, steps + 1)
    )  # fmt: skip
    return Plan(
        version=version, program="test", summary="Test the journals.", materiality=worth, steps=listed, drafted_by="x"
    )


def findings_of(version: int, comments: Sequence[str]) -> FindingSet:
    """Two findings, without those that people set aside."""
    said = "\n".join(comments)
    aside = [one for one in nasty_audit.FINDINGS.findings if f"dismiss {one.ref}:" in said]
    return FindingSet(
        version=version,
        findings=tuple(one for one in nasty_audit.FINDINGS.findings if one not in aside),
        dismissed=tuple(Dismissal(subject=one.ref, reason="people said so", by="people") for one in aside),
        drafted_by="x",
    )


@dataclass
class Workplace:
    """Temporal, the store, Slack and the people, for one test."""

    client: Client
    database: Database
    evidence: FolderEvidence
    server: SlackServer
    folder: Path
    queue: str = field(default_factory=lambda: f"queue-{uuid.uuid4().hex[:8]}")

    async def temporal(self) -> Client:
        return self.client

    async def start(self, rules: Policy | None = None, channel: str | None = None) -> AuditId:
        """Start an audit from elsewhere."""
        books = self.folder / "books.csv"
        books.write_text("Journal_ID\n1\n", encoding="utf-8")
        order = Order(program=program(), books=books, requester=REQUESTER, policy=rules or instantly(), channel=channel)
        return await start_audit(order, Numbered(self.database), self.client, self.queue)

    @asynccontextmanager
    async def working(self, steps: tuple[StepRef, ...] = STEPS) -> AsyncIterator[World]:
        """A worker whose reviews, requests, phases and compensations are the real ones."""
        services = Services(
            database=self.database, evidence=self.evidence, analyst=OfflineAnalyst(REGISTRY),
            rules=OfflineAnalyst(REGISTRY), payments=RegisterOnly(), notifier=DatabaseNotifier(self.database),
            clock=system_clock,
        )  # fmt: skip
        review, progress = ReviewActivities(services), ProgressActivities(services)
        asking, world = AskingActivities(services), KeepingWorld(self.evidence)
        world.steps = steps
        real: list[Callable[..., Any]] = [
            review.open_review, review.nudge_review, review.record_decision, review.close_review,
            progress.mark_phase, progress.end_audit,
            asking.open_request, asking.nudge_request, asking.record_reply, asking.close_request,
            UndoActivities(services).undo_effect,
        ]  # fmt: skip
        names = {_name(one) for one in real}
        others = [one for one in world.activities() if _name(one) not in names]
        with ThreadPoolExecutor(8) as executor:
            worker = Worker(
                self.client,
                task_queue=self.queue,
                workflows=WORKFLOWS,
                activities=[*real, *others],
                activity_executor=executor,
                sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
            )
            async with worker:
                yield world

    @asynccontextmanager
    async def slack(self, temporal: Callable[[], Awaitable[Client]] | None = None) -> AsyncIterator[SlackPeer]:
        """The Slack surface."""
        office = office_of(
            self.server, self.database, self.evidence, self.folder, temporal or self.temporal, self.queue
        )
        async with slack_peer(self.server, office) as peer:
            yield peer


class Numbered(Audits):
    """Audits numbered within a year of their own, because tests share the Temporal server."""

    def new_audit_id(self, year: int) -> AuditId:
        return super().new_audit_id(2000 + uuid.uuid4().int % 8000)


def instantly(**rules: Any) -> Policy:
    """Anyone decides, and nothing can be undone."""
    return policy(**{"requester_may_approve": True, "undo_window": timedelta(0), **rules})


def _name(activity: Any) -> str:
    from temporalio import activity as temporal_activity

    found = temporal_activity._Definition.must_from_callable(activity).name
    assert found is not None
    return found


@pytest.fixture
def workplace(
    temporal: WorkflowEnvironment, sqlite_database: Database, slack: SlackServer, tmp_path: Path
) -> Workplace:
    return Workplace(temporal.client, sqlite_database, FolderEvidence(tmp_path / "evidence"), slack, tmp_path)


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop, workplace: Workplace) -> Callable[[Story], Any]:
    """Run a story at the workplace."""
    return lambda story: loop.run_until_complete(story(workplace))
