"""The activities that read documents, with a real database, real files and the reader by rules."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent.activities.blobs import keep
from audit_agent.activities.closing import ClosingActivities
from audit_agent.activities.contract_documents import (
    DocumentsMark,
    DocumentsTask,
    DocumentsToFreeze,
    FailedPage,
    FailedSearch,
    FrozenDocuments,
    PageDone,
    PageTask,
)
from audit_agent.activities.services import Services
from audit_agent.activities.vouching import VouchingActivities
from audit_agent.books.importing import import_books
from audit_agent.documents.open_books import OpenBooks
from audit_agent.documents.reading.reader import OfflineReader, ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text.model import DocumentText
from audit_agent.documents.text.pool import TextReaders
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.plan import VOUCHING, Materiality, Plan, PlanStep
from audit_agent.domain.record import Record
from audit_agent.domain.workpaper import Workpaper
from audit_agent.holds.port import RegisterOnly
from audit_agent.llm.errors import BudgetReachedError
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import audit_status
from tests.peers.documents import INVOICE, text
from tests.workflow.world import request

AUDIT = AuditId("AUD-2026-0001")
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
BOOKS = """Invoice_ID,Invoice_Number,Supplier_Account_ID,Invoice_Date,Invoice_Due_Date,Invoice_Amount,Amount_Currency
I1,NP-2025-0417,V1,2025-10-03,2025-11-02,238.00,EUR
I2,NP-2025-0418,V1,2025-10-04,2025-11-03,500.00,EUR
I3,NP-2025-0419,V1,2025-10-05,2025-11-04,700.00,EUR
"""
SUPPLIERS = "Supplier_Account_ID,Supplier_Name\nV1,Nordlicht Papier GmbH\n"


MATERIALITY = Materiality(
    basis="purchases",
    basis_amount=Decimal(1438),
    percent=Decimal(1),
    overall=Decimal(14),
    performance=Decimal(10),
    trivial=Decimal(1),
    currency="EUR",
)


class Counting:
    """The reader by rules, which remembers for what it was asked and can be out of money."""

    def __init__(self) -> None:
        self.asked: list[ReadingTask] = []
        self.money = 1_000

    async def read(self, text: DocumentText, asked: ReadingTask) -> DocumentResult:
        if len(self.asked) >= self.money:
            raise BudgetReachedError("The budget is spent.")
        self.asked.append(asked)
        return await OfflineReader().read(text, asked)


class Library:
    """Books and documents that all tests here share, frozen once: one document agrees, one differs, one is damaged."""

    def __init__(self, folder: Path) -> None:
        self.books, self.documents = folder / "books", folder / "documents"
        self.books.mkdir()
        self.documents.mkdir()
        (self.books / "Invoices_Received.csv").write_text(BOOKS)
        (self.books / "Supplier_Listing.csv").write_text(SUPPLIERS)
        (self.documents / "1-agrees.txt").write_bytes(text())
        (self.documents / "2-differs.txt").write_bytes(text(numbered("NP-2025-0418")))
        (self.documents / "3-damaged.pdf").write_bytes(b"%PDF-1.4 nothing")
        self.evidence = FolderEvidence(folder / "evidence")
        self.frozen_books, _ = import_books(self.books, self.evidence)
        self.texts, self.open_books = TextReaders(), OpenBooks()

    def close(self) -> None:
        self.texts.close()
        self.open_books.close()


class Desk:
    """One audit over the library."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.library = library
        self.documents, self.evidence, self.frozen_books = library.documents, library.evidence, library.frozen_books
        self.database: Database = connect(f"sqlite:///{folder / 'audit.db'}")
        self.database.upgrade()
        self.reader = Counting()
        rules = OfflineAnalyst(REGISTRY)
        self.services = Services(
            database=self.database,
            evidence=self.evidence,
            analyst=rules,
            rules=rules,
            payments=RegisterOnly(),
            notifier=DatabaseNotifier(self.database),
            clock=lambda: NOW + timedelta(minutes=1),
            reader=self.reader,
            texts=library.texts,
            books=library.open_books,
        )
        self.activities = VouchingActivities(self.services)
        asked: AuditRequest = request(AUDIT, documents=str(self.documents))
        Audits(self.database).create(asked.model_copy(update={"books": str(library.books)}), NOW)

    def freeze(self) -> DocumentsTask:
        to_freeze = DocumentsToFreeze(audit=AUDIT, documents=str(self.documents), books=self.frozen_books)
        frozen: FrozenDocuments = performed(self.activities.freeze_documents, to_freeze)
        step = PlanStep(
            id=StepId("S01"),
            procedure=VOUCHING,
            title="Vouch",
            risk="R1",
            why="",
            parameters={"questions": "When is it due?, What is the total?"},
        )
        plan = Plan(version=1, program="test", summary="", materiality=MATERIALITY, steps=(step,), drafted_by="rules")
        task = DocumentsTask(
            audit=AUDIT,
            plan=keep(self.evidence, plan),
            step=step.id,
            revision=1,
            documents=frozen.digest,
            total=frozen.count,
            books=self.frozen_books,
            period=None,
            currency="EUR",
        )
        performed(self.activities.mark_documents, DocumentsMark(**task.model_dump(), state=RunState.READING))
        return task

    def read(self, task: DocumentsTask, **more: Any) -> PageDone:
        page = {"offset": 0, "count": 50, **more}
        done: PageDone = asyncio.run(performed(self.activities.read_page, PageTask(**task.model_dump(), **page)))
        return done


def numbered(number: str) -> Any:
    return tuple(("Invoice number: " + number,) if "Invoice number" in row[0] else row for row in INVOICE)


def performed(activity: Callable[[Any], Any], argument: Record) -> Any:
    """What an activity returns when a worker performs it."""
    return ActivityEnvironment().run(activity, argument)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with closing(Library(tmp_path_factory.mktemp("library"))) as library:
        yield library


@pytest.fixture
def desk(tmp_path: Path, library: Library) -> Iterator[Desk]:
    desk = Desk(tmp_path, library)
    with closing(desk.database):
        yield desk


def test_a_set_is_frozen_once_whatever_becomes_of_its_source(desk: Desk) -> None:
    first = desk.freeze()
    late = desk.documents / "4-late.txt"
    late.write_bytes(text())

    second = desk.freeze()
    late.unlink()

    assert (second.documents, second.total) == (first.documents, 3)
    assert audit_status(desk.database, AUDIT).documents == first.documents


def test_a_page_that_is_finished_is_not_read_again(desk: Desk) -> None:
    task = desk.freeze()

    done = desk.read(task)

    assert desk.read(task) == done == PageDone(done=3, failed=1, passing=0)
    assert sorted(one.purpose for one in desk.reader.asked) == ["document/S01/0", "document/S01/1"]
    assert desk.reader.asked[0].questions == ("When is it due?", "What is the total?")
    (progress,) = audit_status(desk.database, AUDIT).reading
    assert (progress.done, progress.failed, progress.total) == (3, 1, 3)


def test_another_attempt_takes_the_documents_that_failed_and_no_others(desk: Desk) -> None:
    task = desk.freeze()
    desk.read(task)
    search = FailedSearch(**task.model_dump(), after=-1, final_too=True, limit=10)
    (failed,) = performed(desk.activities.find_failed_pages, search).pages
    asked = len(desk.reader.asked)

    again = desk.read(task, attempt=2, final_too=True)

    assert failed == FailedPage(offset=0, count=3, failed=1, attempts=1)
    assert again == PageDone(done=3, failed=1, passing=0)
    assert len(desk.reader.asked) == asked
    assert audit_status(desk.database, AUDIT).reading[0].failed == 1


def test_a_page_that_the_budget_does_not_allow_is_not_done(desk: Desk) -> None:
    task = desk.freeze()
    desk.reader.money = 1

    assert desk.read(task) == PageDone(out_of_budget=True)

    assert audit_status(desk.database, AUDIT).reading[0].done == 0
    assert desk.read(task.model_copy(update={"without_model": True})) == PageDone(done=3, failed=1, passing=0)


def test_the_workpaper_names_what_stands_out_with_its_row_in_the_books(desk: Desk) -> None:
    task = desk.freeze()
    desk.read(task)
    close = ClosingActivities(desk.services).close_documents

    done = performed(close, task)

    assert performed(close, task) == done
    assert done.workpaper is not None
    paper = Workpaper.model_validate_json(desk.evidence.read(done.workpaper))
    assert [item.key for item in paper.top] == ["Document 2: 2-differs.txt", "Document 3: 3-damaged.pdf"]
    differs, damaged = paper.top
    assert str(differs.amount) == "262.0000"
    assert (differs.sources[0].table, differs.sources[0].file, differs.sources[0].row) == (
        "Invoices_Received",
        "Invoices_Received.csv",
        3,
    )
    assert differs.facts["Document_SHA256"] != differs.sources[0].sha256
    assert damaged.sources[0].table == "Documents"
    assert paper.statistics["Documents that agree with the books"] == "1"
    assert paper.statistics["Invoices in the books that no document belongs to"] == "1"
    assert audit_status(desk.database, AUDIT).reading[0].state is RunState.CLOSED


def test_a_bucket_that_nobody_allowed_is_refused(desk: Desk) -> None:
    asked = DocumentsToFreeze(audit=AUDIT, documents="s3://secrets/all", books=desk.frozen_books)

    with pytest.raises(Exception, match="may not be read"):
        performed(desk.activities.freeze_documents, asked)


def test_a_column_of_the_books_names_documents(desk: Desk) -> None:
    asked = DocumentsToFreeze(audit=AUDIT, documents="column:Invoices_Received.Invoice_ID", books=desk.frozen_books)
    for name in ("I1", "I3"):
        (desk.library.books / name).write_bytes(text())

    frozen = performed(desk.activities.freeze_documents, asked)

    assert (frozen.count, frozen.rejected) == (3, 0)
