"""Sets of findings: which there are, their references and order, and what reviewers did to them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from audit_agent.domain.explained import explained_in_words, without_explained
from audit_agent.domain.finding import Dismissal, Finding, FindingSet, Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.workpaper import Workpaper
from audit_agent.llm.comments import (
    Dismiss,
    FindingInstruction,
    Investigate,
    NotUnderstood,
    Restore,
    SetSeverity,
    finding_instructions,
)
from audit_agent.llm.contexts import FindingContext
from audit_agent.llm.offline.findings import finding_by_rule

_VOCABULARY = "Write `dismiss F-01: reason`, `restore F-01`, `F-01 severity low` or `investigate F-01: question`."
INVESTIGATION = "investigation"
"""Who sets a finding aside whose every exception is explained."""
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
    explained: frozenset[str] = frozenset()
    """Findings with exceptions that investigations explain."""
    upheld: list[str] = field(default_factory=list)
    """Those of them that stand all the same."""


def standing_of(context: FindingContext, previous: FindingSet | None, comments: tuple[str, ...]) -> Standing:
    """Where the findings stand after these comments."""
    refs = refs_of(context)
    explained = (ref for step, ref in refs.items() if any(one.explained for one in context.inquiries(step)))
    standing = Standing(refs=refs, explained=frozenset(explained))
    if previous is not None:
        standing.dismissed = {item.subject: item for item in previous.dismissed if item.by != INVESTIGATION}
        standing.severities = {item.ref: item.severity for item in previous.findings if _as_before(item, context)}
        standing.upheld = list(previous.upheld)
    known = set(standing.refs.values())
    for instruction in finding_instructions(comments):
        if isinstance(instruction, NotUnderstood):
            standing.open_comments.append(instruction.text)
        elif isinstance(instruction, Investigate):
            standing.answers.append(f"{instruction.text}: {_looked_into(context, standing, instruction.target)}")
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
    dismissed = dict(standing.dismissed)
    for paper in _with_exceptions(context):
        ref, inquiries = standing.refs[paper.step], context.inquiries(paper.step)
        if ref in dismissed:
            continue
        upheld = ref in standing.upheld
        counted = paper if upheld else without_explained(paper, inquiries)
        explained = "" if upheld else explained_in_words(inquiries)
        if counted.exception_count == 0:
            dismissed[ref] = Dismissal(subject=ref, reason=explained, by=INVESTIGATION)
            continue
        finding = await draft(ref, counted)
        changes = {
            "severity": standing.severities.get(ref, finding.severity),
            "condition": f"{finding.condition} {explained}".strip(),
            "investigations": inquiries,
        }
        findings.append(finding.model_copy(update=changes))
    return FindingSet(
        version=version,
        findings=tuple(sorted(findings, key=_order)),
        dismissed=tuple(dismissed[ref] for ref in sorted(dismissed)),
        drafted_by=drafted_by,
        answers=tuple(standing.answers),
        upheld=tuple(standing.upheld),
    )


def not_understood(text: str) -> str:
    """The answer to a comment outside the vocabulary."""
    return f"{text}: not understood, so nothing was changed. {_VOCABULARY}"


def refs_of(context: FindingContext) -> dict[StepId, str]:
    """References in order of severity by rule and amount, so that every version gives a step the same one."""
    drafts = [finding_by_rule("", paper, context) for paper in _with_exceptions(context)]
    ranked = sorted(drafts, key=_order)
    return {finding.step: f"F-{number:02d}" for number, finding in enumerate(ranked, start=1)}


def _with_exceptions(context: FindingContext) -> list[Workpaper]:
    return [paper for paper in context.workpapers if paper.exception_count > 0]


def _order(finding: Finding) -> tuple[int, Decimal, int, str]:
    amount = finding.amount if finding.amount is not None else Decimal(0)
    return (finding.severity.rank, -abs(amount), -finding.exception_count, finding.step)


def _as_before(finding: Finding, context: FindingContext) -> bool:
    """Whether a finding's figures, by which its severity was set, are those of the version before."""
    inquiries = context.inquiries(finding.step)
    return [one.explained for one in finding.investigations] == [one.explained for one in inquiries]


def _looked_into(context: FindingContext, standing: Standing, target: str) -> str:
    steps = {paper.step for paper in context.workpapers if target in (paper.step, paper.procedure)}
    steps |= {step for step, ref in standing.refs.items() if ref == target}
    if told := [one.in_a_line for step in sorted(steps) for one in context.inquiries(step)]:
        return " ".join(told)
    return f"there is nothing of {target} to look into."


def _apply(standing: Standing, instruction: FindingInstruction) -> str:
    match instruction:
        case Dismiss(ref=ref, reason=reason):
            if not reason:
                return "not done: a finding is dismissed with a reason only."
            standing.dismissed[ref] = Dismissal(subject=ref, reason=reason, by="reviewer")
            return "dismissed."
        case Restore(ref=ref):
            if standing.dismissed.pop(ref, None):
                return "restored."
            if ref in standing.upheld or ref not in standing.explained:
                return "it was not dismissed."
            standing.upheld.append(ref)
            return "it stands; exceptions that were explained count again."
        case SetSeverity(ref=ref, severity=severity):
            standing.severities[ref] = severity
            return f"severity is {severity}."
        case NotUnderstood(text=text) | Investigate(text=text):
            return not_understood(text)
