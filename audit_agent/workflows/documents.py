"""Reading the documents of one step: once through, then again what failed and may succeed."""

import asyncio

from temporalio import workflow

from audit_agent.activities.contract_documents import (
    FIND_FAILED_PAGES,
    MARK_DOCUMENTS,
    DocumentsMark,
    FailedSearch,
    PageDone,
    PageTask,
)
from audit_agent.domain.documents import RunState
from audit_agent.workflows.batching import prefill
from audit_agent.workflows.call import call
from audit_agent.workflows.documents_run import Again, DocumentsDone, DocumentsRun, Span, Tally
from audit_agent.workflows.pages import Ended, Pages, page_of, pages_of
from audit_agent.workflows.ranges import Ranges

PAGES_A_SEARCH = 200
"""Pages with failures that are looked up at a time."""


@workflow.defn(name="documents")
class DocumentsWorkflow:
    """Its workflow id is `{audit}/documents/{step}`. It ends when nothing is left to read, or the budget is spent."""

    @workflow.init
    def __init__(self, run: DocumentsRun) -> None:
        self._run = run
        self._task = run.task
        self._tally = run.tally
        self._pages = Pages(run.layout, run.paused)
        self._ranges = Ranges(run)
        self._again = run.again
        self._waited = run.waited
        self._retry_asked = run.retry_asked
        self._prefilled = run.prefilled
        self._state = RunState.READING
        self._shown: RunState | None = None
        self._showing = asyncio.Lock()

    @workflow.run
    async def run(self, run: DocumentsRun) -> DocumentsDone:
        """Read everything; try again what may pass, and what people ask for."""
        await self._enter(RunState.READING)
        ended = await self._read(run.spans)
        if ended.out_of_budget:
            await self._enter(RunState.OUT_OF_BUDGET)
            await workflow.wait_condition(workflow.all_handlers_finished)
            return DocumentsDone(
                left=ended.left,
                tally=self._tally,
                out_of_budget=True,
                paused=self._pages.paused,
                retry_asked=self._retry_asked,
            )
        if ended.left:
            await self._go_on_as_new(ended.left)
        await self._try_again()
        await self._enter(RunState.READ)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return DocumentsDone(tally=self._tally)

    @workflow.signal
    async def pause(self) -> None:
        """Begin no more pages; those in flight end."""
        self._pages.paused = True
        await self._ranges.pause(True)
        await self._show()

    @workflow.signal
    async def resume(self) -> None:
        """Go on."""
        self._pages.paused = False
        await self._ranges.pause(False)
        await self._show()

    @workflow.signal
    def retry_failed(self) -> None:
        """Once everything is read, read every document that failed again, whatever the reason was."""
        self._retry_asked = True

    async def _read(self, spans: tuple[Span, ...]) -> Ended:
        if sum(span.end - span.start for span in spans) > self._run.layout.range:
            return await self._ranges.read(spans, self._add, lambda: self._pages.paused)
        if spans and self._run.buys_in_batches and not self._prefilled:
            await self._enter(RunState.IN_BATCHES)
            await prefill(self._task, spans, self._pages.until_resumed)
            self._prefilled = True
            await self._enter(RunState.READING)
        return await self._pages.read(
            pages_of(self._task, spans, self._run.layout.page),
            lambda _, page: self._add(Tally(done=page.done, failed=page.failed, passing=page.passing)),
        )

    async def _try_again(self) -> None:
        """Until nothing may pass any more and nobody asks; while paused nothing ends, so that people can ask."""
        waits = self._run.layout.waits
        while True:
            await self._pages.until_resumed()
            if self._again is not None:
                if not await self._read_failed(self._again):
                    return
            elif self._retry_asked:
                self._retry_asked = False
                self._again = Again(final_too=True)
            elif self._tally.passing and self._waited < len(waits):
                await self._enter(RunState.TRYING_AGAIN)
                await self._wait(waits[self._waited].total_seconds())
                self._waited += 1
                self._again = Again(final_too=False)
            else:
                return

    async def _wait(self, seconds: float) -> None:
        try:
            await workflow.wait_condition(lambda: self._retry_asked, timeout=seconds)
        except TimeoutError:
            return

    async def _read_failed(self, again: Again) -> bool:
        """Read the next pages with failures again; False when the budget does not allow it."""
        await self._enter(RunState.TRYING_AGAIN)
        search = FailedSearch(
            **self._task.model_dump(), after=again.after, final_too=again.final_too, limit=PAGES_A_SEARCH
        )
        found = (await call(FIND_FAILED_PAGES, search)).pages
        before = {page.offset: page for page in found}
        tasks = [
            page_of(self._task, page.offset, page.count, attempt=page.attempts + 1, final_too=again.final_too)
            for page in found
        ]
        passing = again.passing

        def count(task: PageTask, page: PageDone) -> None:
            nonlocal passing
            passing += page.passing
            self._add(Tally(failed=page.failed - before[task.offset].failed))

        ended = await self._pages.read(tasks, count)
        if ended.out_of_budget:
            return False
        if ended.left:
            read_up_to = max((page.offset for page in found if page.offset < ended.left[0].start), default=again.after)
            self._again = Again(final_too=again.final_too, after=read_up_to, passing=passing)
            await self._go_on_as_new(())
        if len(found) == PAGES_A_SEARCH:
            self._again = Again(final_too=again.final_too, after=found[-1].offset, passing=passing)
        else:
            self._again = None
            self._tally = self._tally.model_copy(update={"passing": passing})
        return True

    def _add(self, more: Tally) -> None:
        self._tally = self._tally + more
        workflow.set_current_details(self._in_words())

    async def _enter(self, state: RunState) -> None:
        self._state = state
        await self._show()

    async def _show(self) -> None:
        """Write down what is true when it is written, so that the last word is never an older one."""
        async with self._showing:
            state = RunState.PAUSED if self._pages.paused else self._state
            workflow.set_current_details(self._in_words())
            if state is not self._shown:
                await call(MARK_DOCUMENTS, DocumentsMark(**self._task.model_dump(), state=state), summary=state.value)
                self._shown = state

    def _in_words(self) -> str:
        state = RunState.PAUSED if self._pages.paused else self._state
        return f"**{state.value}** {self._tally.done:,} of {self._task.total:,} done, {self._tally.failed:,} failed"

    async def _go_on_as_new(self, left: tuple[Span, ...]) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        changes = {
            "left": left,
            "tally": self._tally,
            "waited": self._waited,
            "again": self._again,
            "retry_asked": self._retry_asked,
            "paused": self._pages.paused,
            "prefilled": self._prefilled,
        }
        workflow.continue_as_new(self._run.model_copy(update=changes))
