"""`audit-agent spend`: what an audit's model calls cost, by step, finding, kind of work and document."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from audit_agent.domain.spend import SpendLine
    from audit_agent.settings import Settings
    from audit_agent.store.reading import AuditStatus


def spend(
    audit: AuditArgument,
    documents: Annotated[bool, typer.Option("--documents", help="Also what each document cost.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show what an audit spent on model calls. The lines of each table add up to the ledger's total, token by token."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.spend import by_finding
    from audit_agent.settings import load_settings
    from audit_agent.store.ledger import DatabaseLedger
    from audit_agent.store.reading import audit_status

    settings = load_settings()
    with open_audit(settings, audit) as (database, known):
        status = audit_status(database, known, log_tail=0)
        ledger = DatabaseLedger(database)
        summary = ledger.spend(known)
        each = {one.step: ledger.document_spend(known, one.step) for one in status.reading} if documents else {}
    findings = by_finding(summary.by_step, _findings(settings, status))
    if as_json:
        print_json({"budget": status.budget, "spend": summary, "by_finding": findings, "documents": each})
        return
    out = console()
    _print_head(out, status, summary.total)
    for title, lines in (
        ("Step", summary.by_step),
        ("Finding", findings),
        ("Work", summary.by_purpose),
        ("Model", summary.by_model),
        *((f"Document of {step}", lines) for step, lines in each.items()),
    ):
        if lines:
            out.print()
            out.print(_lines(title, lines, summary.total))
    if summary.reused:
        out.print(f"{summary.reused:,} more from the ledger at no cost.", style="dim")


def _findings(settings: "Settings", status: "AuditStatus") -> list[tuple[str, str]]:
    """Each finding of the latest draft with the step it comes of."""
    from audit_agent.domain.finding import FindingSet
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.words import DraftKind

    drafts = [draft for draft in status.drafts if draft.kind is DraftKind.FINDINGS]
    if not drafts:
        return []
    latest = max(drafts, key=lambda draft: draft.version)
    found = FindingSet.model_validate_json(FolderEvidence(settings.evidence_folder).read(latest.digest))
    return [(finding.ref, finding.step) for finding in found.findings]


def _print_head(out: "Console", status: "AuditStatus", total: "SpendLine") -> None:
    from audit_agent.domain.spend import in_dollars

    cost = "a cost that is not known" if total.cost is None else in_dollars(total.cost)
    out.print(f"{status.audit.id}: {total.calls:,} calls, {cost}", style="bold")
    if total.unknown_calls:
        most = "an amount that is not known" if total.exposure is None else in_dollars(total.exposure)
        out.print(f"  {total.unknown_calls:,} calls of unknown outcome, at most {most}")
    if budget := status.budget:
        reserved = f", {in_dollars(budget.reserved)} reserved" if budget.reserved else ""
        out.print(f"  Budget {in_dollars(budget.limit)}{reserved}, {in_dollars(budget.left)} left")


def _lines(title: str, lines: "Sequence[SpendLine]", total: "SpendLine") -> "Table":
    from audit_agent.cli.printing import table

    shown = table(title, "Calls", "Tokens in", "Cache written", "Cache read", "Tokens out", "USD", "Unknown", "At most")
    for line in lines:
        shown.add_row(line.name, *_cells(line))
    if len(lines) > 1 and not title.startswith("Document"):
        shown.add_row("total", *_cells(total), style="bold")
    return shown


def _cells(line: "SpendLine") -> tuple[str, ...]:
    tokens = (line.tokens.input, line.tokens.cache_write, line.tokens.cache_read, line.tokens.output)
    counts = (line.calls, *tokens)
    money = tuple("not known" if one is None else f"{one.normalize():,f}" for one in (line.cost, line.exposure))
    return (*(f"{count:,}" for count in counts), money[0], f"{line.unknown_calls:,}", money[1])
