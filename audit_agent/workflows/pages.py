"""Pages of documents, a bounded number of them in flight."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from temporalio import workflow

from audit_agent.activities.contract_documents import READ_PAGE, DocumentsTask, PageDone, PageTask
from audit_agent.workflows.call import call
from audit_agent.workflows.documents_run import Layout, Span

Count = Callable[[PageTask, PageDone], None]
"""Hears of each page that is done."""


class Ended(NamedTuple):
    """What was not read, and whether that is because the budget is spent."""

    left: tuple[Span, ...]
    out_of_budget: bool


class Pages:
    """The pages of one run. A page that was begun is waited for: nothing that was paid is let go of."""

    def __init__(self, layout: Layout, paused: bool) -> None:
        self.paused = paused
        self._layout = layout
        self._begun = 0

    @property
    def full(self) -> bool:
        """Whether history is so long that the workflow should continue as new."""
        limit = self._layout.pages_each_run
        return (limit is not None and self._begun >= limit) or workflow.info().is_continue_as_new_suggested()

    async def read(self, tasks: Iterable[PageTask], count: Count) -> Ended:
        """Read pages until they end, history is full or the budget is spent."""
        waiting = iter(tasks)
        upcoming = next(waiting, None)
        running: dict[asyncio.Task[PageDone], PageTask] = {}
        undone: list[PageTask] = []
        try:
            while True:
                while upcoming and len(running) < self._layout.in_flight and not (self.paused or undone or self.full):
                    running[asyncio.ensure_future(_read(upcoming))] = upcoming
                    self._begun += 1
                    upcoming = next(waiting, None)
                if running:
                    await workflow.wait(list(running), return_when=asyncio.FIRST_COMPLETED)
                elif upcoming is None or undone or self.full:
                    break
                else:
                    await self.until_resumed()
                for finished in [one for one in running if one.done()]:
                    task, page = running.pop(finished), finished.result()
                    if page.out_of_budget:
                        undone.append(task)
                    else:
                        count(task, page)
        finally:
            for left in running:
                left.cancel()
        rest = [*undone, *([upcoming] if upcoming else []), *waiting]
        return Ended(_spans(rest), out_of_budget=bool(undone))

    async def until_resumed(self) -> None:
        """Wait while people want nothing to go on."""
        await workflow.wait_condition(lambda: not self.paused)


def pages_of(task: DocumentsTask, spans: Iterable[Span], size: int) -> Iterator[PageTask]:
    """The pages of these spans, in order."""
    for span in spans:
        for offset in range(span.start, span.end, size):
            yield page_of(task, offset, min(size, span.end - offset))


def page_of(task: DocumentsTask, offset: int, count: int, *, attempt: int = 1, final_too: bool = False) -> PageTask:
    """One page of a set."""
    return PageTask(
        **{name: getattr(task, name) for name in DocumentsTask.model_fields},
        offset=offset,
        count=count,
        attempt=attempt,
        final_too=final_too,
    )


async def _read(task: PageTask) -> PageDone:
    return await call(
        READ_PAGE, task, summary=f"{task.step}, documents {task.offset + 1} to {task.offset + task.count}"
    )


def _spans(tasks: Iterable[PageTask]) -> tuple[Span, ...]:
    """The fewest spans that hold these pages."""
    spans: list[Span] = []
    for task in sorted(tasks, key=lambda one: one.offset):
        end = task.offset + task.count
        if spans and spans[-1].end == task.offset:
            spans[-1] = Span(start=spans[-1].start, end=end)
        else:
            spans.append(Span(start=task.offset, end=end))
    return tuple(spans)
