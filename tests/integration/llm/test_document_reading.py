"""Documents read by a model over the wire and through the ledger: paid once, pictures sent, tools ignored."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from audit_agent.clock import system_clock
from audit_agent.documents.analysis import DocumentAnalysis
from audit_agent.documents.fetching.fetcher import SetFetcher
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.manifest import read_entries
from audit_agent.documents.reading.reader import DocumentReader, ReadingTask
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.s3 import S3Access
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.given import given_set
from audit_agent.documents.text import kinds
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText, Outcome
from audit_agent.documents.text.processes import TextReader
from audit_agent.domain.ids import AuditId
from audit_agent.llm.choose import document_reader, model_calls
from audit_agent.resources import prompts_folder
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import CACHE_READ_TOKENS, AnthropicServer, Fault
from tests.peers.documents import INVOICE, pdf, text, ubl
from tests.peers.hostile_documents import ORDERS
from tests.peers.reading_models import obeys_documents, reads_documents

Result = TypeVar("Result")
_TASK = ReadingTask(audit=AuditId("AUD-2026-0001"), purpose="document/S01/1", questions=("Is it approved?",))


@pytest.fixture
def ledger(sqlite_database: Database) -> DatabaseLedger:
    """What is paid does not depend on the database here."""
    return DatabaseLedger(sqlite_database)


def _extracted(folder: Path, data: bytes, media_type: str) -> DocumentText:
    path = folder / "document"
    path.write_bytes(data)
    return extract(path, media_type, TextLimits())


def _with_reader(
    ledger: DatabaseLedger, server: AnthropicServer, job: Callable[[DocumentReader], Awaitable[Result]]
) -> Result:
    async def working() -> Result:
        calls = model_calls("auto", api_key="test-key", base_url=server.url, gateway=None, ledger=ledger)
        assert calls is not None
        try:
            return await job(document_reader(calls, model="claude-sonnet-5-5", prompts=prompts_folder()))
        finally:
            await calls.close()

    return asyncio.run(working())


def _read(ledger: DatabaseLedger, server: AnthropicServer, *documents: DocumentText) -> list[DocumentResult]:
    async def reading(reader: DocumentReader) -> list[DocumentResult]:
        return [await reader.read(document, _TASK) for document in documents]

    return _with_reader(ledger, server, reading)


def test_a_document_is_paid_once_and_its_spend_is_its_own(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path
) -> None:
    server.script = reads_documents
    document = _extracted(tmp_path, text(), kinds.TEXT)

    first, again = _read(ledger, server, document, document)

    assert first == again
    assert (first.reader, first.total.value, first.problems) == ("claude-sonnet-5-5", Decimal("238.00"), ())
    spend = ledger.spend("AUD-2026-0001")
    assert (server.bill, spend.total.calls, spend.total.tokens.cache_read) == (1, 1, CACHE_READ_TOKENS)
    assert [line.name for line in spend.by_purpose] == ["document/S01"]


def test_the_pages_of_a_scan_are_sent_as_pictures(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path
) -> None:
    server.script = reads_documents
    scan = _extracted(tmp_path, pdf([], pages=2), kinds.PDF)

    [result] = _read(ledger, server, scan)

    content = server.requests[0]["messages"][0]["content"]
    assert [block["type"] for block in content] == ["image", "image", "text"]
    assert [block["source"]["data"] for block in content[:2]] == [picture.data for picture in scan.pictures]
    assert result.total.quotation is not None
    assert result.total.quotation.in_picture


def test_a_scan_in_a_set_reaches_the_model_and_nobody_else_does(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path
) -> None:
    server.script = reads_documents
    documents, evidence = tmp_path / "documents", FolderEvidence(tmp_path / "evidence")
    documents.mkdir()
    for name, data in (("1.pdf", pdf([])), ("2.pdf", pdf(password="secret")), ("3.xml", ubl())):
        (documents / name).write_bytes(data)
    _, manifest = freeze_documents(given_set(str(documents), S3Access()), evidence)
    entries = read_entries(evidence, manifest, 0, 10)

    async def reading(reader: DocumentReader) -> list[Outcome | None]:
        with TextReader() as texts:
            async with SetFetcher(manifest, FetchPolicy(), evidence, S3Access(), system_clock) as fetcher:
                page = await DocumentAnalysis(fetcher, evidence, texts, reader, lambda _: _TASK).page(entries)
        return [one.result.outcome if one.result else None for one in page]

    assert _with_reader(ledger, server, reading) == [Outcome.READ, Outcome.ENCRYPTED, Outcome.READ]
    assert server.bill == 1


@pytest.mark.parametrize("fault", [Fault.BAD_REQUEST, Fault.REFUSAL])
def test_a_picture_the_service_does_not_take_stays_unread(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path, fault: Fault
) -> None:
    server.fail_always(fault)

    [result] = _read(ledger, server, _extracted(tmp_path, pdf([]), kinds.PDF))

    assert result.outcome is Outcome.NEEDS_MODEL
    assert "A model gave no reading of it" in result.reason


@pytest.mark.parametrize("fault", [Fault.CUT_JSON, Fault.WRONG_SCHEMA, Fault.MAX_TOKENS, Fault.REFUSAL])
def test_without_an_answer_of_use_rules_read(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path, fault: Fault
) -> None:
    server.script = reads_documents
    server.fail_always(fault)

    [result] = _read(ledger, server, _extracted(tmp_path, text(), kinds.TEXT))

    assert (result.reader, result.total.value) == ("offline", Decimal("238.00"))
    assert "A model gave no reading of it" in result.reason


@pytest.mark.parametrize("name", ["call", "tool", "amount", "schema"])
def test_a_call_of_a_tool_in_an_answer_is_nothing(
    ledger: DatabaseLedger, server: AnthropicServer, tmp_path: Path, name: str
) -> None:
    server.script = obeys_documents
    document = _extracted(tmp_path, text((*INVOICE, (ORDERS[name],))), kinds.TEXT)

    [result] = _read(ledger, server, document)

    assert (result.total.value, result.currency.value) == (Decimal("238.00"), "EUR")
    assert not result.answers[0].answer.supported
    assert all("tools" not in request for request in server.requests)
