"""Reading documents: a bounded window, its place kept across runs, ranges, pauses, and what failed tried again."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from audit_agent.domain.audit import Phase
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.review import Verdict
from audit_agent.handoff.documents import NothingToSteerError, Steering, steer_documents
from audit_agent.store.audits import Audits
from audit_agent.store.database import connect
from audit_agent.store.document_runs import DocumentRuns, StepRun
from audit_agent.store.reading import audit_status
from audit_agent.store.words import Event
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.documents_run import DocumentsDone, Span
from tests.workflow.conftest import Bench
from tests.workflow.shelf import Shelf, begin_reading, until
from tests.workflow.world import REVIEWER, VOUCHING, decision, request

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_every_page_is_read_once_and_no_more_than_the_window_at_a_time(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf]:
        handle = await begin_reading(bench, 95, in_flight=3)
        return await handle.result(), bench.world.shelf

    done, shelf = play(scenario)

    assert shelf.offsets() == list(range(0, 95, 10))
    assert [page.count for page in shelf.read if page.offset == 90] == [5]
    assert shelf.most_waiting <= 3
    assert done.tally.done == 95
    assert shelf.marks == [RunState.READING, RunState.READ]


def test_a_long_history_is_continued_as_new_where_it_was(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf, str, str]:
        handle = await begin_reading(bench, 100, in_flight=2, pages_each_run=4)
        done = await handle.result()
        last = await bench.env.client.get_workflow_handle(handle.id).describe()
        return done, bench.world.shelf, handle.first_execution_run_id or "", last.run_id

    done, shelf, first_run, last_run = play(scenario)

    assert first_run != last_run
    assert shelf.offsets() == list(range(0, 100, 10))
    assert done.tally.done == 100


def test_a_large_set_is_read_in_ranges_and_a_pause_reaches_them(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf, int]:
        shelf = bench.world.shelf
        shelf.open.clear()
        handle = await begin_reading(bench, 100, in_flight=1, range=30, ranges_in_flight=2, pages_each_run=2)
        await until(lambda: shelf.waiting == 2)
        await handle.signal(DocumentsWorkflow.pause)
        await until(lambda: RunState.PAUSED in shelf.marks)
        shelf.open.set()
        await until(lambda: len(shelf.read) == 2)
        paused_at = len(shelf.read)
        await handle.signal(DocumentsWorkflow.resume)
        return await handle.result(), shelf, paused_at

    done, shelf, paused_at = play(scenario)

    assert paused_at == 2
    assert shelf.offsets() == list(range(0, 100, 10))
    assert done.tally.done == 100


def test_what_may_pass_is_tried_again_after_waits_and_nothing_else(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf]:
        bench.world.shelf.passing = {20: 3, 50: 2}
        bench.world.shelf.broken = {70}
        handle = await begin_reading(bench, 100, in_flight=4, waits=(MINUTE, 5 * MINUTE))
        await until(lambda: RunState.TRYING_AGAIN in bench.world.shelf.marks)
        await bench.pass_time(handle, 2 * MINUTE)
        await until(lambda: len(bench.world.shelf.read) == 12)
        await bench.pass_time(handle, 6 * MINUTE)
        return await handle.result(), bench.world.shelf

    done, shelf = play(scenario)

    again = [(page.offset, page.attempt, page.final_too) for page in shelf.read if page.attempt > 1]
    assert again == [(20, 2, False), (50, 2, False), (20, 3, False)]
    assert (done.tally.failed, done.tally.passing) == (1, 0)


def test_failed_documents_are_retried_alone_on_request(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf]:
        shelf = bench.world.shelf
        shelf.broken = {30, 60}
        handle = await begin_reading(bench, 100)
        await handle.signal(DocumentsWorkflow.pause)
        await until(lambda: RunState.PAUSED in shelf.marks)
        shelf.broken = {60}
        await handle.signal(DocumentsWorkflow.retry_failed)
        await handle.signal(DocumentsWorkflow.resume)
        return await handle.result(), shelf

    done, shelf = play(scenario)

    again = {page.offset for page in shelf.read if page.attempt > 1}
    assert again <= {30, 60}
    assert 60 in again
    assert all(page.final_too for page in shelf.read if page.attempt > 1)
    assert done.tally.failed == 1


def test_nothing_more_is_read_once_the_budget_is_spent_and_what_is_left_is_told(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf]:
        bench.world.shelf.budget = 4
        handle = await begin_reading(bench, 100, in_flight=2)
        await handle.signal(DocumentsWorkflow.retry_failed)
        return await handle.result(), bench.world.shelf

    done, shelf = play(scenario)

    assert done.out_of_budget
    assert done.retry_asked
    assert len(shelf.read) == 4
    left = {offset for span in done.left for offset in range(span.start, span.end, 10)}
    assert left.isdisjoint(shelf.offsets())
    assert left | set(shelf.offsets()) == set(range(0, 100, 10))
    assert shelf.marks[-1] is RunState.OUT_OF_BUDGET


def test_ranges_end_with_the_budget_too(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[DocumentsDone, Shelf]:
        bench.world.shelf.budget = 4
        handle = await begin_reading(bench, 100, in_flight=1, range=30, ranges_in_flight=1)
        return await handle.result(), bench.world.shelf

    done, shelf = play(scenario)

    assert done.left == (Span(start=40, end=60), Span(start=60, end=90), Span(start=90, end=100))
    assert shelf.offsets() == [0, 10, 20, 30]


def test_cancelling_ends_the_reading(play: Any) -> None:
    async def scenario(bench: Bench) -> Shelf:
        bench.world.shelf.open.clear()
        handle = await begin_reading(bench, 100, in_flight=2)
        await until(lambda: bench.world.shelf.waiting == 2)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        bench.world.shelf.open.set()
        return bench.world.shelf

    shelf = play(scenario)

    assert shelf.most_waiting == 2


def test_another_worker_reads_what_the_first_left(loop: Any, environment: WorkflowEnvironment) -> None:
    async def scenario() -> Shelf:
        bench = Bench(environment)
        shelf = bench.world.shelf
        with environment.with_time_skipping_disabled():
            shelf.open.clear()
            handle = await begin_reading(bench, 100, in_flight=2)
            async with bench.worker():
                await until(lambda: shelf.waiting == 2)
            shelf.open.set()
            async with bench.worker():
                await handle.result()
        return shelf

    shelf = loop.run_until_complete(scenario())

    assert shelf.offsets() == list(range(0, 100, 10))


def test_people_steer_the_reading_of_an_audit_and_the_log_tells_who(play: Any, tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path / 'audit.db'}")
    database.upgrade()

    async def scenario(bench: Bench) -> tuple[list[str], Shelf]:
        shelf = bench.world.shelf
        shelf.open.clear()
        handle = await begin_reading(bench, 100, in_flight=2)
        audit = AuditId(handle.id.split("/")[0])
        Audits(database).create(request(audit), NOW)
        run = StepRun(audit=audit, step=StepId("S04"), revision=1)
        DocumentRuns(database).mark(run, 100, RunState.READING, NOW)
        for number, steering in enumerate((Steering.PAUSE, Steering.RETRY, Steering.RESUME)):
            at = NOW + number * MINUTE
            assert await steer_documents(database, bench.env.client, audit, steering, REVIEWER, at) == ("S04",)
            await until(lambda: RunState.PAUSED in shelf.marks)
        shelf.open.set()
        await handle.result()
        with pytest.raises(NothingToSteerError):
            await steer_documents(database, bench.env.client, audit, Steering.PAUSE, REVIEWER, NOW)
        log = audit_status(database, audit).log
        return [entry.data["asked"] for entry in log if entry.event is Event.DOCUMENTS_STEERED], shelf

    with closing(database):
        asked, shelf = play(scenario)

    assert asked == ["pause", "retry_failed", "resume"]
    assert shelf.offsets() == list(range(0, 100, 10))


def test_an_audit_freezes_reads_and_closes_and_rules_read_what_the_budget_leaves(play: Any) -> None:
    async def scenario(bench: Bench) -> tuple[Phase, Shelf]:
        bench.world.steps = VOUCHING
        bench.world.shelf.total = 500
        bench.world.shelf.budget = 3
        handle = await bench.start(documents="/documents")
        await bench.approve(handle, 1, 1)
        finish = decision(await bench.review(2), Verdict.REQUEST_CHANGES, reason="finish without the rest")
        await bench.say(handle, finish)
        await bench.approve(handle, 3, 5)
        return (await handle.result()).phase, bench.world.shelf

    phase, shelf = play(scenario)

    assert phase is Phase.FINISHED
    assert shelf.offsets() == list(range(0, 500, 50))
    assert sum(page.without_model for page in shelf.read) == 7
    assert len(shelf.closed) == 1
