"""What reviewers suppressed is dismissed, kept with who said why, and nothing else is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.suppression import Suppression
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence

NIGHT = {"Entered_Time": "23:30:00"}


def suppression(where: dict[str, str], **more: Any) -> Suppression:
    return Suppression.model_validate(
        {
            "id": "sup-0003",
            "procedure": "JE-06",
            "where": where,
            "until": date(2027, 3, 31),
            "reason": "The night shift of the warehouse, seen on the roster.",
            "author": Person("user:carol"),
            "audit": AuditId("AUD-2025-0004"),
            "ref": "S05-E00002",
        }
        | more
    )


@pytest.fixture
def performed(evidence: FolderEvidence, journal: Any) -> Any:
    """JE-06 over two night journals, of ANNA over 100.00 and of BEN over 200.00, with these suppressions."""
    lines = journal("J1", ("4000", "100.00"), ("1000", "-100.00"), **NIGHT)
    lines += journal("J2", ("4000", "200.00"), ("1000", "-200.00"), Entered_By="BEN", **NIGHT)

    def run(*suppressions: Suppression) -> Workpaper:
        step = PlanStep(
            id=StepId("S01"),
            procedure="JE-06",
            title="-",
            risk="R1",
            why="-",
            suppressions=suppressions,
            parameters={"batch_share": "0"},
        )
        with MemoryTables({"GL_Detail": lines}) as tables:
            return perform(step, tables, evidence, "USD")

    return run


def flagged(paper: Workpaper) -> list[str]:
    return [item.key for item in paper.top]


def test_what_has_the_value_is_dismissed_and_says_who_said_why_and_until_when(performed: Any) -> None:
    paper = performed(suppression({"Entered_By": "anna"}))

    assert flagged(paper) == ["Journal J2"]
    (item,) = paper.dismissed.top
    assert (item.key, item.rule) == ("Journal J1", "sup-0003")
    assert item.because == (
        "user:carol dismissed S05-E00002 of AUD-2025-0004: The night shift of the warehouse, seen on the roster."
    )
    assert paper.dismissed.by[0].title == "Suppressed until 2027-03-31 where Entered_By is anna"


def test_an_exception_over_the_largest_amount_stays(performed: Any) -> None:
    covers = suppression({"Source": "MAN"}, largest_amount=Decimal("100.00"))

    assert flagged(performed(covers)) == ["Journal J2"]


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"Entered_By": "CARL"}, id="another value"),
        pytest.param({"Entered_By": "ANNA", "Source": "SA"}, id="one of two conditions"),
        pytest.param({"Colour": "red"}, id="a column it does not flag by"),
        pytest.param({"Approved_By": ""}, id="a column without a value"),
    ],
)
def test_what_does_not_fit_in_full_covers_nothing(performed: Any, where: dict[str, str]) -> None:
    assert len(flagged(performed(suppression(where)))) == 2


def test_without_suppressions_the_plans_bytes_are_what_they_were() -> None:
    step = PlanStep(id=StepId("S01"), procedure="JE-06", title="-", risk="R1", why="-")

    assert "suppressions" not in step.model_dump_json()
