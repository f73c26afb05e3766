"""The one place that wires adapters to ports."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import Client

from audit_agent.activities.asking import AskingActivities
from audit_agent.activities.batching import BatchingActivities
from audit_agent.activities.budgeting import BudgetActivities
from audit_agent.activities.closing import ClosingActivities
from audit_agent.activities.concluding import ConcludeActivities
from audit_agent.activities.fieldwork import FieldworkActivities
from audit_agent.activities.freezing import FreezeActivities
from audit_agent.activities.investigating import InvestigateActivities
from audit_agent.activities.planning import PlanActivities
from audit_agent.activities.progress import ProgressActivities
from audit_agent.activities.remediating import RemediationActivities
from audit_agent.activities.reporting import ReportActivities
from audit_agent.activities.reviewing import ReviewActivities
from audit_agent.activities.scheduling import ScheduleActivities
from audit_agent.activities.services import Services
from audit_agent.activities.troubles import ShowTroubles
from audit_agent.activities.undoing import UndoActivities
from audit_agent.activities.vouching import VouchingActivities
from audit_agent.clock import system_clock
from audit_agent.documents.fetching.policy import MEGABYTE, FetchPolicy
from audit_agent.documents.reading.reader import OfflineReader
from audit_agent.gateway import gateway_address
from audit_agent.handoff.relay import run_relay
from audit_agent.handoff.rounds import every
from audit_agent.handoff.schedules import run_renewal
from audit_agent.handoff.sweep import run_sweep
from audit_agent.holds.http import HttpPaymentSystem
from audit_agent.holds.port import PaymentSystem, RegisterOnly
from audit_agent.llm.batches.choose import batch_desk, choose_economy
from audit_agent.llm.batches.economy import attend_unattended
from audit_agent.llm.batches.port import BatchDesk
from audit_agent.llm.choose import choose_analyst, document_estimator, document_reader, model_calls
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.resources import prompts_folder
from audit_agent.settings import Settings
from audit_agent.store.batches import Batches
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.troubles import Troubles
from audit_agent.temporal.worker import Work

_ATTEND_SECONDS = 900.0
"""Between looks for batches that nobody waits for."""


def services(settings: Settings) -> Services:
    """Everything activities need, as the settings say; raises what connecting raises."""
    database = connect(settings.database_url)
    calls = model_calls(
        settings.analyst,
        api_key=settings.anthropic_api_key.get_secret_value() if settings.anthropic_api_key else None,
        base_url=settings.anthropic_base_url,
        gateway=gateway_address(settings),
        ledger=DatabaseLedger(database),
    )
    evidence, book = FolderEvidence(settings.evidence_folder), Batches(database)
    reader = document_reader(calls, model=settings.model, prompts=prompts_folder())
    return Services(
        database=database,
        evidence=evidence,
        analyst=choose_analyst(calls, model=settings.model, catalogue=REGISTRY, prompts=prompts_folder()),
        rules=OfflineAnalyst(REGISTRY),
        payments=_payments(settings),
        notifier=DatabaseNotifier(database),
        clock=system_clock,
        reader=reader,
        rules_reader=OfflineReader(),
        estimator=document_estimator(calls, reader, model=settings.model),
        economy=choose_economy(reader, _batch_desk(settings, book, evidence), book, evidence, settings.batch_from),
        programs_folder=settings.programs_folder,
        policy_file=settings.policy_file,
        fetching=_fetching(settings),
    )


def work(settings: Settings) -> Work:
    """What one worker process does: every activity; beside them the relay, the sweep, and the days of schedules."""
    wired = services(settings)

    async def relay(client: Client, stop: asyncio.Event) -> None:
        await run_relay(wired.database, client, stop)

    async def sweep(client: Client, stop: asyncio.Event) -> None:
        await run_sweep(wired.database, client, settings.task_queue, stop)

    async def renewal(client: Client, stop: asyncio.Event) -> None:
        await run_renewal(client, settings.task_queue, stop)

    async def batches(client: Client, stop: asyncio.Event) -> None:
        if economy := wired.economy:
            book = Batches(wired.database, wired.clock)
            attend = partial(attend_unattended, book, economy.desk, wired.clock)
            await every(_ATTEND_SECONDS, attend, stop, "Batches that nobody waits for were not looked after")
        else:
            # A companion that ends takes the worker along.
            await stop.wait()

    async def close() -> None:
        await wired.analyst.close()
        if wired.economy:
            await wired.economy.desk.close()
        wired.close()
        wired.database.close()

    troubles = ShowTroubles(Troubles(wired.database), wired.clock)
    return Work(activities(wired), (relay, sweep, renewal, batches), close, (troubles,))


def activities(wired: Services) -> list[Callable[..., Any]]:
    """Every activity, working with these services."""
    freeze, plan, fieldwork = FreezeActivities(wired), PlanActivities(wired), FieldworkActivities(wired)
    conclude, remediate, report = ConcludeActivities(wired), RemediationActivities(wired), ReportActivities(wired)
    progress, review, undo = ProgressActivities(wired), ReviewActivities(wired), UndoActivities(wired)
    schedule, asking, budget = ScheduleActivities(wired), AskingActivities(wired), BudgetActivities(wired)
    vouching, closing = VouchingActivities(wired), ClosingActivities(wired)
    batching = BatchingActivities(wired)
    investigate = InvestigateActivities(wired)
    return [
        schedule.request_scheduled_audit,
        schedule.note_run,
        freeze.freeze_books,
        plan.draft_plan,
        fieldwork.perform_step,
        vouching.freeze_documents,
        vouching.mark_documents,
        vouching.read_page,
        vouching.find_failed_pages,
        closing.close_documents,
        investigate.pick_leads,
        investigate.reopen_investigation,
        investigate.take_turn,
        investigate.use_tool,
        investigate.close_investigation,
        conclude.draft_findings,
        conclude.draft_remediation,
        remediate.place_holds,
        budget.draft_budget,
        budget.raise_budget,
        report.draft_report,
        report.publish_report,
        progress.mark_phase,
        progress.end_audit,
        review.open_review,
        review.nudge_review,
        review.record_decision,
        review.close_review,
        asking.open_request,
        asking.nudge_request,
        asking.record_reply,
        asking.close_request,
        batching.prepare_batch,
        batching.create_batch,
        batching.poll_batch,
        batching.collect_batch,
        batching.cancel_batch,
        undo.undo_effect,
        undo.report_stuck,
        undo.standing_effects,
    ]


def _batch_desk(settings: Settings, book: Batches, evidence: FolderEvidence) -> BatchDesk | None:
    if not settings.uses_model:
        return None
    return batch_desk(
        book,
        evidence,
        api_key=settings.anthropic_api_key.get_secret_value() if settings.anthropic_api_key else None,
        base_url=settings.anthropic_base_url,
        gateway=gateway_address(settings),
    )


def _fetching(settings: Settings) -> FetchPolicy:
    return FetchPolicy(
        schemes=settings.document_schemes,
        hosts=settings.document_hosts,
        networks=settings.document_networks,
        buckets=settings.document_buckets,
        max_bytes=settings.document_megabytes * MEGABYTE,
        total=timedelta(seconds=settings.document_seconds),
    )


def _payments(settings: Settings) -> PaymentSystem:
    if settings.holds_url is None:
        return RegisterOnly()
    return HttpPaymentSystem(settings.holds_url, settings.holds_token)
