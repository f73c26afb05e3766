"""What `audit-agent doctor` looks at in Temporal: binary, server, worker, search attributes."""

import asyncio
from typing import TYPE_CHECKING

from audit_agent.cli.checks import Check
from audit_agent.domain.errors import AuditAgentError
from audit_agent.settings import Settings
from audit_agent.temporal.client import connect, remote_address, remote_configured

if TYPE_CHECKING:
    from temporalio.client import Client

_POLLED_WITHIN_SECONDS = 120
"""A poll lasts a minute; who polled longer ago than this has gone."""


def check_binary() -> Check:
    """Whether the embedded server is installed; a cluster of one's own needs none."""
    from audit_agent.temporal.server import temporal_binary

    if remote_configured():
        return Check("Temporal server", "ok", f"a cluster of your own at {remote_address()}")
    try:
        return Check("Temporal server", "ok", f"embedded, {temporal_binary()}")
    except AuditAgentError as error:
        return Check("Temporal server", "problem", error.message, error.advice)


def check_temporal(settings: Settings) -> list[Check]:
    """Whether Temporal answers, workers poll and audits can be searched for.

    The embedded server runs only with `audit-agent up`: that it does not is no problem.
    """
    from audit_agent.temporal.runstate import running_state

    try:
        state = running_state(settings.home)
        if not remote_configured() and state is None:
            return [Check("Temporal", "note", "the embedded server does not run", "Start `audit-agent up`.")]
        supervised = f", run by {state.describe()}" if state else ""
        return asyncio.run(_check_server(settings, supervised))
    except AuditAgentError as error:
        return [Check("Temporal", "problem", error.message, error.advice)]


async def _check_server(settings: Settings, supervised: str) -> list[Check]:
    client = await connect(settings)
    answers = Check("Temporal", "ok", f"answers, namespace {client.namespace}{supervised}")
    return [answers, await _check_worker(client, settings.task_queue), await _check_attributes(client)]


async def _check_worker(client: "Client", task_queue: str) -> Check:
    import time

    from temporalio.api.enums.v1 import TaskQueueType
    from temporalio.api.taskqueue.v1 import TaskQueue
    from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
    from temporalio.service import RPCError

    try:
        described = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
    except RPCError as error:
        return Check("Worker", "problem", f"the task queue {task_queue} cannot be described: {error.message}")
    now = time.time()
    polling = [one.identity for one in described.pollers if now - one.last_access_time.seconds < _POLLED_WITHIN_SECONDS]
    if not polling:
        return Check(
            "Worker", "problem", f"none polls the task queue {task_queue}", "Start `audit-agent up` or a worker."
        )
    return Check("Worker", "ok", f"{', '.join(polling)} on the task queue {task_queue}")


async def _check_attributes(client: "Client") -> Check:
    from temporalio.service import RPCError

    from audit_agent.temporal.attributes import missing_attributes

    try:
        missing = await missing_attributes(client)
    except RPCError as error:
        return Check(
            "Search attributes",
            "warning",
            f"they cannot be listed: {error.message}",
            "Ask the namespace's administrator whether AuditId, AuditProgram, AuditStatus and AuditRisk exist.",
        )
    if missing:
        return Check(
            "Search attributes",
            "problem",
            f"{', '.join(sorted(missing))} missing from the namespace {client.namespace}",
            "A worker creates them when it starts and is allowed to; else create them with type Keyword.",
        )
    return Check("Search attributes", "ok", "registered")
