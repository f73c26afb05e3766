"""JE-04: the ledger against the system's own log of journals."""

from decimal import Decimal
from typing import Any

from audit_agent.domain.period import parse_period


def log(journal_id: str, debit: str, credit: str) -> list[dict[str, Any]]:
    day = {"Journal_ID": journal_id, "Entered_Date": "2025-03-12"}
    return [
        day | {"Amount_Credit_Debit_Indicator": "D", "Total": debit},
        day | {"Amount_Credit_Debit_Indicator": "C", "Total": credit},
    ]


def test_a_side_that_differs_by_a_cent_is_flagged_with_lines_and_log_entry(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "6.00"), ("4001", "4.00"), ("1000", "-10.00"))

    paper = run("JE-04", {"GL_Detail": lines, "Journal_Log": log("J1", "10.01", "10.00")})

    (found,) = paper.top
    assert found.key == "Journal J1"
    assert found.amount == Decimal("0.01")
    assert found.reason == "Journal J1: the ledger's debits are 10.00, the log's 10.01, apart by -0.01 USD."
    assert [source.table for source in found.sources] == ["GL_Detail", "GL_Detail", "Journal_Log"]


def test_both_sides_of_a_journal_are_one_exception_whose_exposure_is_the_worse(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "10.00"), ("1000", "-10.00"))

    paper = run("JE-04", {"GL_Detail": lines, "Journal_Log": log("J1", "7.00", "4.00")})

    (found,) = paper.top
    assert (found.amount, found.source_count) == (Decimal("6.00"), 4)
    assert "debits are 10.00, the log's 7.00, apart by 3.00 USD; the ledger's credits are 10.00" in found.reason
    assert paper.statistics["Sides of journals that differ"] == "2"


def test_a_difference_within_the_tolerance_is_let_pass(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "10.00"), ("1000", "-10.00"))

    paper = run("JE-04", {"GL_Detail": lines, "Journal_Log": log("J1", "10.01", "10.00")}, tolerance="0.01")

    assert paper.exception_count == 0


def test_a_journal_that_one_of_the_two_lacks_is_flagged_once(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "10.00"), ("1000", "-10.00"))

    paper = run("JE-04", {"GL_Detail": lines, "Journal_Log": log("J2", "7.00", "7.00")})

    assert {item.key: item.reason for item in paper.top} == {
        "Journal J1": "Journal J1 is in the ledger but not in the system's log.",
        "Journal J2": "Journal J2 is in the system's log but not in the ledger.",
    }


def test_a_logged_journal_of_another_period_is_legitimate(run: Any, journal: Any) -> None:
    lines = journal("J1", ("4000", "10.00"), ("1000", "-10.00"))
    lines += journal("J0", ("4000", "5.00"), ("1000", "-5.00"), Effective_Date="2024-12-31")
    books = {"GL_Detail": lines, "Journal_Log": log("J1", "10.00", "10.00") + log("J0", "5.00", "5.00")}

    assert run("JE-04", books, period=parse_period("2025")).exception_count == 0
