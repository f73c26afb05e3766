"""The sweep: audits the store believes to be running, whose workflow is not there, are begun or undone."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from audit_agent.activities.contract import UndoRequest
from audit_agent.domain.audit import ENDS, Phase
from audit_agent.domain.ids import AuditId
from audit_agent.handoff.cancel import undo_instead
from audit_agent.handoff.delivery import ANSWER_WITHIN
from audit_agent.handoff.rounds import every
from audit_agent.handoff.start import begin_workflow
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.summaries import AuditSummary, list_audits

EVERY_SECONDS = 20.0

AT_MOST = 1_000
"""Running audits looked at in one round, those started last."""

STILL_STARTING = timedelta(seconds=15)
"""A request younger than this may be on its way to Temporal from the surface that took it."""

_ENDED_FROM_OUTSIDE = (WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT)

log = logging.getLogger(__name__)


async def sweep_once(database: Database, client: Client, task_queue: str, now: datetime) -> None:
    """Begin what was requested and never started; undo what was terminated from outside."""
    running = [phase for phase in Phase if phase not in ENDS]
    for audit in await asyncio.to_thread(list_audits, database, AT_MOST, running):
        match await _status(client, audit.id):
            case None if audit.phase is Phase.REQUESTED and now - audit.started_at > STILL_STARTING:
                await _begin(database, client, task_queue, audit)
            case status if status in _ENDED_FROM_OUTSIDE:
                reason = f"Its workflow was {status.name.lower().replace('_', ' ')} from outside."
                request = UndoRequest(audit=audit.id, phase=Phase.TERMINATED, reason=reason)
                await undo_instead(client, request, task_queue)


async def run_sweep(database: Database, client: Client, task_queue: str, stop: asyncio.Event) -> None:
    """The sweep of one worker process, until `stop` is set."""

    async def sweep() -> None:
        await sweep_once(database, client, task_queue, datetime.now(UTC))

    await every(EVERY_SECONDS, sweep, stop, "Audits without a workflow were not looked for")


async def _status(client: Client, audit: AuditId) -> WorkflowExecutionStatus | None:
    """How the audit's workflow stands; None when Temporal does not know it."""
    try:
        return (await client.get_workflow_handle(audit).describe(rpc_timeout=ANSWER_WITHIN)).status
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _begin(database: Database, client: Client, task_queue: str, audit: AuditSummary) -> None:
    audits = Audits(database)
    request = await asyncio.to_thread(audits.request, audit.id)
    try:
        run = await begin_workflow(request, client, task_queue)
    except WorkflowAlreadyStartedError:
        return
    log.warning("%s had been requested and not started; it is started.", audit.id)
    await asyncio.to_thread(audits.set_run, audit.id, run, datetime.now(UTC))
