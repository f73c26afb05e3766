"""One demo: everything it starts has ended when it returns, however it returns."""

import asyncio
import threading
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from audit_agent.cli.demo_result import found_against_seeded, opinion_of, print_score, vouched, write_reports
from audit_agent.cli.demo_reviewer import ApprovingReviewer, AskingReviewer, Reviewer
from audit_agent.cli.demo_stage import Stage, carry_through
from audit_agent.cli.standing import print_standing
from audit_agent.cli.store import open_database
from audit_agent.cli.watch import ended_otherwise
from audit_agent.domain.audit import Phase
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.handoff.identity import as_person
from audit_agent.handoff.start import Order, start_audit
from audit_agent.programs import load_program
from audit_agent.sample.publish import publish_sample
from audit_agent.sample.truth import SampleTruth
from audit_agent.sample.writer import BOOKS, DOCUMENTS, LIST
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import AuditStatus
from audit_agent.store.verify import verify
from audit_agent.temporal.client import connect
from audit_agent.temporal.running import running
from audit_agent.temporal.runtime import OnEvent, RuntimeEvent

PROGRAM = "general"
_BY_ONE = GatePolicy(requester_may_approve=True)
POLICY = Policy(plan=_BY_ONE, findings=_BY_ONE, remediation=_BY_ONE, report=_BY_ONE)
"""One person alone plays the demo, so whoever asks for the audit may approve it."""

_TO_UNDO = GatePolicy(requester_may_approve=True, undo_window=timedelta(seconds=2))
POLICY_IN_SLACK = Policy(plan=_TO_UNDO, findings=_TO_UNDO, remediation=_TO_UNDO, report=_TO_UNDO)
"""As long as a demo can wait for somebody to take an approval back."""


class DemoNotVerifiedError(AuditAgentError):
    """Something the demo's audit rests on is not what its log says."""


class DemoOrder(NamedTuple):
    """How the demo is to be run."""

    seed: int
    folder: Path
    asks: bool
    keeps: bool
    in_slack: bool = False


def run_demo(settings: Settings, order: DemoOrder, out: Console) -> None:
    """Sample books, audit, gates, report; then what was found against what was seeded."""
    begun = time.monotonic()
    out.print(f"Starting Temporal and a worker in {settings.home} ...")
    try:
        with ExitStack() as stack:
            database = stack.enter_context(open_database(settings))
            database.upgrade()
            runtime = stack.enter_context(running(settings, _teller(out), role="demo", join=True))
            _play(Stage(settings, database, FolderEvidence(settings.evidence_folder), runtime, out), order)
            out.print(f"The demo took {time.monotonic() - begun:.0f} s.", style="dim")
            if order.keeps:
                out.print("Temporal and the worker keep running. Ctrl-C ends them.", style="bold")
                threading.Event().wait()
    except KeyboardInterrupt:
        out.print("Everything the demo started has ended. What it began goes on with: audit-agent up")
        raise


def _play(stage: Stage, order: DemoOrder) -> None:
    truth = _write_books(order, stage.out)
    with ExitStack() as talk:
        audit = _begin(stage, order, talk)
        _say_where(stage, audit)
        status = carry_through(stage, audit, _reviewer(stage, order))
    _conclude(stage, status, truth)


def _teller(out: Console) -> OnEvent:
    """Tells of processes that end unasked; starting and stopping is no news."""

    def tell(event: RuntimeEvent) -> None:
        if event.what in ("ended", "failing"):
            out.print(event.message, style="yellow")

    return tell


def _write_books(order: DemoOrder, out: Console) -> SampleTruth:
    # The conversation in Slack asks for an audit of books alone.
    truth = publish_sample(order.folder, order.seed, documents=not order.in_slack)
    seeded, alike = len(truth.irregularities), len(truth.look_alikes)
    out.print(f"Books of {truth.company} for {truth.year}: {truth.gl_lines:,} ledger lines in {order.folder / BOOKS}")
    out.print(f"Seeded: {seeded} irregularities, and {alike} look-alikes that are legitimate.", style="dim")
    return truth


def _begin(stage: Stage, order: DemoOrder, talk: ExitStack) -> AuditId:
    if not order.in_slack:
        return asyncio.run(_start(stage, order.folder))
    # Slack and the web come with packages that no other demo needs.
    from audit_agent.rehearsing import rehearsal

    running_talk = rehearsal(stage.settings, order.folder, POLICY_IN_SLACK, stage.out.print)
    return talk.enter_context(running_talk).ask_for_audit(PROGRAM, BOOKS)


async def _start(stage: Stage, folder: Path) -> AuditId:
    order = Order(
        program=load_program(PROGRAM),
        books=folder / BOOKS,
        documents=str(folder / DOCUMENTS / LIST),
        requester=as_person(stage.settings.user),
        policy=POLICY,
    )
    return await start_audit(order, Audits(stage.database), await connect(stage.settings), stage.settings.task_queue)


def _say_where(stage: Stage, audit: AuditId) -> None:
    stage.out.print(f"{audit} has begun.", style="bold")
    if url := stage.runtime.workflow_url(audit):
        stage.out.print(f"In Temporal's Web UI while it runs: {url}", style="dim")


def _reviewer(stage: Stage, order: DemoOrder) -> Reviewer | None:
    """Who decides here; nobody does while the conversation in Slack decides."""
    if order.in_slack:
        return None
    if order.asks:
        return AskingReviewer(stage.out, stage.evidence, as_person(stage.settings.user))
    return ApprovingReviewer(stage.out)


def _conclude(stage: Stage, status: AuditStatus, truth: SampleTruth) -> None:
    out, audit = stage.out, status.audit
    out.print()
    if audit.report is None:
        print_standing(out, status)
        if audit.phase is not Phase.REJECTED:
            raise ended_otherwise(status)
        return
    print_score(out, found_against_seeded(stage.evidence, status, truth))
    if paper := vouched(stage.evidence, status):
        out.print(f"Documents: {paper.statistics['Documents read']} of {paper.population} read. {paper.conclusion}")
    out.print(f"Opinion: {opinion_of(stage.evidence, audit.report)}", style="bold")
    for form, file in write_reports(stage.evidence, audit.report, stage.settings.reports_folder / audit.id).items():
        out.print(f"Report ({form.value}): {file}", soft_wrap=True)
    _verify(stage, audit.id)
    if url := stage.runtime.workflow_url(audit.id):
        out.print(f"The run in Temporal's Web UI: {url}", soft_wrap=True)
        out.print("To look at it again: audit-agent up", style="dim")


def _verify(stage: Stage, audit: AuditId) -> None:
    result = verify(stage.database, stage.evidence, audit)
    if result.misfit is not None:
        raise DemoNotVerifiedError(
            f"{audit} does not verify: {result.misfit.what} ({result.misfit.where})", f"Run: audit-agent verify {audit}"
        )
    told = f"{result.entries} log entries, {result.facts} records and {result.blobs} evidence blobs fit"
    stage.out.print(f"Verified: {told}.", style="green")
