"""The folder of documents: the files, a list that names the books row of some, and the truth about them."""

import csv
from decimal import Decimal
from pathlib import Path

from audit_agent.documents.booked import INVOICES
from audit_agent.documents.tested import DOCUMENTS
from audit_agent.domain.plan import VOUCHING
from audit_agent.sample.company import Company
from audit_agent.sample.documents.choosing import Supporting, supporting_documents
from audit_agent.sample.documents.form import Form
from audit_agent.sample.documents.house import house_of
from audit_agent.sample.documents.pdf import PdfPress
from audit_agent.sample.documents.rendering import html, ubl
from audit_agent.sample.documents.sheet import sheet_of
from audit_agent.sample.truth import TruthItem, Where

DOCUMENT = "Document"
_KEPT_OF_DAMAGED = 5


def write_documents(folder: Path, listed: Path, company: Company, seed: int) -> tuple[TruthItem, ...]:
    """Write a year's documents into a folder, and the list of them; returns what was seeded."""
    documents = supporting_documents(company, seed)
    press = PdfPress()
    for document in documents:
        if document.seed is None or document.seed.written:
            path = folder / document.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(document, press, seed))
    with listed.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("document", "table", "Invoice_ID"))
        rows.writerows(_listed(document) for document in documents)
    return _truth(documents)


def _bytes(document: Supporting, press: PdfPress, seed: int) -> bytes:
    if document.form is Form.UBL:
        written = ubl(document.bill)
    else:
        sheet = sheet_of(document.bill, house_of(seed, document.bill.sender))
        written = press.print(sheet) if document.form is Form.PDF else html(sheet)
    # Of a transfer that broke off, only the beginning is there.
    return written[: len(written) // _KEPT_OF_DAMAGED] if document.seed and document.seed.damaged else written


def _listed(document: Supporting) -> tuple[str, str, str]:
    if document.booked is None or not document.named:
        return document.path, "", ""
    return document.path, INVOICES, document.booked.id


def _truth(documents: list[Supporting]) -> tuple[TruthItem, ...]:
    seeded = [document for document in documents if document.seed]
    differing = [document for document in seeded if document.seed and not document.seed.why]
    alike = [document for document in seeded if document.seed and document.seed.why]
    numbered = [(f"D{number:02d}", one) for number, one in enumerate(differing, start=1)]
    numbered += [(f"A{number:02d}", one) for number, one in enumerate(alike, start=1)]
    return tuple(_item(name, document) for name, document in numbered)


def _item(name: str, document: Supporting) -> TruthItem:
    assert document.seed is not None
    return TruthItem(
        id=name,
        procedure=VOUCHING,
        kind=f"document: {document.seed.kind}",
        description=f"{document.path} {document.seed.description}.",
        where=Where(table=DOCUMENTS, fields={DOCUMENT: (document.path,)}),
        amount=Decimal(document.bill.total).scaleb(-2),
        legitimate=bool(document.seed.why),
        why=document.seed.why,
    )
