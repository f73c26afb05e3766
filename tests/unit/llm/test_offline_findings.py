"""The offline analyst's findings and summary."""

import asyncio
from decimal import Decimal

import pytest

from audit_agent.domain.finding import FindingSet, Severity
from audit_agent.llm.contexts import SummaryContext
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.llm.offline.rules import finding_texts
from tests.peers.audit_samples import SmallCatalogue, concluding, workpaper

ANALYST = OfflineAnalyst(SmallCatalogue())
CONTEXT = concluding(
    workpaper("S01", "JE-02", 2, "1200.00"),
    workpaper("S02", "JE-05", 90, "900000.00"),
    workpaper("S03", "JE-08", 0, None),
    workpaper("S04", "JE-10", 3, "60000.00"),
)


def drafted(previous: FindingSet | None = None, *comments: str) -> FindingSet:
    version = previous.version + 1 if previous else 1
    return asyncio.run(ANALYST.draft_findings(CONTEXT, version, previous, comments))


def test_only_workpapers_with_exceptions_give_findings() -> None:
    assert [finding.procedure for finding in drafted().findings] == ["JE-10", "JE-02", "JE-05"]


def test_references_follow_severity_and_amount() -> None:
    assert [(finding.ref, finding.severity) for finding in drafted().findings] == [
        ("F-01", Severity.HIGH),
        ("F-02", Severity.MEDIUM),
        ("F-03", Severity.LOW),
    ]


def test_amounts_and_counts_are_the_workpapers() -> None:
    finding = drafted().findings[0]
    assert (finding.amount, finding.exception_count, finding.exceptions) == (Decimal("60000.00"), 3, ("S04-E00001",))


def test_the_condition_states_the_figures_and_an_example() -> None:
    condition = drafted().findings[1].condition
    assert "1,200.00 EUR" in condition
    assert "S01-E00001: It stands out." in condition


@pytest.mark.parametrize(
    ("exceptions", "said"),
    [(1, "1 journal was entered at night, of "), (2, "2 journals were entered at night, of ")],
)
def test_the_condition_says_one_or_many(exceptions: int, said: str) -> None:
    context = concluding(workpaper("S01", "JE-06", exceptions, "50000.00"))

    (finding,) = asyncio.run(ANALYST.draft_findings(context, 1, None, ())).findings

    assert finding.condition.startswith(said)


def test_lines_behind_digits_are_to_be_looked_at_and_no_loss() -> None:
    context = concluding(workpaper("S01", "JE-15", 500, None))

    (finding,) = asyncio.run(ANALYST.draft_findings(context, 1, None, ())).findings

    assert "Lines to look at: 500, whose amounts begin with a pair of digits found too often." in finding.condition
    assert finding.amount is None


def test_a_dismissed_finding_is_listed_with_its_reason() -> None:
    second = drafted(drafted(), "dismiss F-03: batch jobs")
    assert [finding.ref for finding in second.findings] == ["F-01", "F-02"]
    assert (second.dismissed[0].subject, second.dismissed[0].reason) == ("F-03", "batch jobs")


def test_a_dismissal_needs_a_reason() -> None:
    second = drafted(drafted(), "dismiss F-03")
    assert (len(second.findings), "with a reason" in second.answers[0]) == (3, True)


def test_references_stay_when_a_finding_is_dismissed() -> None:
    second = drafted(drafted(), "dismiss F-01: explained")
    third = drafted(second, "F-02 severity low")
    assert [(finding.ref, finding.procedure) for finding in third.findings] == [("F-03", "JE-05"), ("F-02", "JE-02")]


def test_what_reviewers_set_stands_in_later_versions() -> None:
    third = drafted(drafted(drafted(), "F-03 severity high"), "something else entirely")
    assert {finding.ref: finding.severity for finding in third.findings}["F-03"] is Severity.HIGH
    assert "not understood" in third.answers[0]


def test_a_finding_that_does_not_exist_is_answered_plainly() -> None:
    assert drafted(drafted(), "dismiss F-09: no").answers == ("dismiss F-09: no: there is no finding F-09.",)


def test_a_dismissed_finding_can_be_restored() -> None:
    assert len(drafted(drafted(drafted(), "dismiss F-03: batch jobs"), "restore F-03").findings) == 3


@pytest.mark.parametrize("procedure", finding_texts())
def test_no_placeholder_is_left_in_any_wording(procedure: str) -> None:
    context = concluding(workpaper("S01", procedure, 2, None))
    [finding] = asyncio.run(ANALYST.draft_findings(context, 1, None, ())).findings
    assert "[[" not in finding.model_dump_json()


def test_the_summary_names_scope_findings_and_what_was_not_done() -> None:
    context = SummaryContext(
        audit=CONTEXT.audit,
        program=CONTEXT.program,
        plan=CONTEXT.plan,
        workpapers=CONTEXT.workpapers,
        findings=drafted(),
        not_done=("S09 JE-15: too few amounts.",),
    )
    summary = asyncio.run(ANALYST.write_summary(context))
    assert "Findings: 3, of them high 1, medium 1, low 1." in summary
    assert "S09 JE-15: too few amounts." in summary
