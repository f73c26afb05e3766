"""One worker process: polls the task queue until it is told to end, or until its supervisor is gone."""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple

from temporalio.client import Client
from temporalio.worker import Interceptor, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from audit_agent import __version__
from audit_agent.settings import SUPERVISOR_PIPE_VARIABLE, Settings
from audit_agent.temporal.attributes import register_attributes
from audit_agent.temporal.client import connect_once_started
from audit_agent.temporal.ending import follow, stop_on_signals
from audit_agent.temporal.errors import SearchAttributesError
from audit_agent.temporal.process import configure_logging, leave, starting

Activity = Callable[..., Any]
Companion = Callable[[Client, asyncio.Event], Awaitable[None]]
"""Runs beside the activities with the worker's client, until the event is set."""


async def _nothing_to_close() -> None:
    return None


class Work(NamedTuple):
    """What one worker process does besides running workflows."""

    activities: Sequence[Activity]
    companions: Sequence[Companion] = ()
    close: Callable[[], Awaitable[None]] = _nothing_to_close
    """Called when the last activity has ended."""
    interceptors: Sequence[Interceptor] = ()
    """Stand before every activity."""


GRACE = timedelta(seconds=8)
"""How long activities in hand may take to finish once the worker is told to end."""
_ORPHAN_GRACE_SECONDS = 3.0
_SERVER_STARTS_WITHIN_SECONDS = 60.0
_STICKY = timedelta(seconds=1)
"""After a kill -9 the dead worker's own queue still holds the workflow's next task; wait no longer for it."""
_PASSED_THROUGH = (
    "audit_agent.activities.contract",
    "audit_agent.activities.contract_batches",
    "audit_agent.activities.contract_documents",
    "audit_agent.activities.contract_investigations",
    "audit_agent.domain",
    "audit_agent.temporal.retry",
    "audit_agent.workflows.documents_run",
    "annotated_types",
    "pydantic",
    "pydantic_core",
)

logger = logging.getLogger(__name__)


def run_worker(
    settings: Settings,
    parent_pipe: int | None = None,
    *,
    workflows: Sequence[type] | None = None,
    work: Work | None = None,
) -> None:
    """Poll until SIGTERM, SIGINT or the end of the supervisor; end the process with `process.leave` afterwards.

    Args:
        settings: The settings.
        parent_pipe: The reading end of the supervisor's pipe. Default: the one the environment names, if any.
        workflows: The workflows to run. Default: all of ours.
        work: The activities to run, and what runs beside them. Default: all of ours, wired by `bootstrap`.

    Raises:
        TemporalUnavailableError: no server answers.
    """
    if parent_pipe is None and os.environ.get(SUPERVISOR_PIPE_VARIABLE):
        parent_pipe = int(os.environ[SUPERVISOR_PIPE_VARIABLE])
    configure_logging(settings.log_level)
    with starting():
        if workflows is None:
            from audit_agent.workflows import WORKFLOWS

            workflows = WORKFLOWS
        if work is None:
            from audit_agent import bootstrap

            work = bootstrap.work(settings)
    asyncio.run(_poll(settings, parent_pipe, workflows, work))


def sandboxed() -> SandboxedWorkflowRunner:
    """What runs workflows: it imports their modules anew for each, and shares those that only hold values."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH))


def build_worker(
    client: Client,
    settings: Settings,
    workflows: Sequence[type],
    activities: Sequence[Activity],
    executor: ThreadPoolExecutor,
    interceptors: Sequence[Interceptor] = (),
) -> Worker:
    """A worker on the settings' task queue; `executor` needs at least `worker_slots` threads."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        # Else the SDK reads and hashes the code of every module there is.
        build_id=f"audit-agent {__version__}",
        workflows=workflows,
        activities=activities,
        activity_executor=executor,
        interceptors=interceptors,
        workflow_runner=sandboxed(),
        max_concurrent_activities=settings.worker_slots,
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=_STICKY,
    )


async def _poll(settings: Settings, parent_pipe: int | None, workflows: Sequence[type], work: Work) -> None:
    stop = stop_on_signals()
    finished = threading.Event()
    if parent_pipe is not None:
        follow(parent_pipe, stop, lambda: _leave_unless(finished))
    # A supervisor starts its worker before the server, which takes as long.
    client = await connect_once_started(settings, _SERVER_STARTS_WITHIN_SECONDS if parent_pipe is not None else 0)
    try:
        await register_attributes(client)
    except SearchAttributesError as error:
        # Where an administrator made them, as on Temporal Cloud, the worker may not even list them.
        logger.warning("%s", error)
    executor = ThreadPoolExecutor(settings.worker_slots, thread_name_prefix="activity")
    worker = build_worker(client, settings, workflows, work.activities, executor, work.interceptors)
    polling = asyncio.ensure_future(worker.run())
    stopping = asyncio.ensure_future(stop.wait())
    beside = [asyncio.ensure_future(companion(client, stop)) for companion in work.companions]
    logger.info("Polling the task queue %s.", settings.task_queue)
    await asyncio.wait({polling, stopping, *beside}, return_when=asyncio.FIRST_COMPLETED)
    broken = next((task for task in (polling, *beside) if task.done() and not stop.is_set()), None)
    stop.set()
    await asyncio.gather(*beside, return_exceptions=True)
    if broken is not polling:
        await _shut_down(worker, polling)
    await work.close()
    if broken is not None:
        broken.result()
    executor.shutdown(wait=False, cancel_futures=True)
    finished.set()


async def _shut_down(worker: Worker, polling: "asyncio.Future[None]") -> None:
    logger.info("Ending.")
    shutdown = asyncio.ensure_future(worker.shutdown())
    # An activity in a thread cannot be made to stop; Temporal gives it to another worker after its time-out.
    _, late = await asyncio.wait({shutdown, polling}, timeout=GRACE.total_seconds() + 2)
    if late:
        logger.warning("Activities are still running; the process ends without them.")
        leave(0)


def _leave_unless(finished: threading.Event) -> None:
    if not finished.wait(_ORPHAN_GRACE_SECONDS):
        leave(1)
