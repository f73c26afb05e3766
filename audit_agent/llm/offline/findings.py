"""Findings by rule: one per workpaper with exceptions, worded per procedure, with figures put in by code."""

from collections.abc import Mapping

from audit_agent.domain.finding import Finding
from audit_agent.domain.money import show
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.contexts import FindingContext
from audit_agent.llm.figures import fill
from audit_agent.llm.offline.rules import FindingText, finding_text
from audit_agent.llm.severity import severity_of

_MOST_EXCEPTIONS = 50
_EXAMPLES = 3
PARTS = ("title", "condition", "criteria", "cause", "consequence", "corrective_action")


def finding_by_rule(ref: str, paper: Workpaper, context: FindingContext) -> Finding:
    """A finding from a workpaper that has exceptions."""
    text = finding_text(paper.procedure)
    figures = figures_of(paper, context)
    worded = {part: fill(getattr(text, part), figures) for part in PARTS}
    worded["condition"] += _examples(paper)
    return finding_with(ref, paper, context, text, worded)


def finding_with(
    ref: str, paper: Workpaper, context: FindingContext, text: FindingText, worded: Mapping[str, str]
) -> Finding:
    """A finding whose words are given, and whose figures and severity come from the workpaper."""
    meta = context.procedure(paper.procedure)
    return Finding(
        ref=ref,
        step=paper.step,
        procedure=paper.procedure,
        title=worded["title"],
        severity=severity_of(paper, context.plan.materiality, meta, text.floor),
        condition=worded["condition"],
        criteria=worded["criteria"],
        cause=worded["cause"],
        consequence=worded["consequence"],
        corrective_action=worded["corrective_action"],
        amount=paper.exception_amount,
        currency=paper.currency,
        exception_count=paper.exception_count,
        exceptions=tuple(item.ref for item in paper.top[:_MOST_EXCEPTIONS]),
    )


def figures_of(paper: Workpaper, context: FindingContext) -> dict[str, str]:
    """What placeholders stand for: the workpaper's figures, formatted for people."""
    meta = context.procedure(paper.procedure)
    one, many = finding_text(paper.procedure).flagged
    materiality = context.plan.materiality
    amount = "" if paper.exception_amount is None else show(paper.exception_amount, paper.currency)
    return {
        "procedure_title": meta.title if meta else paper.title,
        "standard": meta.standard if meta else paper.procedure,
        "exception_count": f"{paper.exception_count:,}",
        "flagged": one if paper.exception_count == 1 else many,
        "exception_lines": f"{paper.exception_lines:,}",
        "population": f"{paper.population:,}",
        "amount": amount or "no amount",
        "amount_clause": f"; exposure {amount}" if amount else "",
        "overall_materiality": show(materiality.overall, materiality.currency),
        "performance_materiality": show(materiality.performance, materiality.currency),
        "trivial_amount": show(materiality.trivial, materiality.currency),
    }


def _examples(paper: Workpaper) -> str:
    if not paper.top:
        return ""
    told = " ".join(f"{item.ref}: {item.reason}" for item in paper.top[:_EXAMPLES])
    return f" Most unusual: {told}"
