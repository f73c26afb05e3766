"""What a schedule starts: it asks for the audit of the scheduled time and sees it begin."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ChildWorkflowError, WorkflowAlreadyStartedError
from temporalio.workflow import ChildWorkflowCancellationType, ParentClosePolicy

from audit_agent.activities.contract import NOTE_RUN, REQUEST_SCHEDULED_AUDIT, AuditRun, DueRun
from audit_agent.domain.audit import AuditRequest, AuditResult
from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Digest, Record
from audit_agent.workflows.audit import AuditWorkflow
from audit_agent.workflows.call import call

SCHEDULED_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by the server: the time in the schedule, however late the run is; in a backfill the time in the past."""

AUDIT_ID = SearchAttributeKey.for_keyword("AuditId")
PROGRAM = SearchAttributeKey.for_keyword("AuditProgram")

Child = workflow.ChildWorkflowHandle[AuditWorkflow, AuditResult]


class ScheduledRun(Record):
    """What a schedule gives to each of its runs."""

    definition: dict[str, Any]
    """A `domain.schedule.ScheduleDefinition`."""
    holds_on: bool
    """Whether to last as long as the audit, so that the overlap policy sees that it still runs."""
    times: Digest
    """Of the times the schedule was given; by it `handoff.schedules` sees whether they are up to date."""


@workflow.defn(name="scheduled-audit")
class ScheduledAuditWorkflow:
    """One scheduled time of a schedule. The audit lives on by itself, whatever becomes of this."""

    @workflow.run
    async def run(self, order: ScheduledRun) -> AuditId:
        """Ask for the audit and start it; returns its id, at once or when it has ended (`holds_on`)."""
        info = workflow.info()
        # Started by hand there is no scheduled time, so the period counts from the start.
        scheduled_at = info.typed_search_attributes.get(SCHEDULED_AT) or info.start_time
        due = await call(
            REQUEST_SCHEDULED_AUDIT, DueRun(definition=order.definition, scheduled_at=scheduled_at, run=info.run_id)
        )
        workflow.set_current_details(f"**{due.request.audit}** for {due.request.period}")
        if due.by_another_run:
            return due.request.audit
        audit = await _begin(due.request, scheduled_at)
        if audit is not None:
            await call(NOTE_RUN, AuditRun(audit=due.request.audit, run=audit.first_execution_run_id or ""))
            if order.holds_on:
                await _until_ended(audit)
        return due.request.audit


async def _begin(request: AuditRequest, scheduled_at: datetime) -> Child | None:
    """Start the audit; None when the sweep for audits without a workflow was faster."""
    name = request.schedule.name if request.schedule else ""
    try:
        return await workflow.start_child_workflow(
            AuditWorkflow.run,
            request,
            id=request.audit,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=ParentClosePolicy.ABANDON,
            cancellation_type=ChildWorkflowCancellationType.ABANDON,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(AUDIT_ID, request.audit), SearchAttributePair(PROGRAM, request.program.id)]
            ),
            static_summary=f"{request.program.title}, made by the schedule {name} for {scheduled_at.isoformat()}",
        )
    except WorkflowAlreadyStartedError:
        return None


async def _until_ended(audit: Child) -> None:
    try:
        await audit
    except ChildWorkflowError:
        # How it ended is the audit's to tell; here it only counts that it runs no more.
        return
