"""Sets too large for one workflow: each range of them is one of its own, a few at a time."""

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from audit_agent.workflows.batching import prefill
from audit_agent.workflows.documents_run import DocumentsDone, DocumentsRun, Span, Tally, workflow_of
from audit_agent.workflows.pages import Ended, Pages, pages_of

Range = workflow.ChildWorkflowHandle["DocumentRangeWorkflow", DocumentsDone]


@workflow.defn(name="document-range")
class DocumentRangeWorkflow:
    """Reads one range of a step's documents once. Its workflow id is that of the step's workflow, and the offset."""

    @workflow.init
    def __init__(self, run: DocumentsRun) -> None:
        self._tally = run.tally
        self._pages = Pages(run.layout, run.paused)

    @workflow.run
    async def run(self, run: DocumentsRun) -> DocumentsDone:
        """Read the range; what is left is left for want of money."""
        if run.buys_in_batches and not run.prefilled:
            await prefill(run.task, run.spans, self._pages.until_resumed)
        ended = await self._pages.read(
            pages_of(run.task, run.spans, run.layout.page),
            lambda _, page: self._add(Tally(done=page.done, failed=page.failed, passing=page.passing)),
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        if ended.left and not ended.out_of_budget:
            changes = {"left": ended.left, "tally": self._tally, "paused": self._pages.paused, "prefilled": True}
            workflow.continue_as_new(run.model_copy(update=changes))
        return DocumentsDone(left=ended.left, tally=self._tally, out_of_budget=ended.out_of_budget)

    @workflow.signal
    def pause(self) -> None:
        """Begin no more pages; those in flight end."""
        self._pages.paused = True

    @workflow.signal
    def resume(self) -> None:
        """Go on."""
        self._pages.paused = False

    def _add(self, more: Tally) -> None:
        self._tally = self._tally + more
        workflow.set_current_details(f"{self._tally.done:,} done, {self._tally.failed:,} failed")


class Ranges:
    """The ranges of one run."""

    def __init__(self, run: DocumentsRun) -> None:
        self._run = run
        self._running: dict[asyncio.Future[DocumentsDone], Range] = {}

    async def pause(self, paused: bool) -> None:
        """Tell every range that runs to pause or to go on."""
        for handle in list(self._running.values()):
            try:
                await handle.signal(DocumentRangeWorkflow.pause if paused else DocumentRangeWorkflow.resume)
            except ApplicationError:
                # It ended meanwhile, so that there is nothing to hold up.
                continue

    async def read(self, spans: tuple[Span, ...], count: Callable[[Tally], None], paused: Callable[[], bool]) -> Ended:
        """Read spans range by range; once the budget is spent no further one begins."""
        waiting = list(_cut(spans, self._run.layout.range))
        undone: list[Span] = []
        out_of_budget = False
        try:
            while self._running or (waiting and not out_of_budget):
                while waiting and not out_of_budget and not paused() and self._has_room:
                    await self._begin(waiting.pop(0))
                if self._running:
                    await workflow.wait(list(self._running), return_when=asyncio.FIRST_COMPLETED)
                else:
                    await workflow.wait_condition(lambda: not paused())
                for finished in [one for one in self._running if one.done()]:
                    del self._running[finished]
                    done = finished.result()
                    count(done.tally)
                    undone += done.left
                    out_of_budget = out_of_budget or done.out_of_budget
        finally:
            for left in self._running:
                left.cancel()
        return Ended((*undone, *waiting), out_of_budget)

    @property
    def _has_room(self) -> bool:
        return len(self._running) < self._run.layout.ranges_in_flight

    async def _begin(self, span: Span) -> None:
        changes = {"left": (span,), "tally": Tally(), "again": None, "paused": False, "prefilled": False}
        handle = await workflow.start_child_workflow(
            DocumentRangeWorkflow.run,
            self._run.model_copy(update=changes),
            id=f"{workflow_of(self._run.task)}/{span.start}",
            static_summary=f"{self._run.task.step}, documents {span.start + 1} to {span.end}",
        )
        self._running[asyncio.ensure_future(handle)] = handle


def _cut(spans: tuple[Span, ...], size: int) -> list[Span]:
    return [
        Span(start=start, end=min(start + size, span.end))
        for span in spans
        for start in range(span.start, span.end, size)
    ]
