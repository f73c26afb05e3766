"""A step that reads documents, ready to begin: books, as many invoices as asked for, and a plan that vouches them."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from temporalio.testing import ActivityEnvironment

from audit_agent import bootstrap
from audit_agent.activities.blobs import keep
from audit_agent.activities.contract_documents import DocumentsTask, DocumentsToFreeze
from audit_agent.activities.freezing import FreezeActivities
from audit_agent.activities.services import Services
from audit_agent.activities.vouching import VouchingActivities
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.plan import VOUCHING, Materiality, Plan, PlanStep
from audit_agent.handoff.start import Order, checked, request_for
from audit_agent.programs.loader import load_program
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits

AUDIT = AuditId("AUD-2026-0001")
STEP = StepId("S01")
_MATERIALITY = Materiality(
    basis="purchases",
    basis_amount=Decimal(1_000_000),
    percent=Decimal(1),
    overall=Decimal(10_000),
    performance=Decimal(7_500),
    trivial=Decimal(500),
    currency="EUR",
)


def ready(settings: Settings, count: int, there: int = 1) -> DocumentsTask:
    """Write and freeze everything in the home of the settings; returns the task of the documents workflow.

    Of the documents that the list names, every `there`-th is there.
    """
    documents, books = settings.home / "documents", settings.home / "books"
    _write(documents, books, count, there)
    wired = bootstrap.services(settings)
    try:
        return _frozen(wired, documents / "list.txt", books)
    finally:
        wired.close()
        wired.database.close()


def _frozen(wired: Services, listed: Path, books: Path) -> DocumentsTask:
    at = datetime.now(UTC)
    wired.database.upgrade()
    order = Order(load_program("procure-to-pay"), books, Person("ann@example.org"), documents=str(listed))
    request = request_for(checked(order), AUDIT, at)
    Audits(wired.database).create(request, at)
    frozen = ActivityEnvironment().run(FreezeActivities(wired).freeze_books, request)
    asked = DocumentsToFreeze(audit=AUDIT, documents=request.documents or "", books=frozen.digest)
    manifest = ActivityEnvironment().run(VouchingActivities(wired).freeze_documents, asked)
    step = PlanStep(id=STEP, procedure=VOUCHING, title="Vouch documents", risk="R1", why="They were handed in.")
    plan = Plan(
        version=1,
        program=request.program.id,
        summary="Documents only.",
        materiality=_MATERIALITY,
        steps=(step,),
        drafted_by="bench",
    )
    return DocumentsTask(
        audit=AUDIT,
        plan=keep(wired.evidence, plan),
        step=STEP,
        revision=1,
        documents=manifest.digest,
        total=manifest.count,
        books=frozen.digest,
        period=None,
        currency=frozen.currency,
    )


def _write(documents: Path, books: Path, count: int, there: int) -> None:
    documents.mkdir(parents=True)
    books.mkdir(parents=True)
    rows = ["Invoice_ID,Invoice_Number,Invoice_Date,Supplier_Account_ID,Invoice_Amount,Amount_Currency"]
    for number in range(count):
        rows.append(f"{number},HB-{number:06d},2025-10-10,70020,{100 + number}.00,EUR")
        if number % there == 0:
            text = (
                f"Hafen Beratung AG\n\nInvoice number: HB-{number:06d}\nInvoice date: 2025-10-10\n\n"
                f"Total amount due: {100 + number}.00 EUR\n"
            )
            (documents / f"HB-{number:06d}.txt").write_text(text, encoding="utf-8")
    names = (f"HB-{number:06d}.txt\n" for number in range(count))
    (documents / "list.txt").write_text("".join(names), encoding="utf-8")
    (books / "invoices.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    suppliers = "Supplier_Account_ID,Supplier_Name\n70020,Hafen Beratung AG\n"
    (books / "suppliers.csv").write_text(suppliers, encoding="utf-8")
