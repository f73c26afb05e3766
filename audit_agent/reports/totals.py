"""Sums over the whole report."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from audit_agent.domain.finding import Severity
from audit_agent.reports.figure import Figure, count, money
from audit_agent.reports.model import Totals
from audit_agent.reports.parts import FindingPart, HoldPart, PlanPart, Scope, StepResult


def build_totals(
    scope: Scope,
    plan: PlanPart,
    results: tuple[StepResult, ...],
    findings: tuple[FindingPart, ...],
    holds: tuple[HoldPart, ...],
) -> Totals:
    """The key figures, summed from the parts they stand beside."""
    by_severity = {
        severity: count(
            f"totals.findings.{severity.value}", sum(item.severity is severity for item in findings), "findings"
        )
        for severity in Severity
    }
    return Totals(
        rows=count("totals.rows", sum(int(table.rows.value) for table in scope.tables), "rows"),
        steps_planned=count("totals.steps.planned", len(plan.steps), "steps"),
        steps_done=count("totals.steps.done", len(results), "steps"),
        exceptions=count(
            "totals.exceptions.count", sum(int(result.exception_count.value) for result in results), "exceptions"
        ),
        findings=count("totals.findings.count", len(findings), "findings"),
        high=by_severity[Severity.HIGH],
        medium=by_severity[Severity.MEDIUM],
        low=by_severity[Severity.LOW],
        finding_amounts=_sums("totals.findings.amount", (finding.amount for finding in findings)),
        hold_amounts=_sums("totals.holds.amount", (hold.amount for hold in holds)),
    )


def _sums(ref: str, amounts: Iterable[Figure | None]) -> tuple[Figure, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for amount in amounts:
        if amount is not None:
            sums[amount.unit] += amount.value
    return tuple(money(f"{ref}.{currency}" if currency else ref, sums[currency], currency) for currency in sorted(sums))
