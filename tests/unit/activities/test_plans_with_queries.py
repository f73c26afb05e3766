"""Tests of an audit's own are tried before people see the plan; what cannot run is left out with the reason."""

from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from audit_agent.activities.contract import DraftedPlan, PlanDraft
from audit_agent.activities.planning import PlanActivities
from audit_agent.activities.services import Services
from audit_agent.books.importing import import_books
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import Person
from audit_agent.domain.plan import Plan
from audit_agent.domain.query_test import QueryTest
from audit_agent.programs import load_program
from audit_agent.sample.writer import generate
from audit_agent.store.audits import Audits
from tests.unit.activities.test_analysts import AUDIT, NOW, services

__all__ = ["services"]

_LATE = "SELECT Source_File, Source_Row FROM Payments_Made WHERE Payment_Amount > 20000"


def query(number: int, sql: str, table: str = "Payments_Made") -> QueryTest:
    return QueryTest(id=f"Q-0{number}", title=f"Test {number}", risk="R1", table=table, sql=sql, means="It stands out.")


@pytest.mark.anyio
async def test_a_query_is_tried_and_shown_and_one_that_cannot_run_is_left_out(
    services: Services, tmp_path: Path
) -> None:
    tests = (
        query(1, _LATE),
        query(2, "SELECT Payment_ID FROM Payments_Made"),
        query(3, "SELECT * FROM read_parquet('/etc/passwd')"),
        query(4, "SELECT Source_File, Source_Row FROM Payroll", table="Payroll"),
    )
    program = load_program("procure-to-pay").model_copy(update={"queries": tests})
    request = AuditRequest(
        audit=AUDIT, program=program, books="/books", requester=Person("user:somebody"), requested_at=NOW
    )
    Audits(services.database).create(request, NOW)
    generate(tmp_path / "sample", 7)
    books, _ = import_books(tmp_path / "sample" / "books", services.evidence)

    shown: DraftedPlan = await ActivityEnvironment().run(
        PlanActivities(services).draft_plan, PlanDraft(audit=AUDIT, books=books)
    )

    plan = Plan.model_validate_json(services.evidence.read(shown.digest))
    (step,) = (step for step in plan.steps if step.query is not None)
    assert step.query is not None
    assert (step.procedure, step.query.sql, step.query.tried.endswith(" rows")) == ("Q-01", _LATE, True)
    assert f"{step.id} is a test of its own: {step.query.in_a_line}" in shown.highlights
    left_out = {item.procedure: item.reason for item in plan.omitted}
    assert "without Source_File and Source_Row" in left_out["Q-02"]
    assert "Q-03" in left_out
    assert left_out["Q-04"] == "Test 4 flags rows of Payroll, which the books do not carry."
