"""Documents read at half price, by the real activities: a batch is prepared from them, and their pages find it paid."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent.activities.batching import BatchingActivities
from audit_agent.activities.blobs import keep
from audit_agent.activities.contract_batches import BatchRange, BatchRefs, PreparedBatch
from audit_agent.activities.contract_documents import DocumentsMark, DocumentsTask, PageDone, PageTask
from audit_agent.activities.services import Services
from audit_agent.activities.vouching import VouchingActivities
from audit_agent.cli.standing import documents_line
from audit_agent.clock import system_clock
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.sets.asked import asked_set
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.batches import BatchState
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.plan import VOUCHING, Materiality, Plan, PlanStep
from audit_agent.domain.record import Digest
from audit_agent.holds.port import RegisterOnly
from audit_agent.llm.batches.choose import batch_desk, choose_economy
from audit_agent.llm.calls import Calls
from audit_agent.llm.choose import document_reader, paid_calls
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.programs.loader import load_program
from audit_agent.resources import prompts_folder
from audit_agent.store.audits import Audits
from audit_agent.store.batches import Batches
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reading import audit_status
from tests.peers.anthropic_batches import Fate
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.reading_models import reads_documents

AUDIT, STEP = AuditId("AUD-2026-0001"), StepId("S01")
DOCUMENTS = 60
"""More than one page."""


@dataclass
class Desk:
    """The activities of one worker, over a set of documents."""

    batching: BatchingActivities
    vouching: VouchingActivities
    task: DocumentsTask
    evidence: FolderEvidence

    async def prepare(self, begin: int = 0) -> PreparedBatch:
        """Prepare a batch of what lies behind `begin`."""
        wanted = BatchRange(**self._fields(), begin=begin, end=DOCUMENTS, run="0123456789")
        return await ActivityEnvironment().run(self.batching.prepare_batch, wanted)

    async def answered(self, refs: BatchRefs) -> list[BatchState]:
        """Where batches stand after each step of the way."""
        steps = (self.batching.create_batch, self.batching.poll_batch, self.batching.collect_batch)
        return [(await ActivityEnvironment().run(step, refs)).batches[0].state for step in steps]

    async def mark(self, state: RunState) -> None:
        """Show where the reading stands."""
        mark = DocumentsMark(**self._fields(), state=state)
        await asyncio.to_thread(ActivityEnvironment().run, self.vouching.mark_documents, mark)

    async def read(self) -> int:
        """Read every page; returns how many documents were read."""
        await self.mark(RunState.READING)
        done = 0
        for offset in range(0, DOCUMENTS, 50):
            page = PageTask(**self._fields(), offset=offset, count=min(50, DOCUMENTS - offset))
            read: PageDone = await ActivityEnvironment().run(self.vouching.read_page, page)
            done += read.done - read.failed
        return done

    def _fields(self) -> dict[str, object]:
        return {name: getattr(self.task, name) for name in DocumentsTask.model_fields}


@pytest.fixture
def server() -> Iterator[AnthropicServer]:
    """A model service that reads invoices."""
    with AnthropicServer() as server:
        server.script = reads_documents
        yield server


def services(database: Database, evidence: FolderEvidence, url: str, calls: Calls) -> Services:
    """A worker's services."""
    reader = document_reader(calls, model="claude-sonnet-5-5", prompts=prompts_folder())
    book, rules = Batches(database), OfflineAnalyst(REGISTRY)
    desk = batch_desk(book, evidence, api_key="test-key", base_url=url, gateway=None)
    return Services(
        database=database,
        evidence=evidence,
        analyst=rules,
        rules=rules,
        payments=RegisterOnly(),
        notifier=DatabaseNotifier(database),
        clock=system_clock,
        reader=reader,
        economy=choose_economy(reader, desk, book, evidence, batch_from=1_000),
    )


def frozen(database: Database, evidence: FolderEvidence, folder: Path) -> DocumentsTask:
    """An audit with documents, of which two are the same and one is empty."""
    folder.mkdir()
    for number in range(DOCUMENTS):
        text = "" if number == 0 else f"Invoice {max(number, 2)}\nTotal EUR 12.00\n"
        (folder / f"{number:02}.txt").write_text(text)
    request = AuditRequest(
        audit=AUDIT,
        program=load_program("general"),
        books=str(folder),
        requester=Person("user:somebody"),
        requested_at=system_clock(),
        economy=True,
    )
    Audits(database).create(request, request.requested_at)
    books = BooksManifest(tables=(), sources=())
    given = asked_set(str(folder), FetchPolicy(), books, folder, evidence)
    documents, manifest = freeze_documents(given, evidence)
    return DocumentsTask(
        audit=AUDIT,
        plan=keep(evidence, plan()),
        step=STEP,
        revision=1,
        documents=documents,
        total=manifest.count,
        books=keep(evidence, books),
        period=None,
        currency="EUR",
        economy=True,
    )


def plan() -> Plan:
    """Nothing but documents."""
    nothing = Decimal(0)
    materiality = Materiality(
        basis="total_debits",
        basis_amount=nothing,
        percent=nothing,
        overall=nothing,
        performance=nothing,
        trivial=nothing,
        currency="EUR",
    )
    step = PlanStep(id=STEP, procedure=VOUCHING, title="Documents", risk="R1", why="They were given.")
    return Plan(version=1, program="general", summary="", materiality=materiality, steps=(step,), drafted_by="a test")


def test_pages_find_the_answers_of_a_batch_and_pay_only_what_it_did_not_answer(
    sqlite_database: Database, evidence: FolderEvidence, server: AnthropicServer, tmp_path: Path
) -> None:
    calls = paid_calls(DatabaseLedger(sqlite_database), api_key="test-key", base_url=server.url)
    wired = services(sqlite_database, evidence, server.url, calls)
    desk = Desk(
        BatchingActivities(wired),
        VouchingActivities(wired),
        frozen(sqlite_database, evidence, tmp_path / "documents"),
        evidence,
    )
    book = Batches(sqlite_database)

    async def read_at_half_price() -> tuple[PreparedBatch, PreparedBatch, list[BatchState], int]:
        prepared, again = await desk.prepare(), await desk.prepare()
        [batch] = book.of(AUDIT)
        # Given that one call of the batch expires
        server.batches.fates = {min(custom_ids(evidence, batch.requests)): Fate.EXPIRED}
        states = await desk.answered(BatchRefs(audit=AUDIT, batches=(batch.id,)))
        read = await desk.read()
        await calls.close()
        assert wired.economy is not None
        await wired.economy.desk.close()
        return prepared, again, states, read

    prepared, again, states, read = asyncio.run(read_at_half_price())
    wired.close()
    # Then the same range was prepared once, every readable document is read, and only the expired one is paid alone
    [batch] = book.of(AUDIT)
    assert prepared == again == PreparedBatch(batch=batch.id, next=None)
    assert states == [BatchState.CREATED, BatchState.ENDED, BatchState.COLLECTED]
    assert (batch.count, batch.answered, read) == (DOCUMENTS - 2, DOCUMENTS - 3, DOCUMENTS - 1)
    assert (server.batches.billed.total(), set(server.batches.billed.values()), server.bill) == (DOCUMENTS - 3, {1}, 1)
    total = DatabaseLedger(sqlite_database).spend(AUDIT).total
    assert (total.calls, total.unknown_calls) == (DOCUMENTS - 2, 0)


def custom_ids(evidence: FolderEvidence, requests: Digest) -> list[str]:
    """Of the calls in a batch that is prepared."""
    return [one["custom_id"] for one in json.loads(evidence.read(requests))["requests"]]


def test_whoever_looks_at_the_audit_sees_that_a_batch_is_awaited(
    sqlite_database: Database, evidence: FolderEvidence, server: AnthropicServer, tmp_path: Path
) -> None:
    calls = paid_calls(DatabaseLedger(sqlite_database), api_key="test-key", base_url=server.url)
    wired = services(sqlite_database, evidence, server.url, calls)
    task = frozen(sqlite_database, evidence, tmp_path / "documents")
    desk = Desk(BatchingActivities(wired), VouchingActivities(wired), task, evidence)

    async def prepare_and_show() -> None:
        await desk.prepare()
        await desk.mark(RunState.IN_BATCHES)
        await calls.close()

    asyncio.run(prepare_and_show())
    wired.close()
    [progress] = audit_status(sqlite_database, AUDIT, log_tail=0).reading
    assert documents_line(progress, ended=False).startswith(
        "S01 waiting for batches: 0 of 60 documents, 0 failed, 58 calls in 1 batch since "
    )


def test_where_no_model_reads_nothing_is_prepared(
    sqlite_database: Database, evidence: FolderEvidence, tmp_path: Path
) -> None:
    rules = OfflineAnalyst(REGISTRY)
    wired = Services(
        database=sqlite_database,
        evidence=evidence,
        analyst=rules,
        rules=rules,
        payments=RegisterOnly(),
        notifier=DatabaseNotifier(sqlite_database),
        clock=system_clock,
    )
    task = frozen(sqlite_database, evidence, tmp_path / "documents")
    desk = Desk(BatchingActivities(wired), VouchingActivities(wired), task, evidence)
    assert asyncio.run(desk.prepare()) == PreparedBatch(batch=None, next=None)
