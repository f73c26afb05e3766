"""Sets of findings: which there are, their references and order, and what reviewers did to them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from audit_agent.domain.finding import Dismissal, Finding, FindingSet, Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.comments import (
    Dismiss,
    FindingInstruction,
    NotUnderstood,
    Restore,
    SetSeverity,
    finding_instructions,
)
from audit_agent.llm.contexts import FindingContext
from audit_agent.llm.offline.findings import finding_by_rule

_VOCABULARY = "Write `dismiss F-01: reason`, `restore F-01` or `F-01 severity low`."
Draft = Callable[[str, Workpaper], Awaitable[Finding]]
"""From a reference and a workpaper to a finding."""


@dataclass
class Standing:
    """What people have decided so far: references given out, findings set aside, severities changed."""

    refs: dict[StepId, str]
    dismissed: dict[str, Dismissal] = field(default_factory=dict)
    severities: dict[str, Severity] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    open_comments: list[str] = field(default_factory=list)
    """Comments outside the vocabulary."""


def standing_of(context: FindingContext, previous: FindingSet | None, comments: tuple[str, ...]) -> Standing:
    """Where the findings stand after these comments."""
    standing = Standing(refs=_refs(context))
    if previous is not None:
        standing.dismissed = {item.subject: item for item in previous.dismissed}
        standing.severities = {item.ref: item.severity for item in previous.findings}
    known = set(standing.refs.values())
    for instruction in finding_instructions(comments):
        if isinstance(instruction, NotUnderstood):
            standing.open_comments.append(instruction.text)
        elif instruction.ref not in known:
            standing.answers.append(f"{instruction.text}: there is no finding {instruction.ref}.")
        else:
            standing.answers.append(f"{instruction.text}: {_apply(standing, instruction)}")
    return standing


async def finding_set(
    context: FindingContext, standing: Standing, version: int, draft: Draft, drafted_by: str
) -> FindingSet:
    """The findings that stand, each drafted by `draft`, most severe first."""
    findings: list[Finding] = []
    for paper in _with_exceptions(context):
        ref = standing.refs[paper.step]
        if ref in standing.dismissed:
            continue
        finding = await draft(ref, paper)
        severity = standing.severities.get(ref, finding.severity)
        findings.append(finding.model_copy(update={"severity": severity}))
    return FindingSet(
        version=version,
        findings=tuple(sorted(findings, key=_order)),
        dismissed=tuple(standing.dismissed[ref] for ref in sorted(standing.dismissed)),
        drafted_by=drafted_by,
        answers=tuple(standing.answers),
    )


def not_understood(text: str) -> str:
    """The answer to a comment outside the vocabulary."""
    return f"{text}: not understood, so nothing was changed. {_VOCABULARY}"


def _refs(context: FindingContext) -> dict[StepId, str]:
    """References in order of severity by rule and amount, so that every version gives a step the same one."""
    drafts = [finding_by_rule("", paper, context) for paper in _with_exceptions(context)]
    ranked = sorted(drafts, key=_order)
    return {finding.step: f"F-{number:02d}" for number, finding in enumerate(ranked, start=1)}


def _with_exceptions(context: FindingContext) -> list[Workpaper]:
    return [paper for paper in context.workpapers if paper.exception_count > 0]


def _order(finding: Finding) -> tuple[int, Decimal, int, str]:
    amount = finding.amount if finding.amount is not None else Decimal(0)
    return (finding.severity.rank, -abs(amount), -finding.exception_count, finding.step)


def _apply(standing: Standing, instruction: FindingInstruction) -> str:
    match instruction:
        case Dismiss(ref=ref, reason=reason):
            if not reason:
                return "not done: a finding is dismissed with a reason only."
            standing.dismissed[ref] = Dismissal(subject=ref, reason=reason, by="reviewer")
            return "dismissed."
        case Restore(ref=ref):
            return "restored." if standing.dismissed.pop(ref, None) else "it was not dismissed."
        case SetSeverity(ref=ref, severity=severity):
            standing.severities[ref] = severity
            return f"severity is {severity}."
        case NotUnderstood(text=text):
            return not_understood(text)
