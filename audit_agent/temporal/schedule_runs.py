"""What became of runs of schedules that made no audit."""

from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from audit_agent.domain.record import Record

ANSWER_WITHIN = timedelta(seconds=5)


class PastRun(Record):
    """A time the schedule was due and started something."""

    scheduled_at: datetime
    started_at: datetime
    workflow: str
    run: str


async def outcome_of(client: Client, run: PastRun) -> str:
    """How a run of a schedule stands, in a few words: it waits for a worker, or why it failed."""
    handle = client.get_workflow_handle(run.workflow, run_id=run.run)
    try:
        status = (await handle.describe(rpc_timeout=ANSWER_WITHIN)).status
        if status is WorkflowExecutionStatus.RUNNING:
            return "waits for a worker"
        made = await handle.result(rpc_timeout=ANSWER_WITHIN)
    except WorkflowFailureError as error:
        return f"failed: {_innermost(error)}"
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return "forgotten by Temporal"
        return f"unknown: {error.message}"
    return f"made {made}"


def _innermost(error: BaseException) -> str:
    cause = error.__cause__
    while cause is not None and isinstance(cause, FailureError) and cause.__cause__ is not None:
        cause = cause.__cause__
    return cause.message if isinstance(cause, FailureError) else str(cause or error)
