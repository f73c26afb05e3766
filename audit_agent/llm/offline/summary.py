"""The report's summary by rule."""

from collections import Counter

from audit_agent.domain.finding import Severity
from audit_agent.domain.money import show
from audit_agent.llm.contexts import SummaryContext

_TOLD = 3


def summary_by_rule(context: SummaryContext) -> str:
    """Scope, work done, what was found, and what was not done, a paragraph each."""
    parts = (_scope(context), _found(context), _worst(context), _not_done(context), _asked(context))
    return "\n\n".join(part for part in parts if part)


def figures_of(context: SummaryContext) -> dict[str, str]:
    """What placeholders in a summary stand for."""
    severities = Counter(finding.severity for finding in context.findings.findings)
    materiality = context.plan.materiality
    return {
        "steps_performed": str(len(context.workpapers)),
        "steps_not_performed": str(len(context.not_done)),
        "procedures_omitted": str(len(context.plan.omitted)),
        "findings": str(len(context.findings.findings)),
        "findings_high": str(severities[Severity.HIGH]),
        "findings_medium": str(severities[Severity.MEDIUM]),
        "findings_low": str(severities[Severity.LOW]),
        "findings_dismissed": str(len(context.findings.dismissed)),
        "overall_materiality": show(materiality.overall, materiality.currency),
        "performance_materiality": show(materiality.performance, materiality.currency),
        "trivial_amount": show(materiality.trivial, materiality.currency),
        "period": str(context.period) if context.period else "the whole of the books",
    }


def _scope(context: SummaryContext) -> str:
    figures = figures_of(context)
    period = f" for {context.period}" if context.period else ""
    return (
        f"{context.program.title}{period}. Overall materiality is {figures['overall_materiality']}, performance "
        f"materiality {figures['performance_materiality']}. Steps carried out: {figures['steps_performed']}."
    )


def _found(context: SummaryContext) -> str:
    figures = figures_of(context)
    if not context.findings.findings:
        return "The procedures carried out gave rise to no finding."
    return (
        f"Findings: {figures['findings']}, of them high {figures['findings_high']}, medium "
        f"{figures['findings_medium']}, low {figures['findings_low']}. Dismissed: {figures['findings_dismissed']}."
    )


def _worst(context: SummaryContext) -> str:
    worst = [finding for finding in context.findings.findings if finding.severity is Severity.HIGH][:_TOLD]
    return " ".join(f"{finding.ref} {finding.title}: {finding.consequence}" for finding in worst)


def _not_done(context: SummaryContext) -> str:
    left_out = [f"{item.procedure}: {item.reason}" for item in context.plan.omitted]
    told = [*left_out, *context.not_done]
    return f"Not carried out: {' '.join(told)}" if told else ""


def _asked(context: SummaryContext) -> str:
    if not context.comments:
        return ""
    # Rules cannot act on free words; leaving them out would hide that somebody was not content.
    return f"Reviewers of the version before remarked: {' '.join(context.comments)}"
