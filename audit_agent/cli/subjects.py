"""What people are asked to decide on, in full: the plan, the findings, the holds, or the report."""

from decimal import Decimal

from rich.console import Console, Group, RenderableType
from rich.text import Text

from audit_agent.cli.printing import table
from audit_agent.domain.budget import BudgetProposal
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.finding import Finding, FindingSet, RemediationProposal
from audit_agent.domain.money import show
from audit_agent.domain.plan import Plan, plan_changes
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import in_dollars
from audit_agent.domain.wording import counted

_SEVERITY_STYLE = {"high": "red", "medium": "yellow", "low": "cyan"}


def print_subject(
    console: Console, evidence: Evidence, gate: Gate, subject: Digest, previous: Digest | None = None
) -> None:
    """Print what the digest names, from the evidence itself; raises NotFoundError when that is gone.

    Of a plan, the changes since `previous` (the version before) come first; other subjects answer comments themselves.
    """
    content = evidence.read(subject)
    match gate:
        case Gate.PLAN:
            plan = Plan.model_validate_json(content)
            if previous is not None:
                _print_changes(console, Plan.model_validate_json(evidence.read(previous)), plan)
            console.print(plan_view(plan))
        case Gate.BUDGET:
            console.print(budget_view(BudgetProposal.model_validate_json(content)))
        case Gate.FINDINGS:
            console.print(findings_view(FindingSet.model_validate_json(content)))
        case Gate.REMEDIATION:
            console.print(holds_view(RemediationProposal.model_validate_json(content)))
        case Gate.REPORT:
            _print_report(console, content)


def plan_view(plan: Plan) -> RenderableType:
    """A plan: summary, materiality, steps, and what is left out."""
    steps = table("Step", "Procedure", "What is done", "Parameters", "After")
    for step in plan.steps:
        parameters = ", ".join(f"{name}={value}" for name, value in step.parameters.items()) or "defaults"
        steps.add_row(step.id, step.procedure, step.title, parameters, ", ".join(step.depends_on))
    parts: list[RenderableType] = [Text(plan.summary), _materiality(plan), steps]
    parts += [Text(f"{step.id} {asked.in_a_line}") for step in plan.steps for asked in step.requests]
    parts += [
        Text(f"{step.id} {step.query.in_a_line}: {step.query.means}\n{step.query.sql}")
        for step in plan.steps
        if step.query
    ]
    parts += [Text(f"{step.id} suppresses {one.in_a_line}") for step in plan.steps for one in step.suppressions]
    looked_into = [step for step in plan.steps if step.investigate]
    parts += [Text(f"{step.id} is investigated. {step.inquiry}".strip()) for step in looked_into]
    parts += [Text(f"Left out: {item.procedure}: {item.reason}", style="dim") for item in plan.omitted]
    parts += [Text(f"Answer to a comment: {answer}") for answer in plan.answers]
    return Group(*parts, Text(f"Drafted by {plan.drafted_by}.", style="dim"))


def budget_view(proposal: BudgetProposal) -> RenderableType:
    """What was spent, what is left to do, and what is proposed for it."""
    lines = table("Budget", "Spent", "What is left costs about", "Proposed budget")
    rest = "cannot be told" if proposal.rest is None else in_dollars(proposal.rest)
    lines.add_row(in_dollars(proposal.limit), in_dollars(proposal.spent), rest, in_dollars(proposal.proposed))
    return Group(Text(f"Left to do with the model: {proposal.left}"), lines, *(Text(one) for one in proposal.answers))


def findings_view(findings: FindingSet) -> RenderableType:
    """Every finding in its five Cs, then what was set aside and why."""
    parts: list[RenderableType] = [_finding(finding) for finding in findings.findings]
    parts += [Text(f"Set aside: {item.subject}: {item.reason} ({item.by})", style="dim") for item in findings.dismissed]
    parts += [Text(f"Answer to a comment: {answer}") for answer in findings.answers]
    return Group(*parts, Text(f"Drafted by {findings.drafted_by}.", style="dim"))


def findings_table(findings: FindingSet) -> RenderableType:
    """The findings at a glance, a line each."""
    lines = table("Finding", "Severity", "Title", "Exceptions", "Amount")
    for finding in findings.findings:
        severity = Text(finding.severity.value, style=_SEVERITY_STYLE[finding.severity.value])
        amount = _amount(finding.amount, finding.currency)
        lines.add_row(finding.ref, severity, finding.title, str(finding.exception_count), amount)
    return lines


def holds_view(proposal: RemediationProposal) -> RenderableType:
    """The payment holds to be placed, a line each."""
    lines = table("Finding", "Item", "Supplier", "Amount", "Why")
    for hold in proposal.holds:
        lines.add_row(hold.finding, hold.item, hold.supplier, show(hold.amount, hold.currency), hold.reason)
    return lines


def _print_changes(console: Console, before: Plan, plan: Plan) -> None:
    console.print("Changes since the version before:", style="bold")
    for line in plan_changes(before, plan) or ("nothing but its text",):
        console.print(Text(f"  {line}", style={"+": "green", "-": "red", "~": "yellow"}.get(line[0], "")))


def _print_report(console: Console, content: bytes) -> None:
    # Reports bring templates with them, which no other command needs.
    from audit_agent.reports.model import AuditReport
    from audit_agent.reports.render import render

    console.print(Text(render(AuditReport.model_validate_json(content), "md").decode()))


def _materiality(plan: Plan) -> Text:
    amounts = plan.materiality
    return Text(
        f"Materiality {show(amounts.overall, amounts.currency)} ({amounts.percent} % of {amounts.basis}), "
        f"performance {show(amounts.performance, amounts.currency)}, "
        f"clearly trivial below {show(amounts.trivial, amounts.currency)}"
    )


def _finding(finding: Finding) -> RenderableType:
    head = Text()
    head.append(f"{finding.ref} ", style="bold")
    head.append(finding.severity.value, style=_SEVERITY_STYLE[finding.severity.value])
    head.append(f" {finding.title} ", style="bold")
    amount = _amount(finding.amount, finding.currency)
    count = counted(finding.exception_count, "exception")
    head.append(f"({count}{', ' if amount else ''}{amount}; {finding.procedure})")
    lines = [
        Text(f"  {label}: {text}")
        for label, text in (
            ("Condition", finding.condition),
            ("Criteria", finding.criteria),
            ("Cause", finding.cause),
            ("Consequence", finding.consequence),
            ("Corrective action", finding.corrective_action),
        )
    ]
    return Group(head, *lines)


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else show(amount, currency)
