"""Ending an audit on somebody's word: who and why go into the audit log, then the workflow is told."""

from datetime import datetime
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from audit_agent.activities.contract import UndoRequest
from audit_agent.domain.audit import Phase
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.handoff.delivery import ANSWER_WITHIN, AuditGoneError, in_words
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.lookup import audit_row
from audit_agent.store.words import Event

UNDO_WORKFLOW = "undo"


class AuditEndedError(AuditAgentError):
    """The audit has ended already; there is nothing left to cancel."""


class Cancelling(StrEnum):
    """Who does the undoing."""

    BY_ITSELF = "by itself"
    BY_ANOTHER = "by another workflow"
    """The audit's own workflow was terminated from outside, so another undoes what the store says was done."""


def undo_workflow_id(audit: AuditId) -> str:
    """The workflow that undoes for an audit whose own workflow no longer can."""
    return f"undo/{audit}"


async def cancel_audit(
    database: Database, client: Client, audit: AuditId, person: Person, reason: str, at: datetime, task_queue: str
) -> Cancelling:
    """Ask for an audit to stop and undo; returns once Temporal has the request.

    Raises AuditNotFoundError, AuditEndedError, or TemporalAwayError.
    """
    with database.write() as session:
        phase = audit_row(session, audit).phase
        if phase.ended:
            raise AuditEndedError(f"{audit} has ended already: {phase.value}.", f"See `audit-agent status {audit}`.")
        append(session, audit, f"cancel/{at.isoformat()}", person, Event.CANCEL_REQUESTED, {"reason": reason}, at)
    if not await _cancel_running(client, audit):
        words = f"Cancelled by {person}: {reason}" if reason else "The audit was cancelled."
        await undo_instead(client, UndoRequest(audit=audit, phase=Phase.CANCELLED, reason=words), task_queue)
        return Cancelling.BY_ANOTHER
    return Cancelling.BY_ITSELF


async def _cancel_running(client: Client, audit: AuditId) -> bool:
    """Cancel the audit's own workflow; whether it runs. Asked first, because cancelling a closed one is no error."""
    handle = client.get_workflow_handle(audit)
    try:
        if (await handle.describe(rpc_timeout=ANSWER_WITHIN)).status is not WorkflowExecutionStatus.RUNNING:
            return False
        await handle.cancel(rpc_timeout=ANSWER_WITHIN)
    except RPCError as error:
        failure = in_words(error, audit)
        if not isinstance(failure, AuditGoneError):
            raise failure from error
        return False
    return True


async def undo_instead(client: Client, request: UndoRequest, task_queue: str) -> None:
    """Start the workflow that undoes for an audit, unless it runs already; raises TemporalAwayError."""
    try:
        await client.start_workflow(
            UNDO_WORKFLOW,
            request,
            id=undo_workflow_id(request.audit),
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    except RPCError as error:
        raise in_words(error, request.audit) from error
