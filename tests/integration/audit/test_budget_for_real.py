"""An audit whose documents a model reads, on the real server, over a meter: no more is spent than people agreed to."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from audit_agent.activities.services import Services
from audit_agent.domain.audit import Phase
from audit_agent.domain.ids import AuditId
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Verdict
from audit_agent.handoff.start import Order, start_audit
from audit_agent.llm.calls import PaidCalls
from audit_agent.llm.claude.documents import ModelReader
from audit_agent.llm.claude.transport import AnthropicTransport
from audit_agent.llm.claude.wire import OUTPUTS
from audit_agent.llm.prices import load_prices
from audit_agent.llm.prompts import Prompts
from audit_agent.resources import prompts_folder
from audit_agent.sample.writer import generate
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reading import AuditStatus
from tests.integration.audit.conftest import POLICY, QUEUE, SOMEBODY, Stage, invoices_only
from tests.peers.anthropic_server import AnthropicServer

DOCUMENTS = 120

pytestmark = pytest.mark.timeout(300)


class ModelStage(Stage):
    """Rules plan and word; a model reads."""

    server: AnthropicServer
    calls: PaidCalls

    def services(self) -> Services:
        transport = AnthropicTransport(OUTPUTS, api_key="test-key", base_url=self.server.url)
        self.calls = PaidCalls(DatabaseLedger(self.database), transport, load_prices())
        reader = ModelReader(self.calls, Prompts(prompts_folder()), "claude-sonnet-5-5")
        return replace(super().services(), reader=reader)

    async def within(self, budget: str, documents: Path) -> AuditId:
        order = Order(
            program=invoices_only(),
            books=self.books,
            requester=SOMEBODY,
            policy=POLICY,
            documents=str(documents),
            budget=Decimal(budget),
        )
        return await start_audit(order, Audits(self.database), self.client, QUEUE)


@pytest.fixture
def stage(environment: WorkflowEnvironment, tmp_path: Path) -> Iterator[Stage]:
    generate(tmp_path / "sample", 7)
    stage = ModelStage(environment.client, tmp_path, tmp_path / "sample" / "books")
    with AnthropicServer() as stage.server:
        yield stage
    stage.database.close()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"{number:04d}.txt").write_text(f"Invoice {number:04d}\nTotal 1,200.00 EUR\n", encoding="utf-8")
    return folder


def test_raised_at_the_gate_every_document_is_read_and_paid_once(play: Any, documents: Path) -> None:
    async def scenario(stage: ModelStage) -> AuditStatus:
        # A document costs less than a cent by the meter, and up to a dozen while it is under way.
        audit = await stage.within("0.40", documents)
        await stage.decide(audit, *[Verdict.APPROVE] * 5)
        status = await stage.ended(audit)
        await stage.calls.close()
        return status

    stage, status = play(scenario)

    audit = status.audit.id
    spent = DatabaseLedger(stage.database).spend(audit).total
    budget = Budgets(stage.database).of(audit)
    assert budget is not None
    assert status.audit.phase is Phase.FINISHED, status.audit.reason
    assert [held.review.gate for held in status.reviews][:2] == [Gate.PLAN, Gate.BUDGET]
    assert (spent.calls, set(stage.server.billed.values())) == (DOCUMENTS, {1})
    assert budget.spent == spent.cost
    assert budget.reserved == 0
    assert [raised.before for raised in Budgets(stage.database).raises(audit)] == [Decimal("0.40")]
