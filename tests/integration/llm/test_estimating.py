"""What documents will cost is counted on a sample before anything is spent; counting costs nothing."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from audit_agent import bootstrap
from audit_agent.activities.estimating import SAMPLE, estimate_documents, sample_of
from audit_agent.activities.services import Services
from audit_agent.documents.s3 import S3Access
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.documents.sets.given import given_set
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.ledger import Reserved
from audit_agent.domain.plan import VOUCHING, PlanStep
from audit_agent.domain.record import Digest, digest_of
from audit_agent.domain.spend import SpendEstimate, Tokens
from audit_agent.llm.estimating import USUAL_OUTPUT_TOKENS
from audit_agent.programs.loader import load_program
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits
from audit_agent.store.ledger import DatabaseLedger
from tests.integration.llm.test_paid_calls import call_request, stored_answer
from tests.peers.anthropic_server import AnthropicServer

AUDIT = AuditId("AUD-2026-0001")
NOW = datetime(2026, 1, 5, tzinfo=UTC)
STEP = PlanStep(id=StepId("S05"), procedure=VOUCHING, title="Vouch", risk="R1", why="They are there.")


@pytest.fixture
def services(tmp_path: Path, server: AnthropicServer) -> Iterator[Services]:
    settings = Settings(
        home=tmp_path / "home",
        analyst="anthropic",
        anthropic_api_key=SecretStr("test-key"),
        anthropic_base_url=server.url,
        model="claude-sonnet-5-5",
    )
    wired = bootstrap.services(settings)
    wired.database.upgrade()
    yield wired
    wired.close()
    wired.database.close()


def frozen(services: Services, folder: Path, count: int) -> Digest:
    """So many invoices, and as many e-mails that are none, which cannot be read."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04d}.txt").write_text(f"Invoice {number:04d}\nTotal 1,200.00 EUR\n", encoding="utf-8")
        (folder / f"{number:04d}.zzz").write_bytes(b"\x00\x01\x02" + number.to_bytes(2))
    digest, _ = freeze_documents(given_set(str(folder), S3Access()), services.evidence)
    return digest


def begin(services: Services, economy: bool = False) -> None:
    request = AuditRequest(
        audit=AUDIT,
        program=load_program("general"),
        books="/books",
        requester=Person("user:somebody"),
        requested_at=NOW,
        economy=economy,
    )
    Audits(services.database).create(request, NOW)


def estimated(services: Services, documents: Digest) -> SpendEstimate | None:
    async def work() -> SpendEstimate | None:
        try:
            return await estimate_documents(services, AUDIT, documents, STEP)
        finally:
            await services.analyst.close()

    return asyncio.run(work())


def test_a_sample_is_counted_and_stands_for_the_set(
    services: Services, server: AnthropicServer, tmp_path: Path
) -> None:
    begin(services)
    documents = frozen(services, tmp_path / "documents", 100)

    estimate = estimated(services, documents)

    assert estimate is not None
    assert (estimate.documents, estimate.sampled) == (200, SAMPLE)
    assert estimate.calls == 100
    assert estimate.tokens.output == 100 * USUAL_OUTPUT_TOKENS
    assert not estimate.output_is_measured
    # Two dollars a million in, ten out.
    expected = estimate.tokens.input * Decimal(2) / 10**6 + estimate.tokens.output * Decimal(10) / 10**6
    assert estimate.cost == expected.quantize(Decimal("0.0001"))
    assert estimate.in_a_line.startswith("Model: about ")
    assert (server.requests, DatabaseLedger(services.database).spend(AUDIT).total.calls) == ([], 0)


def test_answers_in_the_ledger_tell_how_long_answers_are(services: Services, tmp_path: Path) -> None:
    begin(services)
    ledger = DatabaseLedger(services.database)
    wish = call_request(digest_of("before")).model_copy(update={"prompt": "document/v1"})
    tokens = Tokens(input=10, output=333)
    claim = ledger.claim(wish)
    assert isinstance(claim, Reserved)
    ledger.settle(wish.key, claim.reservation, stored_answer("x").model_copy(update={"tokens": tokens}))

    estimate = estimated(services, frozen(services, tmp_path / "documents", 10))

    assert estimate is not None
    assert (estimate.tokens.output, estimate.output_is_measured) == (10 * 333, True)


def test_an_audit_that_waits_for_batches_pays_half(services: Services, tmp_path: Path) -> None:
    begin(services, economy=True)

    estimate = estimated(services, frozen(services, tmp_path / "documents", 10))

    assert estimate is not None
    assert estimate.cost is not None
    whole = estimate.tokens.input * Decimal(2) / 10**6 + estimate.tokens.output * Decimal(10) / 10**6
    assert estimate.cost == (whole / 2).quantize(Decimal("0.0001"))


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 1_000_000])
def test_the_sample_lies_within_the_set_and_names_nothing_twice(count: int) -> None:
    sample = sample_of(count)
    assert len(set(sample)) == len(sample) == min(SAMPLE, count)
    assert 0 <= min(sample) <= max(sample) < count
