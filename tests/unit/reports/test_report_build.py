"""What a report says, before anybody writes it down in a format."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from audit_agent.domain.finding import FindingSet, Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import canonical_json, digest_of
from audit_agent.domain.review import Verdict
from audit_agent.reports.build import build_report, publish
from audit_agent.reports.errors import IncompleteReportError, UnknownFigureError
from audit_agent.reports.figure import Figure, figures, find_figure
from audit_agent.reports.inputs import ReportInputs, StepNotDone
from audit_agent.reports.model import Level, Opinion
from tests.unit.reports import nasty_audit


def opinion(inputs: ReportInputs) -> Opinion:
    return build_report(inputs).report.opinion


def with_findings(inputs: ReportInputs, *severities: Severity) -> ReportInputs:
    """The same audit with just these severities among its findings, and all else set aside."""
    first = inputs.findings.findings[0]
    findings = tuple(
        first.model_copy(update={"ref": f"F-{number:02d}", "severity": severity})
        for number, severity in enumerate(severities, 1)
    )
    aside = tuple(
        inputs.findings.dismissed[0].model_copy(update={"subject": step}) for step in ("S01", "S02", "S03", "S04")
    )
    changed = inputs.findings.model_copy(update={"findings": findings, "dismissed": aside})
    return inputs.model_copy(update={"findings": changed})


def all_done(inputs: ReportInputs) -> ReportInputs:
    """The same audit over books without refused rows, with a workpaper for every step."""
    paper = nasty_audit.workpaper("S05", "JE-04", "Ledger against system log", 0)
    clean = tuple(
        source.model_copy(update={"rejected_rows": 0, "imported_totals": source.source_totals})
        for source in inputs.books.sources
    )
    return inputs.model_copy(
        update={
            "workpapers": (*inputs.workpapers, paper),
            "not_done": (),
            "books": inputs.books.model_copy(update={"sources": clean}),
        }
    )


def test_the_same_content_gives_the_same_bytes_whatever_the_id_and_the_hour() -> None:
    one = build_report(nasty_audit.inputs())
    other = build_report(nasty_audit.inputs("AUD-2027-0001", datetime(2027, 5, 5, 23, 59, tzinfo=UTC)))

    assert canonical_json(one.report) == canonical_json(other.report)
    assert one.run.content == other.run.content == digest_of(one.report)
    assert one.run != other.run


def test_nothing_of_the_run_stands_in_what_people_sign() -> None:
    report = build_report(nasty_audit.inputs())

    signed = canonical_json(report.report).decode()

    assert "AUD-2026-0007" not in signed
    assert "T08:00:00" not in signed


def test_decisions_that_arrive_in_another_order_change_nothing_that_is_signed() -> None:
    inputs = nasty_audit.inputs()
    turned = inputs.model_copy(update={"decisions": inputs.decisions[::-1]})

    assert build_report(turned).report == build_report(inputs).report


def test_only_decisions_that_counted_are_approvals_but_the_run_tells_of_all() -> None:
    report = build_report(nasty_audit.inputs())

    assert [(item.gate, item.version, item.verdict) for item in report.report.approvals] == [
        (Gate.PLAN, 1, Verdict.REQUEST_CHANGES),
        (Gate.PLAN, 2, Verdict.APPROVE),
        (Gate.FINDINGS, 1, Verdict.APPROVE),
        (Gate.REMEDIATION, 1, Verdict.APPROVE),
    ]
    assert len(report.run.decisions) == 5


def test_publishing_adds_the_signature_and_leaves_what_was_signed_alone() -> None:
    inputs = nasty_audit.inputs()
    draft = build_report(inputs)
    at = inputs.drafted_at + timedelta(hours=1)
    signature = nasty_audit.answered("AUD-2026-0007", Gate.REPORT, 1, Verdict.APPROVE, draft.run.content, at)

    signed = publish(draft, (*inputs.decisions, signature), inputs.reviews, at, nasty_audit.sha("head"))

    assert signed.report == draft.report
    assert signed.run.published
    assert signed.run.decisions[-1].gate is Gate.REPORT


def test_changes_asked_of_an_earlier_report_are_kept_without_its_volatile_digest() -> None:
    inputs = nasty_audit.inputs()
    asked = nasty_audit.answered(
        "AUD-2026-0007",
        Gate.REPORT,
        1,
        Verdict.REQUEST_CHANGES,
        nasty_audit.sha("v1"),
        inputs.drafted_at,
        reason="Why?",
    )

    approvals = build_report(inputs.model_copy(update={"decisions": (*inputs.decisions, asked)})).report.approvals

    assert approvals[-1].gate is Gate.REPORT
    assert approvals[-1].subject is None


def test_every_figure_has_a_ref_of_its_own() -> None:
    refs = [figure.ref for figure in figures(build_report(nasty_audit.inputs()))]

    assert len(refs) == len(set(refs))
    assert {"S02.exceptions.count", "F-01.amount", "S01-E00002.amount", "materiality.overall", "H-01.amount"} <= {*refs}


def test_a_figure_is_found_by_its_ref() -> None:
    report = build_report(nasty_audit.inputs())

    assert find_figure(report, "S02.exceptions.count") == Figure(
        ref="S02.exceptions.count", value=Decimal(10_000), unit="exceptions"
    )


def test_a_ref_nobody_carries_is_named() -> None:
    with pytest.raises(UnknownFigureError, match=r"S99\.population"):
        find_figure(build_report(nasty_audit.inputs()), "S99.population")


def test_amounts_have_one_text_form_and_lose_no_decimals() -> None:
    report = build_report(nasty_audit.inputs())

    assert str(report.report.materiality.trivial.value) == "7230.00"
    assert str(report.report.materiality.basis_amount.value) == "48200000.00"
    assert str(find_figure(report, "F-02.amount").value) == "180000.005"


def test_listed_exceptions_and_those_left_to_the_workpaper_add_up() -> None:
    result = next(item for item in build_report(nasty_audit.inputs()).report.results if item.step == "S02")

    assert len(result.exceptions) + result.more_exceptions == 10_000


def test_rows_the_planner_was_shown_do_not_reach_the_report() -> None:
    assert b"must-not-be-shown" not in canonical_json(build_report(nasty_audit.inputs()))


def test_the_gravest_finding_comes_first() -> None:
    assert [item.ref for item in build_report(nasty_audit.inputs()).report.findings] == ["F-02", "F-01"]


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ((), Level.CLEAR),
        ((Severity.LOW,), Level.MINOR),
        ((Severity.LOW, Severity.MEDIUM), Level.ACTION),
        ((Severity.HIGH,), Level.ACTION),
    ],
)
def test_the_gravest_severity_decides_when_all_work_is_done(severities: tuple[Severity, ...], level: Level) -> None:
    found = opinion(all_done(with_findings(nasty_audit.inputs(), *severities)))

    assert found.level is level
    assert found.limitations == ()


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ((), Level.INCOMPLETE),
        ((Severity.LOW,), Level.INCOMPLETE),
        ((Severity.MEDIUM,), Level.ACTION_AND_INCOMPLETE),
    ],
)
def test_a_step_left_undone_never_passes_for_clear(severities: tuple[Severity, ...], level: Level) -> None:
    assert opinion(with_findings(nasty_audit.inputs(), *severities)).level is level


def test_refused_rows_and_differing_totals_limit_the_line() -> None:
    found = opinion(nasty_audit.inputs())

    assert found.line.endswith("subject to the limitations stated.")
    assert found.limitations == (
        "3 rows of the source files could not be read and were not tested.",
        "Control totals of source and imported rows differ: gl <2025> | final.csv.",
    )


def test_exceptions_nobody_dealt_with_limit_the_line() -> None:
    inputs = all_done(nasty_audit.inputs())
    findings = inputs.findings.model_copy(update={"findings": (), "dismissed": ()})

    found = opinion(inputs.model_copy(update={"findings": findings}))

    assert found.limitations == ("Exceptions are neither in a finding nor set aside: S01, S02, S03.",)


def test_a_dismissed_finding_sets_its_step_aside() -> None:
    inputs = all_done(nasty_audit.inputs())
    dismissed = inputs.findings.dismissed[0].model_copy(update={"subject": "F-02"})
    changed = inputs.findings.model_copy(
        update={"findings": inputs.findings.findings[:1], "dismissed": (*inputs.findings.dismissed, dismissed)}
    )

    found = opinion(inputs.model_copy(update={"findings": changed}))

    assert found.limitations == ()
    assert "2 set aside, with reasons." in found.basis


def test_a_step_that_found_nothing_to_test_limits_the_line() -> None:
    inputs = all_done(nasty_audit.inputs())
    papers = tuple(
        paper.model_copy(update={"population": 0}) if paper.step == "S04" else paper for paper in inputs.workpapers
    )

    found = opinion(inputs.model_copy(update={"workpapers": papers}))

    assert "No row was there to test: S04." in found.limitations


def _without_papers(inputs: ReportInputs) -> ReportInputs:
    return inputs.model_copy(update={"workpapers": inputs.workpapers[1:]})


def _with_stray_step(inputs: ReportInputs) -> ReportInputs:
    return inputs.model_copy(update={"not_done": (*inputs.not_done, StepNotDone(step=StepId("S77"), reason="?"))})


def _with_double_step(inputs: ReportInputs) -> ReportInputs:
    return inputs.model_copy(update={"not_done": (*inputs.not_done, StepNotDone(step=StepId("S01"), reason="?"))})


def _with_stray_finding(inputs: ReportInputs) -> ReportInputs:
    stray = inputs.findings.findings[0].model_copy(update={"step": "S05"})
    findings: FindingSet = inputs.findings.model_copy(update={"findings": (stray,)})
    return inputs.model_copy(update={"findings": findings})


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_without_papers, "Step S04 has neither a workpaper nor a reason"),
        (_with_stray_step, "Step S77 is not in the plan"),
        (_with_double_step, "Step S01 is accounted for more than once"),
        (_with_stray_finding, "Finding F-01 rests on step S05, which has no workpaper"),
    ],
)
def test_a_report_that_would_hide_a_gap_is_not_written(
    spoil: Callable[[ReportInputs], ReportInputs], problem: str
) -> None:
    with pytest.raises(IncompleteReportError, match=problem):
        build_report(spoil(nasty_audit.inputs()))
