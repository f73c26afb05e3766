"""The 11 counts published for a real general ledger, each from the catalogue."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit_agent.books.tables import Tables
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence


@dataclass(frozen=True)
class Count:
    """A published count: the procedure it comes from, the parameters that say its rule, and where it stands."""

    published: str
    procedure: str
    parameters: dict[str, str] = field(default_factory=dict)
    statistic: str = ""
    """A statistic of the workpaper; the count of flagged source rows when empty."""


_EVERY_USER = {"batch_share": "0"}
_POST_DATED = {"compared_date": "Document_Date", "rule": "yyyymmdd_difference", "largest_lag": "100"}

COUNTS = (
    Count("gaps_in_JE_ID", "JE-03", {"largest_gap": "0"}, "Gaps"),
    Count("gl_vs_log_missing_entries", "JE-04", {}, "Journals missing from the log"),
    Count("gl_vs_log_amount_mismatch", "JE-04", {}, "Sides of journals that differ"),
    Count("unbalanced_entries", "JE-02"),
    Count(
        "duplicate_entries_lines(same account,period,net)",
        "JE-09",
        {"same": "amount", "across_journals": "no", "include_zero": "yes"},
    ),
    Count("round_1000_lines", "JE-08", {"include_zero": "yes"}),
    Count("document_date>entered_date+100(yyyymmdd int)", "JE-07", _POST_DATED | {"direction": "post_dated"}),
    Count("weekend_lines", "JE-05", _EVERY_USER),
    Count("night_lines(20:00-05:59)", "JE-06", _EVERY_USER),
    Count("rare_user_lines(<=10 lines)", "JE-10"),
    Count("rare_account_lines(<=3 lines)", "JE-11"),
)


@pytest.fixture(scope="session")
def published(shared_data: Path) -> Any:
    return json.loads((shared_data / "aicpa_gl" / "expected.json").read_text(encoding="utf-8"), parse_float=Decimal)


def _workpaper(tables: Tables, evidence: FolderEvidence, procedure: str, parameters: dict[str, str]) -> Workpaper:
    step = PlanStep(
        id=StepId("S01"), procedure=procedure, title="Published count", risk="R1", why="-", parameters=parameters
    )
    return perform(step, tables, evidence, "USD")


@pytest.mark.parametrize("count", COUNTS, ids=lambda count: f"{count.procedure} {count.published}")
def test_the_published_count_comes_out(
    count: Count, aicpa_tables: Tables, published: Any, evidence: FolderEvidence
) -> None:
    paper = _workpaper(aicpa_tables, evidence, count.procedure, count.parameters)

    found = int(paper.statistics[count.statistic]) if count.statistic else paper.exception_lines

    assert found == published["expected"][count.published]


def test_every_published_count_is_tested(published: Any) -> None:
    assert {count.published for count in COUNTS} == set(published["expected"])


def test_the_unbalanced_journals_are_the_published_ones_to_the_cent(
    aicpa_tables: Tables, published: Any, evidence: FolderEvidence
) -> None:
    paper = _workpaper(aicpa_tables, evidence, "JE-02", {})

    found = {item.facts["Journal_ID"]: Decimal(item.facts["Difference"]) for item in paper.top}

    assert found == published["unbalanced_ids"]


def test_the_post_dating_quirk_and_calendar_days_agree_on_this_ledger(
    aicpa_tables: Tables, published: Any, evidence: FolderEvidence
) -> None:
    parameters = {"compared_date": "Document_Date", "direction": "post_dated"}

    paper = _workpaper(aicpa_tables, evidence, "JE-07", parameters)

    assert paper.exception_lines == published["expected"]["document_date>entered_date+100(yyyymmdd int)"]
