"""Stand-ins for the activities that read documents: pages that can be held up, fail and run out of budget."""

import asyncio
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.client import WorkflowHandle

from audit_agent.activities import contract_documents as c
from audit_agent.activities.contract import Done, StepDone
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.record import Digest, digest_of
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.documents_run import DocumentsDone, DocumentsRun, Layout

Reading = WorkflowHandle[DocumentsWorkflow, DocumentsDone]

if TYPE_CHECKING:
    from tests.workflow.conftest import Bench


class Shelf:
    """A set of documents, and what was asked about it, in order."""

    def __init__(self, total: int = 1_000) -> None:
        self.total = total
        self.read: list[c.PageTask] = []
        self.marks: list[RunState] = []
        self.closed: list[c.DocumentsTask] = []
        self.passing: dict[int, int] = {}
        """Of a page: how many attempts its one failing document still needs."""
        self.broken: set[int] = set()
        """Pages with a document that fails for good, until it is taken from here."""
        self.budget: int | None = None
        """How many pages a model may read; None for no limit."""
        self.open = asyncio.Event()
        """Pages wait for it."""
        self.open.set()
        self.waiting = 0
        self.most_waiting = 0
        self._pages: dict[int, c.FailedPage] = {}
        self._passing: dict[int, bool] = {}

    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=c.FREEZE_DOCUMENTS.name)
        async def freeze(task: c.DocumentsToFreeze) -> c.FrozenDocuments:
            return c.FrozenDocuments(digest=Digest("d" * 64), count=self.total, rejected=0)

        @activity.defn(name=c.MARK_DOCUMENTS.name)
        async def mark(mark: c.DocumentsMark) -> Done:
            self.marks.append(mark.state)
            return Done()

        @activity.defn(name=c.READ_PAGE.name)
        async def read(task: c.PageTask) -> c.PageDone:
            return await self._read(task)

        @activity.defn(name=c.FIND_FAILED_PAGES.name)
        async def find(search: c.FailedSearch) -> c.FailedPages:
            return self._find(search)

        @activity.defn(name=c.CLOSE_DOCUMENTS.name)
        async def close(task: c.DocumentsTask) -> StepDone:
            self.closed.append(task)
            return StepDone(step=task.step, workpaper=digest_of([task.step]), exceptions=1)

        return [freeze, mark, read, find, close]

    def offsets(self) -> list[int]:
        """Of the pages that were read, in order."""
        return sorted(page.offset for page in self.read)

    async def _read(self, task: c.PageTask) -> c.PageDone:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await self.open.wait()
        self.waiting -= 1
        if self.budget is not None and not task.without_model:
            if self.budget == 0:
                return c.PageDone(out_of_budget=True)
            self.budget -= 1
        self.read.append(task)
        self.passing[task.offset] = max(self.passing.get(task.offset, 0) - 1, 0)
        passing = self.passing[task.offset] > 0
        failed = int(passing or task.offset in self.broken)
        self._passing[task.offset] = passing
        self._pages[task.offset] = c.FailedPage(
            offset=task.offset, count=task.count, failed=failed, attempts=task.attempt
        )
        return c.PageDone(done=task.count, failed=failed, passing=int(passing))

    def _find(self, search: c.FailedSearch) -> c.FailedPages:
        found = [
            page
            for offset, page in sorted(self._pages.items())
            if offset > search.after and page.failed and (search.final_too or self._passing[offset])
        ]
        return c.FailedPages(pages=tuple(found[: search.limit]))


async def begin_reading(
    bench: "Bench", total: int, *, economy: bool = False, paused: bool = False, **layout: Any
) -> Reading:
    """Start to read so many documents, ten a page."""
    bench.world.shelf.total = total
    task = c.DocumentsTask(
        audit=AuditId(f"AUD-{uuid.uuid4().hex[:8]}"),
        plan=Digest("e" * 64),
        step=StepId("S04"),
        revision=1,
        documents=Digest("d" * 64),
        total=total,
        books=Digest("b" * 64),
        period=None,
        currency="EUR",
        economy=economy,
    )
    return await bench.env.client.start_workflow(
        DocumentsWorkflow.run,
        DocumentsRun(task=task, paused=paused, layout=Layout(page=10, **layout)),
        id=f"{task.audit}/documents/{task.step}",
        task_queue=bench.queue,
    )


async def until(reached: Callable[[], bool]) -> None:
    """Wait for something that a worker does."""
    async with asyncio.timeout(60):
        while not reached():
            await asyncio.sleep(0.01)
