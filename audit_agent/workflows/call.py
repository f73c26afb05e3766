"""Calling an activity by its contract."""

from typing import TypeVar

from temporalio import workflow

from audit_agent.activities.contract import Activity
from audit_agent.domain.record import Record

Input = TypeVar("Input", bound=Record)
Output = TypeVar("Output", bound=Record)


async def call(activity: Activity[Input, Output], argument: Input, *, summary: str = "") -> Output:
    """Run an activity with the time-outs and retries its contract names; `summary` shows in the Web UI."""
    result: Output = await workflow.execute_activity(
        activity.name,
        argument,
        result_type=activity.output,
        start_to_close_timeout=activity.timeout,
        heartbeat_timeout=activity.heartbeat,
        retry_policy=activity.retry,
        summary=summary or None,
    )
    return result
