"""A model investigates while worker, server and supervisor die: each turn is paid once, conclusions agree."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit_agent.activities.blobs import load
from audit_agent.domain.investigation import Conclusion, ToolUse
from audit_agent.domain.investigation_paper import InvestigationPaper
from audit_agent.handoff.start import Order
from audit_agent.programs.loader import load_program
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.investigations import Investigations
from audit_agent.store.reading import audit_status
from audit_agent.store.verify import verify
from tests.chaos.audit_run import REQUESTER, eager, finished
from tests.chaos.reading_run import ReadingRun, Stack
from tests.peers.anthropic_server import AnthropicServer, Body

pytestmark = pytest.mark.timeout(600)

POINTS = (
    "before:take_turn",
    "mid:take_turn",
    "after:take_turn",
    "before:use_tool",
    "mid:use_tool",
    "after:use_tool",
    "mid:close_investigation",
    "after:close_investigation",
)
"""Before a turn's call is sent; when its answer is stored and not yet kept; when Temporal does not know it yet."""
TURNS = 3
SUPPLIERS = 2


class InvestigatingRun(ReadingRun):
    """An audit of books with duplicate invoices of two suppliers, which a model looks into."""

    model_does = "investigating"

    def order(self) -> Order:
        return Order(
            program=load_program("procure-to-pay"), books=self.stack.books, requester=REQUESTER, policy=eager()
        )

    def ended(self) -> bool:
        """Whether the report is published."""
        return finished(audit_status(self.database, self.audit))

    def conclusions(self) -> dict[str, tuple[Conclusion | None, tuple[ToolUse, ...]]]:
        """What each investigation concluded, and the tools it used."""
        evidence = FolderEvidence(self.settings.evidence_folder)
        papers = {
            one.lead: load(evidence, InvestigationPaper, one.paper)
            for one in Investigations(self.database).of_audit(self.audit)
            if one.paper is not None
        }
        return {lead: (paper.conclusion, paper.course.uses) for lead, paper in papers.items()}


def investigates(body: Body) -> Any:
    """Two queries, then a conclusion; the same request gets the same answer, whoever asks."""
    seen = json.dumps(body["messages"])
    exception = re.search(r"S\d\d-E\d{5}", seen)
    assert exception is not None, "nothing but turns is asked of the model"
    if "T01" not in seen:
        return _turn(("query", {"sql": "SELECT count(*) AS lines FROM Invoices_Received"}))
    if "T02" not in seen:
        return _turn(("query", {"sql": "SELECT count(*) AS suppliers FROM Supplier_Listing"}))
    statement = {"text": f"No credit note exists for {exception[0]}.", "citations": [exception[0], "T01", "T02"]}
    return _turn(conclusion={"judgement": "confirmed", "statements": [statement], "explained": []})


def _turn(*calls: tuple[str, dict[str, str]], conclusion: dict[str, Any] | None = None) -> dict[str, Any]:
    named = [
        {"tool": tool, "arguments": [{"name": name, "value": value} for name, value in arguments.items()]}
        for tool, arguments in calls
    ]
    return {"note": "Look for a credit note.", "calls": named, "conclusion": conclusion}


class Duplicates(Stack):
    """Books in which each supplier's invoice was entered twice."""

    def __init__(self, folder: Path) -> None:
        self.documents, self.books, self.count = folder / "none", folder / "books", 2 * SUPPLIERS
        self.books.mkdir(parents=True)
        rows = ["Invoice_ID,Invoice_Number,Invoice_Date,Supplier_Account_ID,Invoice_Amount,Amount_Currency"]
        suppliers = ["Supplier_Account_ID,Supplier_Name"]
        for supplier in range(SUPPLIERS):
            suppliers.append(f"7002{supplier},Supplier {supplier}")
            rows += (
                f"{supplier}{copy},HB-0{supplier},2025-10-1{copy},7002{supplier},{900 + supplier}.00,EUR"
                for copy in range(2)
            )
        (self.books / "invoices.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (self.books / "suppliers.csv").write_text("\n".join(suppliers) + "\n", encoding="utf-8")


@pytest.fixture
def service() -> Iterator[AnthropicServer]:
    with AnthropicServer() as running:
        running.script = investigates
        yield running


async def _to_the_end(run: InvestigatingRun) -> None:
    await run.start()
    await run.carry_on(run.ended, 300)


def test_an_investigation_goes_on_where_it_was_whatever_dies(tmp_path: Path, service: AnthropicServer) -> None:
    # Given what is concluded when nothing is killed
    stack = Duplicates(tmp_path)
    undisturbed = InvestigatingRun(tmp_path / "undisturbed", stack, service)
    with undisturbed.machine():
        asyncio.run(_to_the_end(undisturbed))
    turns = service.bill
    assert turns == len(service.billed) == TURNS * len(undisturbed.conclusions()) > 0
    service.billed.clear()

    # When the worker dies at every point, the server once, and then the supervisor with all it had started
    run = InvestigatingRun(tmp_path / "killed", stack, service, POINTS)

    async def until_the_first_turn_is_paid() -> None:
        await run.start()
        await run.carry_on(lambda: service.bill >= 1, 120)

    with run.machine():
        asyncio.run(until_the_first_turn_is_paid())
        run.kill("server")
        asyncio.run(run.carry_on(lambda: service.bill >= TURNS - 1, 120))
        run.kill("supervisor")
        asyncio.run(run.carry_on(run.ended, 300))

    # Then each turn was paid once and the conclusions, citations and results are the same
    print(f"{len(run.fired())} points, a server and a supervisor: {service.bill} turns billed for {turns} distinct")
    assert service.bill == len(service.billed) == turns
    assert run.exposure() == 0
    assert run.fired() == {point.replace("/", "-") for point in POINTS}
    assert run.conclusions() == undisturbed.conclusions()
    assert verify(run.database, FolderEvidence(run.settings.evidence_folder), run.audit).misfit is None
