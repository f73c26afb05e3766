"""A plan takes up what is suppressed on the day it is drafted, and shows it to whoever approves it."""

from datetime import date
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent.activities.contract import DraftedPlan, PlanDraft
from audit_agent.activities.planning import PlanActivities
from audit_agent.activities.services import Services
from audit_agent.books.importing import import_books
from audit_agent.domain.ids import Person
from audit_agent.domain.plan import Plan
from audit_agent.domain.record import Digest
from audit_agent.domain.suppression import Suppression
from audit_agent.sample.writer import generate
from audit_agent.store.suppressions import Suppressions
from tests.unit.activities.test_analysts import AUDIT, NOW, ask_for, services

__all__ = ["services"]

CAROL = Person("user:carol")


@pytest.fixture
def books(services: Services, tmp_path: Path) -> Digest:
    ask_for(services, None)
    generate(tmp_path / "sample", 7)
    digest, _ = import_books(tmp_path / "sample" / "books", services.evidence)
    return digest


def suppression(procedure: str, until: date) -> Suppression:
    return Suppression(
        id="sup-0000",
        procedure=procedure,
        where={"Entered_By": "ANNA"},
        until=until,
        reason="Seen.",
        author=CAROL,
        audit=AUDIT,
        ref="S05-E00001",
    )


async def drafted(services: Services, task: PlanDraft) -> tuple[DraftedPlan, Plan]:
    shown: DraftedPlan = await ActivityEnvironment().run(PlanActivities(services).draft_plan, task)
    return shown, Plan.model_validate_json(services.evidence.read(shown.digest))


@pytest.mark.anyio
async def test_a_plan_has_what_is_suppressed_for_its_procedures_and_says_so(services: Services, books: Digest) -> None:
    today = services.clock().date()
    kept = Suppressions(services.database)
    made = kept.add(suppression("JE-06", today), NOW)
    kept.add(suppression("JE-06", date(2025, 1, 1)), NOW)
    kept.add(suppression("P2P-13", today), NOW)

    shown, plan = await drafted(services, PlanDraft(audit=AUDIT, books=books))

    assert made.id == "sup-0001"
    assert {step.procedure: step.suppressions for step in plan.steps if step.suppressions} == {"JE-06": (made,)}
    step = next(step for step in plan.steps if step.procedure == "JE-06")
    assert f"{step.id} suppresses {made.in_a_line}" in shown.highlights


@pytest.mark.anyio
async def test_one_that_was_revoked_is_gone_from_the_next_version_which_says_so(
    services: Services, books: Digest
) -> None:
    kept = Suppressions(services.database)
    made = kept.add(suppression("JE-06", services.clock().date()), NOW)
    first, _ = await drafted(services, PlanDraft(audit=AUDIT, books=books))
    kept.revoke(made.id, CAROL, NOW)

    again = PlanDraft(audit=AUDIT, books=books, version=2, previous=first.digest, comments=("without it",))
    shown, plan = await drafted(services, again)

    assert not [step for step in plan.steps if step.suppressions]
    assert [line for line in shown.highlights if line.endswith(f"no longer has {made.id}")]
