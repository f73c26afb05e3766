"""How much the offline reader reads right of the sample's documents, and how often it judges them right."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from audit_agent.documents.analysis import DocumentOutcome
from audit_agent.documents.check import check_documents
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.sample.company import run_year
from audit_agent.sample.documents.bill import Bill
from audit_agent.sample.documents.choosing import Supporting, supporting_documents
from audit_agent.sample.documents.form import Form
from audit_agent.sample.documents.sheet import RECIPIENT
from audit_agent.sample.writer import BOOKS, DOCUMENTS, LIST, generate
from tests.peers.document_scores import Asked

_VERDICTS = {
    "amount": "differs",
    "date": "differs",
    "number": "differs",
    "currency": "differs",
    "supplier": "differs",
    "sum": "contradicts itself",
    "not booked": "not found",
    "missing": "not read",
    "unreadable": "not read",
}
"""What each seeded difference is to come to; everything else is to agree."""


def score_sample(folder: Path, seed: int) -> tuple[list[Asked], list[Asked], list[Asked]]:
    """Fields of PDF and HTML, fields of UBL, and verdicts against the books."""
    generate(folder, seed, documents=True)
    expected = {document.path: document for document in supporting_documents(run_year(seed), seed)}
    listed = str(folder / DOCUMENTS / LIST)
    checked = check_documents(listed, folder / BOOKS, len(expected), lambda done, wanted: None)
    fields: dict[bool, list[Asked]] = {True: [], False: []}
    verdicts = []
    for outcome in checked.outcomes:
        document = expected[outcome.entry.source]
        if outcome.result is not None and outcome.read:
            found = fields[document.form is Form.UBL]
            found += (Asked(document.path, *one) for one in _fields(document.bill, outcome.result))
        verdicts.append(_verdict(document, outcome))
    return fields[False], fields[True], verdicts


def _fields(bill: Bill, result: DocumentResult) -> Iterator[tuple[str, str, str, bool]]:
    for name, value, said in (
        ("kind", "credit note" if bill.credit else "invoice", result.kind.value),
        ("invoice number", bill.number, result.invoice_number.value),
        ("order number", bill.order or None, result.order_number.value),
        ("date", bill.day, result.invoice_date.value),
        ("due date", None if bill.credit else bill.due, result.due_date.value),
        ("currency", bill.currency, result.currency.value),
        ("net", _money(bill.net) if bill.taxed else None, result.net.value),
        ("tax", _money(bill.tax) if bill.taxed else None, result.tax.value),
        ("total", _money(bill.total), result.total.value),
        ("supplier", bill.sender.name, result.supplier.name.value),
        ("customer", RECIPIENT[0], result.customer.name.value),
        ("tax number", bill.sender.tax_number, result.supplier.tax_id.value),
    ):
        if value is not None:
            yield name, str(value), str(said), value == said
    amounts = Counter(line.amount.value for line in result.lines)
    for line in bill.lines:
        amount = _money(line.amount)
        there = amounts[amount] > 0
        amounts[amount] -= there
        yield "line", str(amount), str(there), there


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _verdict(document: Supporting, outcome: DocumentOutcome) -> Asked:
    kind = document.seed.kind if document.seed else "as booked"
    expected = _VERDICTS.get(kind, "agrees")
    if outcome.result is None or not outcome.read:
        said = "not read"
    elif outcome.result.problems:
        said = "contradicts itself"
    else:
        said = outcome.books.verdict.value if outcome.books else "not compared"
    return Asked(document.path, kind, expected, said, said == expected)
