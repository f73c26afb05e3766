"""Filling the ledger at half price before documents are read: calls go out in batches, and are waited for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from audit_agent.activities.contract_batches import (
    CANCEL_BATCH,
    COLLECT_BATCH,
    CREATE_BATCH,
    POLL_BATCH,
    PREPARE_BATCH,
    BatchRange,
    BatchRefs,
)
from audit_agent.activities.contract_documents import DocumentsTask
from audit_agent.domain.batches import BatchState
from audit_agent.domain.ids import BatchId
from audit_agent.workflows.call import call
from audit_agent.workflows.documents_run import Span

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
"""Between looks at batches; each is twice the one before."""


async def prefill(task: DocumentsTask, spans: Iterable[Span], resumed: Callable[[], Awaitable[None]]) -> None:
    """Have the calls of these documents answered in batches, where that is wanted.

    What no batch answers is asked by whoever reads the documents then. Cancelled while it waits, it cancels the
    batches too; what they answered by then is collected by the workers.

    Args:
        task: whose documents.
        spans: which of them.
        resumed: waits while people want nothing to be begun.
    """
    awaited: list[BatchId] = []
    try:
        for span in spans:
            await _send(task, span, awaited, resumed)
        await _await(task, awaited)
    except (asyncio.CancelledError, ActivityError) as error:
        # While an activity is waited for, a cancellation comes as its failure.
        if awaited and is_cancelled_exception(error):
            await asyncio.shield(asyncio.ensure_future(_cancel(task, awaited)))
        raise


async def _send(
    task: DocumentsTask, span: Span, awaited: list[BatchId], resumed: Callable[[], Awaitable[None]]
) -> None:
    begin: int | None = span.start
    while begin is not None:
        await resumed()
        wanted = BatchRange(**_fields(task), begin=begin, end=span.end, run=workflow.info().run_id)
        prepared = await call(PREPARE_BATCH, wanted, summary=f"{task.step}, documents from {begin + 1} on")
        if prepared.batch is not None:
            awaited.append(prepared.batch)
            await _create(task, awaited)
        begin = prepared.next


async def _create(task: DocumentsTask, awaited: list[BatchId]) -> None:
    """Send the last one; if the service does not take it for hours it is given up, and its calls made one by one."""
    batch = awaited[-1]
    try:
        await call(CREATE_BATCH, BatchRefs(audit=task.audit, batches=(batch,)))
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        workflow.logger.warning("Batch %s is given up: %s", batch, error.cause)
        await _cancel(task, [batch])
        awaited.remove(batch)


async def _await(task: DocumentsTask, awaited: list[BatchId]) -> None:
    pause = FIRST_PAUSE
    while awaited:
        await workflow.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
        polled = await call(POLL_BATCH, BatchRefs(audit=task.audit, batches=tuple(awaited)))
        ended = tuple(one.batch for one in polled.batches if one.state is BatchState.ENDED)
        over = {one.batch for one in polled.batches if one.state.over}
        if ended:
            collected = await call(COLLECT_BATCH, BatchRefs(audit=task.audit, batches=ended))
            over |= {one.batch for one in collected.batches if one.state.over}
        awaited[:] = [batch for batch in awaited if batch not in over]


async def _cancel(task: DocumentsTask, batches: list[BatchId]) -> None:
    await call(CANCEL_BATCH, BatchRefs(audit=task.audit, batches=tuple(batches)))


def _fields(task: DocumentsTask) -> dict[str, object]:
    return {name: getattr(task, name) for name in DocumentsTask.model_fields}
