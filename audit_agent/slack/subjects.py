"""What people are asked to decide on, as items to list and to page through."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from audit_agent.domain.budget import BudgetProposal
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.finding import FindingSet, RemediationProposal
from audit_agent.domain.money import show
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import in_dollars


class Item(NamedTuple):
    """One thing to decide on: a line, and everything there is to say."""

    title: str
    text: str
    ref: str = ""
    """By which reviewers' comments name it."""


def items_of(evidence: Evidence, gate: Gate, subject: Digest) -> tuple[Item, ...]:
    """The items of what is shown, from the evidence itself; raises NotFoundError when that is gone."""
    return tuple(_READERS[gate](evidence.read(subject)))


def _plan(content: bytes) -> Sequence[Item]:
    plan = Plan.model_validate_json(content)
    steps = [
        Item(f"{step.id} {step.procedure} {step.title}", "\n".join((step.why, *_terms(step))), step.id)
        for step in plan.steps
    ]
    omitted = [Item(f"Left out: {item.procedure}", item.reason) for item in plan.omitted]
    return [Item("Summary", plan.summary), *steps, *omitted]


def _terms(step: PlanStep) -> Iterator[str]:
    yield _parameters(step.parameters)
    if step.investigate:
        yield f"What it flags is investigated before findings are drafted. {step.inquiry}".strip()
    if step.query is not None:
        yield f"{step.query.in_a_line}\n{step.query.sql}"
    yield from (f"Suppresses {one.in_a_line}" for one in step.suppressions)
    for one in step.requests:
        yield one.in_a_line[:1].upper() + one.in_a_line[1:]


def _parameters(parameters: dict[str, str]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()))
    return f"Parameters: {given or 'defaults'}"


def _budget(content: bytes) -> Sequence[Item]:
    proposal = BudgetProposal.model_validate_json(content)
    rest = "cannot be told" if proposal.rest is None else f"about {in_dollars(proposal.rest)}"
    money = f"Spent {in_dollars(proposal.spent)} of {in_dollars(proposal.limit)}. What is left costs: {rest}."
    return [Item("Left to do with the model", proposal.left), Item("Money", money)]


def _findings(content: bytes) -> Sequence[Item]:
    found = FindingSet.model_validate_json(content)
    items = []
    for one in found.findings:
        parts = ("condition", "criteria", "cause", "consequence", "corrective_action")
        text = "\n".join(f"{part.replace('_', ' ').capitalize()}: {getattr(one, part)}" for part in parts)
        items.append(Item(one.in_a_line, text, one.ref))
    aside = [Item(f"Set aside: {item.subject}", f"{item.reason} ({item.by})") for item in found.dismissed]
    return [*items, *aside]


def _holds(content: bytes) -> Sequence[Item]:
    proposal = RemediationProposal.model_validate_json(content)
    return [
        Item(f"{hold.item} of {hold.supplier}, {show(hold.amount, hold.currency)}", hold.reason, hold.finding)
        for hold in proposal.holds
    ]


def _report(content: bytes) -> Sequence[Item]:
    # Reports bring templates with them, which nothing else here needs.
    from audit_agent.reports.model import AuditReport
    from audit_agent.reports.render import render

    text = render(AuditReport.model_validate_json(content), "md").decode()
    parts = [part.strip() for part in f"\n{text}".split("\n## ") if part.strip()]
    return [Item(part.partition("\n")[0].lstrip("# "), part.partition("\n")[2].strip()) for part in parts]


_READERS: dict[Gate, Callable[[bytes], Sequence[Item]]] = {
    Gate.PLAN: _plan,
    Gate.BUDGET: _budget,
    Gate.FINDINGS: _findings,
    Gate.REMEDIATION: _holds,
    Gate.REPORT: _report,
}
