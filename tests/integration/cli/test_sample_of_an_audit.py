"""A sample within an audit: its items are written, audited by their owner, handed in, and projected."""

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent import bootstrap
from audit_agent.activities.contract import StepTask
from audit_agent.activities.fieldwork import FieldworkActivities
from audit_agent.books.importing import import_books
from audit_agent.domain.evidence_request import Attachment, EvidenceRequest, Reply, RequestOutcome
from audit_agent.domain.ids import AuditId, DecisionId, Person, RequestId, StepId
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.domain.policy import GatePolicy
from audit_agent.domain.record import Digest, canonical_json
from audit_agent.domain.review import Answer, Receipt
from audit_agent.domain.workpaper import Workpaper
from audit_agent.sample.writer import generate
from audit_agent.settings import load_settings
from audit_agent.store.audits import Audits
from audit_agent.store.drafts import Drafts
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.words import DraftKind
from tests.integration.cli.conftest import MATERIALITY, NOW, REQUESTER, Office, Say

OMAR = Person("user:omar")
STEP = PlanStep(
    id=StepId("S01"),
    procedure="SMP-03",
    title="Sample of invoices",
    risk="R1",
    why="-",
    parameters={"tolerable": "300000", "seed": "3"},
)


class Planned:
    """An audit of the sample books whose plan has one sample."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.audit = office, office.audit()
        generate(folder, 7)
        self.books, _ = import_books(folder / "books", office.evidence)
        Audits(office.database).set_books(self.audit, self.books, rows=1, rejected_rows=0, currency="EUR", at=NOW)
        plan = Plan(
            version=1, program="own", summary="-", materiality=MATERIALITY, steps=(STEP,), drafted_by="offline-rules/1"
        )
        self.plan: Digest = office.evidence.put(canonical_json(plan))
        Drafts(office.database).save(self.audit, DraftKind.PLAN, 1, self.plan, NOW)

    def hand_in(self, content: bytes) -> None:
        """Omar answers the step's question with a file."""
        database, audit = self.office.database, self.audit
        asked = EvidenceRequest(
            id=RequestId(f"{audit}/S01/1"), audit=audit, step=STEP.id, owner=OMAR, question="What are they?",
            expected="the filled file", requester=REQUESTER, policy=GatePolicy(), asked_at=NOW,
            due=NOW + timedelta(days=7),
        )  # fmt: skip
        file = Attachment(
            digest=self.office.evidence.put(content), name="items.csv", media_type="text/csv", size=len(content)
        )
        reply = Reply(
            id=DecisionId("r-1"), request=asked.id, audit=audit, person=OMAR, text="", file=file, surface="terminal",
            made_at=NOW,
        )  # fmt: skip
        EvidenceRequests(database).open(asked, NOW)
        Replies(database).receive(reply, NOW)
        digest = self.office.evidence.put(canonical_json(reply))
        Replies(database).answer(reply, Receipt(decision=reply.id, answer=Answer.RECORDED, message="-"), NOW, digest)
        EvidenceRequests(database).close(asked.id, RequestOutcome.ANSWERED, NOW)

    def carry_out(self) -> Workpaper:
        services = bootstrap.services(load_settings())
        task = StepTask(
            audit=self.audit, plan=self.plan, books=self.books, period=None, currency="EUR", step=STEP.id, revision=1
        )
        try:
            done = ActivityEnvironment().run(FieldworkActivities(services).perform_step, task)
        finally:
            services.close()
            services.database.close()
        assert done.workpaper is not None, done.not_done
        return Workpaper.model_validate_json(self.office.evidence.read(done.workpaper))


@pytest.fixture
def planned(office: Office, tmp_path: Path) -> Planned:
    return Planned(office, tmp_path / "sample")


def test_items_are_written_audited_handed_in_and_projected(planned: Planned, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    said = say("procedures", "items", planned.audit, "S01", "-o", str(file))
    with file.open(encoding="utf-8", newline="") as opened:
        items = list(csv.DictReader(opened))
    for item in items:
        item["Audited_Value"] = item["Book_Value"]
    items[0]["Audited_Value"] = str(Decimal(items[0]["Book_Value"]) - 100)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(items[0]))
        writer.writeheader()
        writer.writerows(items)

    planned.hand_in(file.read_bytes())
    paper = planned.carry_out()

    assert said.code == 0
    assert f"{len(items)} items. Fill in Audited_Value" in " ".join(said.out.split())
    (found,) = paper.top
    assert (found.amount, found.sources[0].file) == (Decimal("100.0000"), items[0]["Source_File"])
    assert Decimal(paper.statistics["Likely misstatement"]) >= 100
    assert paper.asked[0].answered_by == OMAR


def test_audited_values_are_not_lost_by_writing_the_items_again(planned: Planned, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("audited", encoding="utf-8")

    said = say("procedures", "items", planned.audit, "S01", "-o", str(file))

    assert (said.code, "audited values in it would be lost" in said.err) == (2, True)
    assert file.read_text(encoding="utf-8") == "audited"


def test_a_step_that_is_no_sample_has_no_items(office: Office, say: Say, tmp_path: Path) -> None:
    said = say("procedures", "items", AuditId(office.audit()), "S07", "-o", str(tmp_path / "items.csv"))

    assert (said.code, "Step 'S07' of" in said.err) == (3, True)
