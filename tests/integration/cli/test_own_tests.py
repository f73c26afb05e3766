"""Tests of one's own: saved from an audit, run by hand, named in a programme, and checked."""

from pathlib import Path

import pytest

from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.record import canonical_json
from audit_agent.programs import load_program
from audit_agent.store.drafts import Drafts
from audit_agent.store.words import DraftKind
from tests.integration.cli.conftest import MATERIALITY, NOW, Office, Say

LEDGER = """Journal_ID,Effective_Date,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator
J1,2025-03-12,4000,1000.00,D
J1,2025-03-12,1000,1000.00,C
"""
TEST = QueryTest(
    id="Q-01",
    title="Debits to account 4000",
    risk="R1",
    table="GL_Detail",
    sql="SELECT Source_File, Source_Row\nFROM GL_Detail\nWHERE GL_Account_Number = '4000'",
    means="Revenue is debited.",
    tried="1 row",
)
PROGRAM = """id: own
title: My own
version: "1"
objective: Test what I want.
standards: []
risks: [{id: R1, text: Something is wrong., assertions: [accuracy]}]
procedures: [{id: JE-02, risk: R1}]
queries: [debits.yaml]
materiality: [{measure: revenue, percent: "0.5"}]
"""


@pytest.fixture
def saved(office: Office, say: Say, tmp_path: Path) -> Path:
    """The test of an audit's plan, saved as a file."""
    audit = office.audit()
    step = PlanStep(id=StepId("S01"), procedure="Q-01", title=TEST.title, risk="R1", why="-", query=TEST)
    plan = Plan(version=1, program="own", summary="-", materiality=MATERIALITY, steps=(step,), drafted_by="m")
    Drafts(office.database).save(audit, DraftKind.PLAN, 1, office.evidence.put(canonical_json(plan)), NOW)
    file = tmp_path / "debits.yaml"

    said = say("procedures", "save", audit, "S01", "-o", str(file))

    assert (said.code, said.out.strip()) == (0, str(file))
    return file


def test_a_saved_test_can_be_run_by_hand(saved: Path, say: Say, tmp_path: Path) -> None:
    (tmp_path / "gl.csv").write_text(LEDGER, encoding="utf-8")

    said = say("procedures", "run", str(saved), "--books", str(tmp_path / "gl.csv"))

    shown = " ".join(said.out.split())
    assert said.code == 0
    assert "Revenue is debited." in shown
    assert "gl.csv:2" in shown


def test_a_programme_takes_it_up_by_its_file(saved: Path, say: Say, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(PROGRAM, encoding="utf-8")

    assert say("programs", "validate", str(own)).code == 0
    assert load_program(str(own)).queries == (TEST.model_copy(update={"tried": ""}),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SELECT", "DELETE", "Q-01: "),
        ("table: GL_Detail", "table: Secrets", "which is no canonical table"),
        ("id: Q-01", "id: JE-02", "String should match pattern"),
        ("risk: R1", "risk: R9", "the risk 'R9', which is not listed"),
        ("means:", "moans:", "means: Field required"),
    ],
)
def test_a_test_that_is_wrong_says_where(
    saved: Path, say: Say, tmp_path: Path, old: str, new: str, message: str
) -> None:
    saved.write_text(saved.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(PROGRAM, encoding="utf-8")

    said = say("programs", "validate", str(own))

    assert said.code == 2
    assert message in " ".join(said.err.split())


def test_a_step_that_is_no_query_cannot_be_saved(office: Office, say: Say, tmp_path: Path) -> None:
    said = say("procedures", "save", office.audit(), "S01", "-o", str(tmp_path / "x.yaml"))

    assert (said.code, "Step 'S01' of" in said.err) == (3, True)
    assert not (tmp_path / "x.yaml").exists()
