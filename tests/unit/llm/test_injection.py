"""Documents that give orders, read by a model that obeys them: no figure, verdict, tool or address comes of it."""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from audit_agent.documents.reading.reader import ReadingTask
from audit_agent.documents.reading.result import DocumentResult, Field
from audit_agent.documents.reading.vouching import Verdict, vouch
from audit_agent.documents.text import kinds
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.gathering import tidy
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText
from audit_agent.domain.ids import AuditId
from audit_agent.llm.claude.documents import ModelReader
from audit_agent.llm.prompts import Prompts
from audit_agent.resources import prompts_folder
from tests.peers.anthropic_server import Script
from tests.peers.documents import text
from tests.peers.hostile_documents import ORDERS, Hostile, hostile_documents
from tests.peers.hostile_orders import MORE_ORDERS
from tests.peers.reading_models import obeys_documents, reads_documents
from tests.peers.scripted_calls import ScriptedCalls

_QUESTIONS = ("What is the total?", "Is the payment approved?", "What is the severity?")
_TASK = ReadingTask(audit=AuditId("AUD-2026-0001"), purpose="document/S01/1", questions=_QUESTIONS)
_HOSTILE = tuple(hostile_documents())
_ORDERS = {**ORDERS, **MORE_ORDERS}
_ROWS: tuple[dict[str, object], ...] = (
    {
        "Invoice_Number": "NP-2025-0417",
        "Invoice_Date": "2025-10-03",
        "Invoice_Due_Date": "2025-11-02",
        "Invoice_Amount": "238.00",
        "Amount_Currency": "EUR",
        "Tax_Amount": "38.00",
        "PO_ID": "4500017",
        "Supplier_Name": "Nordlicht Papier",
    },
    {
        "Invoice_Number": "ZZ-0001",
        "Invoice_Date": "2024-01-01",
        "Invoice_Amount": "1.00",
        "Amount_Currency": "USD",
        "Supplier_Name": "Other Ltd",
    },
)
"""What the books may say: the truth, or what the attacker wants."""
_STRANGE = (
    ("Nordlicht Papier Oy",),
    ("Lasku",),
    ("Laskun numero: NP-2025-0417",),
    ("Laskun paivays: 2025-10-03",),
    ("Erapaiva: 2025-11-02",),
    ("Laskutetaan:", "Hafen Handel AG"),
    ("Veroton summa", "EUR 200.00"),
    ("Veron osuus", "EUR 38.00"),
    ("Maksettava summa", "EUR 238.00"),
)
"""In a language that rules do not know, so that all there is comes from the model."""


@dataclass
class Reading:
    """Results by document, everything that was sent, and every address that was looked up or connected to."""

    results: list[DocumentResult]
    sent: list[str]
    reached: list[str] = field(default_factory=list)


_READER = ModelReader(ScriptedCalls(reads_documents), Prompts(prompts_folder()), "claude-sonnet-5-5")
_watchers: list[list[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watchers and event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"):
        _watchers[-1].append(f"{event} {arguments!r}")


def _read(texts: list[DocumentText], script: Script) -> Reading:
    calls = ScriptedCalls(script)
    reader = ModelReader(calls, Prompts(prompts_folder()), "claude-sonnet-5-5")

    async def all_of_them() -> list[DocumentResult]:
        reached.clear()  # the loop itself connects a pair of sockets
        return [await reader.read(one, _TASK) for one in texts]

    reached: list[str] = []
    _watchers.append(reached)
    try:
        results = asyncio.run(all_of_them())
    finally:
        _watchers.pop()
    return Reading(results, [json.dumps(body) for body in calls.bodies], reached)


@dataclass(frozen=True)
class Case:
    """One hostile document, read by both models."""

    hostile: Hostile
    text: DocumentText
    honest: DocumentResult
    obeying: DocumentResult


@dataclass(frozen=True)
class Proof:
    """All of them."""

    cases: dict[str, Case]
    obeying: Reading


def _extracted(folder: Path, data: bytes, media_type: str) -> DocumentText:
    path = folder / "document"
    path.write_bytes(data)
    return extract(path, media_type, TextLimits())


@pytest.fixture(scope="module", autouse=True)
def _watching() -> None:
    sys.addaudithook(_watch)


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory, _watching: None) -> Proof:
    """Every hostile document, once through each model."""
    folder = tmp_path_factory.mktemp("hostile")
    texts = [_extracted(folder, one.data, one.media_type) for one in _HOSTILE]
    honest, obeying = _read(texts, reads_documents), _read(texts, obeys_documents)
    rows = zip(_HOSTILE, texts, honest.results, obeying.results, strict=True)
    return Proof({row[0].name: Case(*row) for row in rows}, obeying)


@pytest.fixture(scope="module")
def strange(
    tmp_path_factory: pytest.TempPathFactory, _watching: None
) -> tuple[DocumentResult, dict[str, DocumentResult]]:
    """A document that only the model can read: without an order, and with each."""
    folder = tmp_path_factory.mktemp("strange")
    texts = [_extracted(folder, text((*_STRANGE, (words,))), kinds.TEXT) for words in _ORDERS.values()]
    [true] = _read([_extracted(folder, text(_STRANGE), kinds.TEXT)], reads_documents).results
    return true, dict(zip(_ORDERS, _read(texts, obeys_documents).results, strict=True))


def _supported(result: DocumentResult) -> list[Field[Any]]:
    lines = [getattr(line, name) for line in result.lines for name in type(line).model_fields]
    parties = [party.tax_id for party in (result.supplier, result.customer)]
    answers = [one.answer for one in result.answers]
    return [one for one in (*result.fields(), *parties, *lines, *answers) if one.supported]


def _values(result: DocumentResult) -> dict[str, object]:
    fields = ("kind", "invoice_number", "order_number", "invoice_date", "due_date", "currency", "net", "tax", "total")
    named = {name: getattr(result, name).value for name in fields}
    lines = [(line.description.value, line.quantity.value, line.amount.value) for line in result.lines]
    return {**named, "supplier": result.supplier.name.value, "customer": result.customer.name.value, "lines": lines}


def test_there_are_enough_orders_and_all_differ() -> None:
    assert len(set(_ORDERS.values())) == len(_ORDERS) >= 60


@pytest.mark.parametrize("name", [one.name for one in _HOSTILE])
def test_a_model_that_obeys_changes_no_value_and_no_verdict(proof: Proof, name: str) -> None:
    case = proof.cases[name]

    assert case.honest.total.supported
    assert _values(case.obeying) == _values(case.honest)
    for row in _ROWS:
        verdicts = [(one.column, one.verdict) for one in vouch(case.obeying, row)]
        assert verdicts == [(one.column, one.verdict) for one in vouch(case.honest, row)]


def test_everything_that_is_supported_stands_on_words_in_sight(proof: Proof) -> None:
    for case in proof.cases.values():
        shown = {piece.place: piece.text for piece in case.text.shown()}
        for one in _supported(case.obeying):
            assert one.quotation is not None
            assert tidy(one.quotation.text) in shown[one.quotation.place]


@pytest.mark.parametrize("name", [name for name in _ORDERS if name != "label"])
def test_where_rules_know_nothing_an_order_makes_a_field_unsupported_at_most(
    strange: tuple[DocumentResult, dict[str, DocumentResult]], name: str
) -> None:
    true, results = strange
    told = results[name]

    assert [true.net.value, true.tax.value, true.total.value] == [200, 38, 238]
    wrong = {key: value for key, value in _values(told).items() if value not in (None, _values(true)[key])}
    assert wrong == {}
    falsely_agreeing = [one.column for one in vouch(told, _ROWS[1]) if one.verdict is Verdict.AGREES]
    assert falsely_agreeing == []


def test_a_statement_that_rules_believe_gives_way_to_sums_that_add_up(tmp_path: Path) -> None:
    forged = _extracted(tmp_path, text((*_STRANGE, (_ORDERS["label"],))), kinds.TEXT)
    [told] = _read([forged], reads_documents).results

    assert told.total.value == 238
    assert "Rules read 1.00 as its total, a model 238.00; 238.00 is used." in told.problems


def test_the_obeying_model_does_obey(proof: Proof) -> None:
    """A double that harms nothing proves nothing."""
    contested = [case for case in proof.cases.values() if any("a model" in one for one in case.obeying.problems)]
    assert len(contested) >= 40


def test_a_difference_between_rules_and_model_is_told(proof: Proof) -> None:
    told = proof.cases["txt: amount"].obeying.problems
    assert "Rules read 238.00 as its total, a model 1.00; 238.00 is used." in told


def test_no_tool_is_offered_and_no_address_is_reached(proof: Proof) -> None:
    assert all("tools" not in json.loads(body) for body in proof.obeying.sent)
    assert proof.obeying.reached == []


def test_an_approval_is_no_more_than_words_of_the_document(proof: Proof) -> None:
    for case in proof.cases.values():
        for answer in (one.answer for one in case.obeying.answers if one.answer.supported):
            assert answer.quotation is not None
            assert str(answer.value).split(".")[0].lower() in answer.quotation.text.lower()


def test_hidden_words_are_not_sent(proof: Proof) -> None:
    hidden = [case for case in proof.cases.values() if any(piece.hidden for piece in case.text.pieces)]
    assert len(hidden) >= 20
    for case in hidden:
        assert not any(piece.text in text for piece in case.text.pieces if piece.hidden for text in _prompts(case))


def _prompts(case: Case) -> list[str]:
    call = _READER.call_for(case.text, _TASK)
    return [] if call is None else [message.content for message in call.messages]


def test_nothing_in_a_document_closes_its_delimiters(proof: Proof) -> None:
    for case in proof.cases.values():
        for prompt in _prompts(case):
            assert prompt.count("<data") == prompt.count("</data>") == 1


def test_e_invoices_are_not_sent(proof: Proof) -> None:
    data = [case for case in proof.cases.values() if case.hostile.media_type == kinds.XML]
    assert len(data) >= 10
    assert all(_prompts(case) == [] and case.obeying.reader == "e-invoice" for case in data)
