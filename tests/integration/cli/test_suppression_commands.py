"""`audit-agent suppressions` as a reviewer types it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.record import canonical_json
from audit_agent.procedures.perform import perform
from audit_agent.store.steps import Steps
from tests.integration.cli.conftest import Office, Say

NOW = datetime.now(UTC)
UNTIL = (NOW + timedelta(days=300)).date().isoformat()


@pytest.fixture
def flagged(office: Office) -> AuditId:
    """An audit in which S01-E00001 is a journal that ANNA entered at night."""
    audit = office.audit()
    line = {
        "Journal_ID": "J1",
        "Effective_Date": "2025-03-12",
        "Entered_Date": "2025-03-12",
        "Entered_Time": "23:30:00",
        "Entered_By": "ANNA",
        "Source": "MAN",
        "Amount": "100.00",
        "GL_Account_Number": "4000",
        "Amount_Credit_Debit_Indicator": "D",
    }
    step = PlanStep(id=StepId("S01"), procedure="JE-06", title="-", risk="R1", why="-", parameters={"batch_share": "0"})
    with MemoryTables({"GL_Detail": [line]}) as tables:
        paper = perform(step, tables, office.evidence, "EUR")
    steps, digest = Steps(office.database), office.evidence.put(canonical_json(paper))
    steps.begin(audit, step.id, 1, step.procedure, step.title, NOW)
    steps.finish(audit, step.id, 1, digest, paper.exception_count, Decimal(1), NOW)
    return audit


def test_what_is_like_an_exception_is_suppressed_listed_and_revoked(flagged: AuditId, say: Say) -> None:
    added = say(
        "suppressions", "add", flagged, "S01-E00001", "--by", "Entered_By", "--until", UNTIL,
        "--reason", "Night shift, on the roster.", "--at-most", "500", "--as", "carol", "--json",
    )  # fmt: skip
    listed = say("suppressions", "list")
    revoked = say("suppressions", "revoke", added.data["id"], "--as", "ben")
    left = say("suppressions", "list")
    everything = say("suppressions", "list", "--all", "--json")

    assert (added.data["procedure"], added.data["where"], added.data["largest_amount"]) == (
        "JE-06",
        {"Entered_By": "ANNA"},
        "500",
    )
    assert "Night shift" in listed.out
    assert "sup-0001 is revoked: JE-06 flags again where Entered_By is ANNA, up to 500" in revoked.out
    assert "Nothing is suppressed." in left.out
    assert [kept["revoked_by"] for kept in everything.data] == ["user:ben"]


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        ({"ref": "S01-E00009"}, 3, "shows an exception 'S01-E00009'"),
        ({"by": "Colour"}, 2, "S01-E00001 has no Colour"),
        ({"until": "someday"}, 2, "'someday' is no day"),
        ({"until": "2020-01-01"}, 2, "is over"),
        ({"until": "2999-01-01"}, 2, "more than three years away"),
        ({"reason": " "}, 2, "There is no reason"),
        ({"at_most": "-1"}, 2, "'-1' is no amount"),
        ({"at_most": "NaN"}, 2, "'NaN' is no amount"),
    ],
)
def test_a_suppression_without_scope_reason_or_end_is_refused_and_nothing_kept(
    flagged: AuditId, say: Say, changed: dict[str, str], code: int, message: str
) -> None:
    given = {"ref": "S01-E00001", "by": "Entered_By", "until": UNTIL, "reason": "Seen.", "at_most": "5"} | changed

    said = say(
        "suppressions", "add", flagged, given["ref"], "--by", given["by"], "--until", given["until"],
        "--reason", given["reason"], "--at-most", given["at_most"],
    )  # fmt: skip

    assert said.code == code
    assert message in " ".join(said.err.split())
    assert say("suppressions", "list", "--json").data == []


def test_one_that_does_not_exist_cannot_be_revoked(office: Office, say: Say) -> None:
    said = say("suppressions", "revoke", "sup-0009")

    assert (said.code, "There is no suppression sup-0009" in said.err) == (3, True)


def test_a_fresh_home_lists_nothing_and_stays_as_it_was(home: Path, say: Say) -> None:
    assert "Nothing is suppressed." in say("suppressions", "list").out
    assert not home.exists()
