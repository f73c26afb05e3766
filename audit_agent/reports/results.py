"""What each step did and found, what was not done, and the findings that came of it."""

from decimal import Decimal

from audit_agent.domain.finding import Finding
from audit_agent.domain.plan import Materiality, PlanStep
from audit_agent.domain.record import digest_of
from audit_agent.domain.workpaper import ExceptionItem, Series, Workpaper
from audit_agent.reports.errors import IncompleteReportError
from audit_agent.reports.figure import Statistic, count, money_if_any, slug
from audit_agent.reports.inputs import ReportInputs
from audit_agent.reports.parts import (
    DismissedPart,
    DismissedRule,
    ExceptionLine,
    FindingPart,
    NotDone,
    PlannedStep,
    PlanPart,
    SeriesPart,
    StepResult,
)


def check_complete(inputs: ReportInputs) -> None:
    """Raise IncompleteReportError unless every step is accounted for once and every finding stands on a step."""
    planned = [step.id for step in inputs.plan.steps]
    done = [paper.step for paper in inputs.workpapers]
    accounted = done + [item.step for item in inputs.not_done]
    problems = [f"Step {step} has neither a workpaper nor a reason." for step in planned if step not in accounted]
    problems += [f"Step {step} is not in the plan." for step in accounted if step not in planned]
    twice = sorted({step for step in accounted if accounted.count(step) > 1})
    problems += [f"Step {step} is accounted for more than once." for step in twice]
    problems += [
        f"Finding {finding.ref} rests on step {finding.step}, which has no workpaper."
        for finding in inputs.findings.findings
        if finding.step not in done
    ]
    if problems:
        raise IncompleteReportError(inputs.request.audit, problems)


def build_plan(inputs: ReportInputs) -> PlanPart:
    """The agreed plan, with what each step's risk is about."""
    risks = {risk.id: risk.text for risk in inputs.request.program.risks}
    done = {paper.step for paper in inputs.workpapers}
    return PlanPart(
        version=inputs.plan.version,
        summary=inputs.plan.summary,
        steps=tuple(
            PlannedStep(**step.model_dump(), risk_text=risks.get(step.risk, ""), done=step.id in done)
            for step in inputs.plan.steps
        ),
        answers=inputs.plan.answers,
    )


def build_results(inputs: ReportInputs) -> tuple[StepResult, ...]:
    """One result for each workpaper, in the order of the plan."""
    papers = {paper.step: paper for paper in inputs.workpapers}
    return tuple(_result(papers[step.id]) for step in inputs.plan.steps if step.id in papers)


def build_not_done(inputs: ReportInputs) -> tuple[NotDone, ...]:
    """Steps without a workpaper, then procedures the plan left out."""
    steps: dict[str, PlanStep] = {step.id: step for step in inputs.plan.steps}
    undone = tuple(
        NotDone(
            kind="step",
            subject=item.step,
            procedure=steps[item.step].procedure,
            title=steps[item.step].title,
            reason=item.reason,
            asked=item.asked,
        )
        for item in sorted(inputs.not_done, key=lambda item: list(steps).index(item.step))
    )
    omitted = tuple(
        NotDone(kind="procedure", subject=item.procedure, procedure=item.procedure, title="", reason=item.reason)
        for item in inputs.plan.omitted
    )
    return undone + omitted


def build_finding(finding: Finding, materiality: Materiality) -> FindingPart:
    """A finding with its figures, and where its amount stands."""
    copied = finding.model_dump(exclude={"amount", "currency", "exception_count"})
    return FindingPart(
        **copied,
        exception_count=count(f"{finding.ref}.count", finding.exception_count, "exceptions"),
        amount=money_if_any(f"{finding.ref}.amount", finding.amount, finding.currency),
        against_materiality=_against(finding.amount, finding.currency, materiality),
    )


def _against(amount: Decimal | None, currency: str, materiality: Materiality) -> str:
    if amount is None or currency != materiality.currency:
        return ""
    size = abs(amount)
    if size >= materiality.overall:
        return "at or above overall materiality"
    if size >= materiality.performance:
        return "at or above performance materiality"
    return "clearly trivial by amount" if size < materiality.trivial else "below performance materiality"


def _result(paper: Workpaper) -> StepResult:
    ref = f"{paper.step}.exceptions"
    return StepResult(
        step=paper.step,
        title=paper.title,
        procedure=paper.procedure,
        procedure_version=paper.procedure_version,
        parameters=paper.parameters,
        reads=paper.reads,
        population=count(f"{paper.step}.population", paper.population, "rows"),
        exception_count=count(f"{ref}.count", paper.exception_count, "exceptions"),
        exception_lines=count(f"{ref}.lines", paper.exception_lines, "rows"),
        exception_amount=money_if_any(f"{ref}.amount", paper.exception_amount, paper.currency),
        statistics=tuple(
            Statistic(ref=f"{paper.step}.statistics.{slug(name)}", name=name, value=value)
            for name, value in sorted(paper.statistics.items())
        ),
        series=tuple(_series(f"{paper.step}.series.{number}", item) for number, item in enumerate(paper.series, 1)),
        exceptions=tuple(_exception(item) for item in paper.top),
        more_exceptions=max(0, paper.exception_count - len(paper.top)),
        conclusion=paper.conclusion,
        asked=paper.asked,
        sql=paper.sql,
        workpaper=digest_of(paper),
        all_exceptions=paper.exceptions,
        dismissed=_dismissed(paper),
    )


def _dismissed(paper: Workpaper) -> DismissedPart | None:
    if paper.dismissed is None:
        return None
    ref = f"{paper.step}.dismissed"
    return DismissedPart(
        flagged=count(f"{paper.step}.flagged.count", paper.flagged_count, "exceptions"),
        count=count(f"{ref}.count", paper.dismissed.count, "exceptions"),
        rules=tuple(
            DismissedRule(
                rule=by.rule,
                title=by.title,
                because=by.because,
                exceptions=count(f"{ref}.{slug(by.rule)}.count", by.count, "exceptions"),
                lines=count(f"{ref}.{slug(by.rule)}.lines", by.lines, "rows"),
            )
            for by in paper.dismissed.by
        ),
        items=paper.dismissed.items,
    )


def _series(ref: str, series: Series) -> SeriesPart:
    return SeriesPart(ref=ref, title=series.title, columns=series.columns, rows=series.rows)


def _exception(item: ExceptionItem) -> ExceptionLine:
    return ExceptionLine(
        ref=item.ref,
        key=item.key,
        reason=item.reason,
        score=item.score,
        amount=money_if_any(f"{item.ref}.amount", item.amount, item.currency),
        day=item.day,
        facts=item.facts,
        sources=item.sources,
        source_count=item.source_count,
    )
