"""How much of a bare loop over the SDK is left when an audit reads 10,000 documents durably, and how memory grows.

Run it as a script (`python -m tests.bench.bench_documents [COUNT]`) or with `pytest tests/bench/bench_documents.py`.
A call takes 50 ms and 64 are in flight. The bare loop takes the same text of the same documents, asks the same
questions, checks the answers and compares them with the books in the same way, in one process, and keeps nothing. The
audit does it by the documents workflow, with server, worker, gateway, ledger and evidence as in production. What the
loop would reach if it only made the calls is printed beside it.
"""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from anthropic import AsyncAnthropic

from audit_agent.activities.contract_documents import DocumentsTask
from audit_agent.documents.booked import BookedInvoices
from audit_agent.documents.comparison import Comparison, compare
from audit_agent.documents.manifest import load_manifest, read_entries
from audit_agent.documents.open_books import OpenBooks
from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.text.pool import TextReaders
from audit_agent.domain.documents import DocumentEntry
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer
from audit_agent.llm.claude.documents import ModelReader
from audit_agent.llm.claude.requests import Requests
from audit_agent.llm.claude.wire import OUTPUTS
from audit_agent.llm.prompts import Prompts
from audit_agent.resources import prompts_folder
from audit_agent.settings import Settings
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reading import audit_status
from audit_agent.temporal.client import connect as connect_temporal
from audit_agent.temporal.running import running
from audit_agent.workflows.documents import DocumentsWorkflow
from audit_agent.workflows.documents_run import DocumentsRun, Layout
from tests.bench.documents_step import AUDIT, ready
from tests.bench.slow_service import service

COUNT, IN_FLIGHT = 10_000, 64
FLOOR = 0.85
MOST_EVENTS = 2_000
MEMORY_RATIO = 1.2
MANY = 100_000
THERE = 20
"""For the memory every so many documents of the set are there; the others are outcomes all the same, and quick."""


class SdkCalls:
    """Implements `llm.calls.Calls` with the SDK alone."""

    def __init__(self, url: str) -> None:
        self._client = AsyncAnthropic(api_key="test-key", base_url=url, max_retries=0)
        self._requests = Requests(OUTPUTS)
        self.asked: list[ModelCall] = []

    async def ask(self, call: ModelCall) -> ModelAnswer:
        self.asked.append(call)
        message = await self._client.messages.create(**self._requests.request(call))
        text = "".join(block.text for block in message.content if block.type == "text")
        return ModelAnswer(text=text, key=call.key, model=message.model, request_id=message._request_id or "")

    async def close(self) -> None:
        await self._client.close()


class Bare(NamedTuple):
    """Documents a second of the bare loop: with all the reading, and with the calls alone."""

    reading: float
    calls: float


async def each(work: Callable[[DocumentEntry], Awaitable[object]], entries: Sequence[DocumentEntry]) -> float:
    """How many a second, 64 at a time."""
    waiting = iter(entries)

    async def some() -> None:
        for entry in waiting:
            await work(entry)

    begun = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))
    return len(entries) / (time.perf_counter() - begun)


async def bare(settings: Settings, task: DocumentsTask, url: str) -> Bare:
    """What one process reaches that keeps nothing."""
    evidence = FolderEvidence(settings.evidence_folder)
    manifest = load_manifest(evidence, task.documents)
    entries = read_entries(evidence, manifest, 0, manifest.count)
    folder = Path(manifest.root or "")
    texts, books, calls = TextReaders(), OpenBooks(), SdkCalls(url)
    reader = ModelReader(calls, Prompts(prompts_folder()), settings.model)
    extracting = asyncio.Semaphore(Layout().in_flight)

    async def read(entry: DocumentEntry) -> Comparison | None:
        async with extracting:
            with texts.borrowed() as one:
                text = await asyncio.to_thread(one.read, folder / entry.source, "text/plain")
        result = await reader.read(text, ReadingTask(audit=task.audit, purpose=f"document/{entry.number}"))

        def compared() -> Comparison | None:
            with books.invoices(task.books, evidence) as invoices:
                return against(entry, invoices)

        def against(entry: DocumentEntry, invoices: BookedInvoices | None) -> Comparison | None:
            return None if invoices is None else compare(entry, result, invoices)

        return await asyncio.to_thread(compared)

    try:
        reading = await each(read, entries)
        asked = iter(list(calls.asked))
        return Bare(reading, await each(lambda _: calls.ask(next(asked)), entries))
    finally:
        texts.close()
        books.close()
        await calls.close()


class Durable(NamedTuple):
    """What the documents workflow came to."""

    rate: float
    """Documents a second."""
    events: int
    """In the history of its last run."""
    runs: int
    """Times it continued as new, and one."""
    peak: float
    """Megabytes of the worker at most."""


async def durable(settings: Settings, task: DocumentsTask, worker: int) -> Durable:
    """Read the documents as an audit does, on a machine that runs."""
    client = await connect_temporal(settings)
    handle = await client.start_workflow(
        DocumentsWorkflow.run,
        DocumentsRun(task=task, layout=Layout(waits=()), paused=True),
        id=f"{task.audit}/documents/{task.step}",
        task_queue=settings.task_queue,
    )
    # The worker is still being loaded, as it never is for the thousands of documents that follow.
    await asyncio.to_thread(wait_until_begun, settings)
    with peak_of(worker) as megabytes:
        begun = time.perf_counter()
        await handle.signal(DocumentsWorkflow.resume)
        done = await handle.result()
        seconds = time.perf_counter() - begun
    assert done.tally.done == task.total
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{handle.id}'")]
    events = max(run.history_length for run in runs)
    return Durable(task.total / seconds, events, len(runs), max(megabytes))


def wait_until_begun(settings: Settings) -> None:
    """Return when a worker has written down that it has the step in hand."""
    database = connect(settings.database_url)
    try:
        while not audit_status(database, AUDIT).reading:
            time.sleep(0.1)
    finally:
        database.close()


@contextmanager
def peak_of(pid: int) -> Iterator[list[float]]:
    """The megabytes a process has, looked at ten times a second."""
    process, seen, ended = psutil.Process(pid), [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            seen.append(process.memory_info().rss / 1e6)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        ended.set()
        looking.join()


def read_with_a_model(home: Path, count: int) -> tuple[Bare, Durable]:
    """Both ways, one after the other, over one service."""
    with service() as url:
        settings = Settings(
            home=home,
            temporal_port=0,
            temporal_ui_port=0,
            analyst="anthropic",
            anthropic_api_key="test-key",
            anthropic_base_url=url,
            batch_from=count + 1,
        )
        task = ready(settings, count)
        loop = asyncio.run(bare(settings, task, url))
        with running(settings) as machine:
            ours = asyncio.run(durable(settings, task, machine.pids["worker"]))
        database = connect(settings.database_url)
        spend = DatabaseLedger(database).spend(AUDIT)
        # The worker begins the audit itself, too, which nobody agrees to: its plan is no document's call.
        assert sum(line.calls for line in spend.by_purpose if line.name.startswith("document/")) == count
        database.close()
    return loop, ours


def read_by_rules(home: Path, count: int) -> Durable:
    """Without a model, on a machine of its own."""
    settings = Settings(home=home, temporal_port=0, temporal_ui_port=0, analyst="offline")
    task = ready(settings, count, THERE)
    with running(settings) as machine:
        return asyncio.run(durable(settings, task, machine.pids["worker"]))


def bench_rate(home: Path, count: int = COUNT) -> tuple[str, bool]:
    """The line to print, and whether it is within the limits."""
    loop, ours = read_with_a_model(home, count)
    ratio = ours.rate / loop.reading
    line = (
        f"{count:,} documents: bare loop {loop.reading:.0f}/s, audit {ours.rate:.0f}/s: {ratio:.0%} "
        f"(floor {FLOOR:.0%}); the loop's calls alone {loop.calls:.0f}/s: {ours.rate / loop.calls:.0%}; "
        f"history {ours.events:,} events in {ours.runs} run(s) (limit {MOST_EVENTS:,})"
    )
    return line, ratio >= FLOOR and ours.events < MOST_EVENTS


def bench_memory(home: Path, few: int = COUNT, many: int = MANY) -> tuple[str, bool]:
    """The line to print, and whether it is within the limit."""
    small = read_by_rules(home / "few", few)
    large = read_by_rules(home / "many", many)
    ratio = large.peak / small.peak
    line = (
        f"worker's peak with {many:,} documents {large.peak:.0f} MB, with {few:,} {small.peak:.0f} MB: "
        f"{ratio:.2f} (limit {MEMORY_RATIO:.2f})"
    )
    return line, ratio <= MEMORY_RATIO


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_documents_a_second(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line, within = bench_rate(tmp_path / "home")

    with capsys.disabled():
        print(f"\n{line}")
    assert within, line


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_memory_does_not_grow_with_the_documents_of_an_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, within = bench_memory(tmp_path)

    with capsys.disabled():
        print(f"\n{line}")
    assert within, line


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        found = (bench_rate(Path(name) / "home", asked), bench_memory(Path(name), asked, 10 * asked))
    print("\n".join(text for text, _ in found))
    sys.exit(0 if all(good for _, good in found) else 1)
