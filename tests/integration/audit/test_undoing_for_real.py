"""Audits on the real server with the real activities, over real books: what they did is really undone."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent import bootstrap
from audit_agent.activities.services import Services
from audit_agent.clock import system_clock
from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.evidence_request import Question, Reply, RequestOutcome
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import AuditId, DecisionId, Person
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.domain.program import Program
from audit_agent.domain.remediation import HELD_PROCEDURES
from audit_agent.domain.review import Answer, Review, Verdict
from audit_agent.domain.workpaper import Workpaper
from audit_agent.handoff.attachments import attach
from audit_agent.handoff.decide import decision_on, submit
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.standing import AttestedReplies
from audit_agent.handoff.start import Order, start_audit
from audit_agent.handoff.sweep import sweep_once
from audit_agent.handoff.undo import retry_compensations
from audit_agent.holds.port import HoldRefusedError
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs.loader import load_program
from audit_agent.reports.model import AuditReport
from audit_agent.reports.render import render
from audit_agent.sample.writer import generate
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.decisions import Decisions
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.store.replies import Replies
from audit_agent.store.reviews import Reviews
from audit_agent.store.verify import verify
from audit_agent.store.words import EffectState, Event, HoldState
from audit_agent.temporal.attributes import register_attributes
from audit_agent.workflows import WORKFLOWS

QUEUE = "audits-for-real"
SOMEBODY = Person("user:somebody")
OWNER = Person("user:owner")
GATE = GatePolicy(requester_may_approve=True)
POLICY = Policy(plan=GATE, findings=GATE, remediation=GATE, report=GATE)
UNDONE_NEWEST_FIRST = ["published report", "payment holds", "published workpapers", "books lease"]


def _invoices_only() -> Program:
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

    async def start(self, program: Program | None = None) -> AuditId:
        order = Order(program=program or _invoices_only(), books=self.books, requester=SOMEBODY, policy=POLICY)
        return await start_audit(order, Audits(self.database), self.client, QUEUE)

    async def until(self, audit: AuditId, reached: Callable[[AuditStatus], bool]) -> AuditStatus:
        async with asyncio.timeout(60):
            while not reached(status := audit_status(self.database, audit, log_tail=1_000)):
                await asyncio.sleep(0.05)
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
        with ThreadPoolExecutor(8) as threads:
            worker = Worker(
                environment.client,
                task_queue=QUEUE,
                workflows=WORKFLOWS,
                activities=bootstrap.activities(stage.services()),
                activity_executor=threads,
            )
            async with worker:
                yield

    async def perform(scenario: Scenario) -> AuditStatus:
        async with working():
            return await scenario(stage)

    return lambda scenario: (stage, loop.run_until_complete(perform(scenario)))


def undone(status: AuditStatus) -> list[str]:
    """What the log says was undone, in the log's order."""
    return [entry.data["effect"] for entry in status.log if entry.event is Event.EFFECT_UNDONE]


def states(status: AuditStatus) -> dict[EffectKind, EffectState]:
    return {effect.kind: effect.state for effect in status.effects}


def test_a_rejected_report_undoes_every_effect_once_newest_first(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3, Verdict.REJECT)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.REJECTED
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert status.holds
    assert {held.state for held in status.holds} == {HoldState.RELEASED}
    assert stage.payments.held == {}
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def test_a_payment_system_that_refuses_half_way_leaves_no_hold_behind(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        stage.payments.refuses_after = 1
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.FAILED
    assert "No more holds" in status.audit.reason
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert stage.payments.held == {}


def test_a_stuck_release_waits_for_a_person_and_is_done_when_asked(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        stage.payments.keeps_holds = True
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3, Verdict.REJECT)
        await stage.until(audit, lambda status: status.audit.phase is Phase.NEEDS_PERSON)
        stage.payments.keeps_holds = False
        await retry_compensations(stage.database, stage.client, audit, SOMEBODY, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.REJECTED
    assert undone(status) == ["published workpapers", "books lease", "payment holds"]
    assert stage.payments.held == {}


def test_an_audit_terminated_from_outside_is_found_and_undone(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start()
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        await stage.until(audit, lambda status: status.waiting_for is not None)
        await stage.client.get_workflow_handle(audit).terminate("an administrator was hasty")
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.TERMINATED
    assert undone(status) == UNDONE_NEWEST_FIRST[1:]
    assert stage.payments.held == {}
    assert status.waiting_for is None


def test_a_request_that_never_reached_temporal_is_started_by_the_sweep(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audits = Audits(stage.database)
        lost = (await _requested_only(stage, audits)).audit.id
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC) + timedelta(minutes=1))
        return await stage.until(lost, lambda status: status.waiting_for is not None)

    _, status = play(scenario)

    assert status.audit.phase is Phase.PLAN_REVIEW


def test_an_answer_is_in_the_workpaper_and_in_the_signed_report(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start(_asking())
        await stage.decide(audit, Verdict.APPROVE)
        (asked,) = (await stage.until(audit, lambda status: bool(status.requests))).requests
        file = attach(stage.evidence, "contract.pdf", b"%PDF-1.7 signed")
        reply = Reply(
            id=DecisionId("reply"), request=asked.request.id, audit=audit, person=OWNER, text="Both signed.",
            file=file, surface="terminal", made_at=datetime.now(UTC),
        )  # fmt: skip
        delivery = AttestedReplies(TemporalDelivery(stage._connected), stage.database)
        submission = await submit(reply, Replies(stage.database), delivery)
        assert submission.receipt is not None
        assert submission.receipt.answer is Answer.RECORDED
        await stage.decide(audit, *[Verdict.APPROVE] * 3)
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert status.audit.phase is Phase.FINISHED
    assert states(status)[EffectKind.EVIDENCE_REQUESTS] is EffectState.DONE
    (paper,) = [step.workpaper for step in status.steps if step.step == status.requests[0].request.step]
    (asked,) = Workpaper.model_validate_json(stage.evidence.read(paper)).asked
    assert (asked.outcome, asked.answered_by, asked.text) == (RequestOutcome.ANSWERED, OWNER, "Both signed.")
    assert status.audit.report is not None
    report = AuditReport.model_validate_json(stage.evidence.read(status.audit.report))
    assert f"Evidence `{asked.evidence}`, file contract.pdf" in render(report, "md").decode()
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def test_questions_of_an_audit_terminated_from_outside_are_withdrawn_once(play: Any) -> None:
    async def scenario(stage: Stage) -> AuditStatus:
        audit = await stage.start(_asking())
        await stage.decide(audit, Verdict.APPROVE)
        await stage.until(audit, lambda status: bool(status.requests))
        await stage.client.get_workflow_handle(audit).terminate("an administrator was hasty")
        await sweep_once(stage.database, stage.client, QUEUE, datetime.now(UTC))
        return await stage.ended(audit)

    stage, status = play(scenario)

    assert undone(status)[0] == "evidence requests"
    assert [one.outcome for one in status.requests] == [RequestOutcome.WITHDRAWN]
    assert [entry.event for entry in status.log].count(Event.EVIDENCE_WITHDRAWN) == 1
    assert verify(stage.database, stage.evidence, status.audit.id).misfit is None


def _asking() -> Program:
    """The same programme; its first procedure asks."""
    program = _invoices_only()
    first, *others = program.procedures
    question = Question(owner=OWNER, question="Who signed?", expected="the contract")
    return program.model_copy(update={"procedures": (first.model_copy(update={"requests": (question,)}), *others)})


async def _requested_only(stage: Stage, audits: Audits) -> AuditStatus:
    """An audit whose surface died between recording the request and starting the workflow."""
    first = await stage.start()
    await stage.decide(first, Verdict.REJECT)
    ended = await stage.ended(first)
    request = audits.request(first).model_copy(update={"audit": audits.new_audit_id(2026)})
    audits.create(request, datetime.now(UTC))
    assert ended.audit.phase is Phase.REJECTED
    return audit_status(stage.database, request.audit)
