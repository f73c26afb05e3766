"""From everything an audit agreed and computed to its report. Pure: no I/O, no clock."""

from datetime import datetime

from audit_agent.domain.finding import Hold
from audit_agent.domain.plan import Materiality
from audit_agent.domain.record import Digest, digest_of
from audit_agent.domain.spend import SpendLine, by_finding
from audit_agent.reports.approvals import build_approvals, decision_taken
from audit_agent.reports.figure import money
from audit_agent.reports.inputs import AnsweredDecision, ReportInputs
from audit_agent.reports.model import AuditReport, Body, Digests
from audit_agent.reports.opinion import form_opinion
from audit_agent.reports.parts import Authorship, HoldPart, Holds, MaterialityPart, Programme
from audit_agent.reports.results import build_finding, build_not_done, build_plan, build_results, check_complete
from audit_agent.reports.run import ReviewTime, Run
from audit_agent.reports.scope import build_scope
from audit_agent.reports.totals import build_totals


def build_report(inputs: ReportInputs) -> AuditReport:
    """The draft report. Raises IncompleteReportError when a step is unaccounted for."""
    check_complete(inputs)
    body = _body(inputs)
    return AuditReport(report=body, run=_run(inputs, digest_of(body)))


def publish(
    report: AuditReport,
    decisions: tuple[AnsweredDecision, ...],
    reviews: tuple[ReviewTime, ...],
    at: datetime,
    log_head: Digest | None,
) -> AuditReport:
    """The report as signed: the part people signed is untouched, the run tells who signed it and when.

    `decisions` and `reviews` are all of the audit's, those of the report's own gate included.
    """
    run = report.run.model_copy(
        update={
            "published": True,
            "published_at": at,
            "decisions": tuple(decision_taken(item) for item in decisions),
            "reviews": reviews,
            "log_head": log_head,
        }
    )
    return report.model_copy(update={"run": run})


def _body(inputs: ReportInputs) -> Body:
    scope, results, plan = build_scope(inputs), build_results(inputs), build_plan(inputs)
    not_done, holds = build_not_done(inputs), _holds(inputs)
    findings = tuple(
        build_finding(finding, inputs.plan.materiality)
        for finding in sorted(inputs.findings.findings, key=lambda finding: finding.severity.rank)
    )
    program = inputs.request.program
    return Body(
        title=f"Report on procedures performed: {program.title}",
        version=inputs.version,
        programme=Programme.model_validate(program.model_dump(include=set(Programme.model_fields))),
        period=inputs.request.period,
        opinion=form_opinion(inputs, scope, results, not_done),
        summary=inputs.summary,
        totals=build_totals(scope, plan, results, findings, holds.holds if holds else ()),
        scope=scope,
        materiality=_materiality(inputs.plan.materiality),
        plan=plan,
        findings=findings,
        answers=inputs.findings.answers,
        results=results,
        not_done=not_done,
        dismissals=inputs.findings.dismissed,
        holds=holds,
        approvals=build_approvals(inputs.decisions),
        authorship=_authorship(inputs),
        digests=_digests(inputs),
    )


def _run(inputs: ReportInputs, content: Digest) -> Run:
    request = inputs.request
    return Run(
        audit=request.audit,
        published=False,
        content=content,
        requester=request.requester,
        requested_at=request.requested_at,
        drafted_at=inputs.drafted_at,
        books=request.books,
        budget=request.budget,
        raises=inputs.raises,
        estimate=inputs.plan.estimate,
        spend=inputs.spend,
        by_finding=_by_finding(inputs),
        saved=inputs.saved,
        step_times=inputs.step_times,
        reviews=inputs.reviews,
        decisions=tuple(decision_taken(item) for item in inputs.decisions),
        compensations=inputs.compensations,
        agent_version=inputs.agent_version,
        log_head=inputs.log_head,
    )


def _by_finding(inputs: ReportInputs) -> tuple[SpendLine, ...]:
    findings = [(finding.ref, finding.step) for finding in inputs.findings.findings]
    return by_finding(inputs.spend.by_step, findings) if inputs.spend else ()


def _materiality(materiality: Materiality) -> MaterialityPart:
    currency = materiality.currency
    return MaterialityPart(
        basis=materiality.basis,
        percent=materiality.percent,
        basis_amount=money("materiality.basis", materiality.basis_amount, currency),
        overall=money("materiality.overall", materiality.overall, currency),
        performance=money("materiality.performance", materiality.performance, currency),
        trivial=money("materiality.trivial", materiality.trivial, currency),
    )


def _holds(inputs: ReportInputs) -> Holds | None:
    if inputs.remediation is None:
        return None
    holds = enumerate(inputs.remediation.holds, 1)
    return Holds(placed=inputs.held, holds=tuple(_hold(number, hold) for number, hold in holds))


def _hold(number: int, hold: Hold) -> HoldPart:
    ref = f"H-{number:02d}"
    return HoldPart(
        ref=ref,
        finding=hold.finding,
        item=hold.item,
        supplier=hold.supplier,
        amount=money(f"{ref}.amount", hold.amount, hold.currency),
        reason=hold.reason,
    )


def _authorship(inputs: ReportInputs) -> tuple[Authorship, ...]:
    return (
        Authorship(part="Plan", by=inputs.plan.drafted_by),
        Authorship(part="Findings", by=inputs.findings.drafted_by),
        Authorship(part="Summary", by=inputs.analyst),
    )


def _digests(inputs: ReportInputs) -> Digests:
    return Digests(
        books=digest_of(inputs.books),
        plan=digest_of(inputs.plan),
        findings=digest_of(inputs.findings),
        remediation=digest_of(inputs.remediation) if inputs.remediation else None,
    )
