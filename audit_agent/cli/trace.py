"""`audit-agent trace`: from a figure in a published report to its source rows, read from the evidence alone."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from audit_agent.tracing.chain import Trace, TracedException, TracedStep


def trace(
    audit: AuditArgument,
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="Like F-01.amount, S03.exceptions.count, S03-E00012 or H-01.")
    ],
    rows: Annotated[
        int, typer.Option("--rows", min=1, max=1_000, help="Exceptions to list, and source rows of each.")
    ] = 20,
    sql: Annotated[bool, typer.Option("--sql", help="Print the query that computes it again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the chain as JSON, the query included.")] = False,
) -> None:
    """Follow a figure of the published report to workpaper, query, rows, files and the people who agreed."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_audit
    from audit_agent.reports.model import AuditReport
    from audit_agent.settings import load_settings
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.publications import Publications
    from audit_agent.tracing import trace as follow

    settings = load_settings()
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        digest = Publications(database).report(known)
    report = AuditReport.model_validate_json(evidence.read(digest))
    found = follow(report, digest, ref, evidence, rows)
    if as_json:
        print_json(found)
    else:
        _print(console(), found, sql)


def _print(out: "Console", found: "Trace", sql: bool) -> None:
    out.print(f"{found.ref}{' = ' + found.value if found.value else ''}", style="bold")
    out.print(found.what)
    if found.recomputed:
        agrees = "agrees" if found.recomputed.agrees else "DOES NOT AGREE"
        out.print(f"Added up again from {found.recomputed.how}: {found.recomputed.value.normalize():,f}, {agrees}.")
    if found.adds_up:
        out.print(f"Made from: {', '.join(found.adds_up)}")
    if found.finding:
        out.print(f"\nFinding {found.finding.ref}, {found.finding.severity}: {found.finding.title}")
        if found.finding.explained:
            out.print(f"  Explained and not counted: {', '.join(found.finding.explained)}")
        for paper in found.finding.investigations:
            out.print(f"  Investigation {paper}", style="dim")
    for one in found.exceptions:
        _print_exception(out, one)
    if found.more_exceptions:
        out.print(f"+ {found.more_exceptions:,} more; --rows lists more, {found.audit}'s evidence has all.")
    if found.step:
        _print_step(out, found.step, sql)
    for read in found.tables:
        out.print(f"\nTable {read.table}, {read.rows:,} rows: {read.digest}")
    for source in found.sources:
        out.print(f"\nFile {source.name} ({source.table}), {source.imported_totals.rows:,} rows imported")
        out.print(f"  SHA-256 {source.sha256}", style="dim")
    _print_decisions(out, found)
    out.print(f"\nReport {found.report}", style="dim")


def _print_exception(out: "Console", one: "TracedException") -> None:
    amount = f", {show(one.amount, one.currency)}" if one.amount is not None else ""
    rule = f" Dismissed by {one.rule}." if one.rule else ""
    out.print(f"\n{one.ref} {one.key}{amount}", style="bold")
    out.print(f"  {one.reason}{rule}")
    for row in one.rows:
        out.print(f"  {row.file}:{row.row} ({row.table})")
        out.print(f"    {'; '.join(f'{name} {value}' for name, value in row.values.items())}", style="dim")
    if one.source_count > len(one.rows):
        out.print(f"  + {one.source_count - len(one.rows):,} more rows")


def _print_step(out: "Console", step: "TracedStep", sql: bool) -> None:
    out.print(f"\nStep {step.step}, procedure {step.procedure} version {step.version}: {step.title}", style="bold")
    out.print(f"  Parameters: {', '.join(f'{name} = {value}' for name, value in step.parameters.items()) or 'none'}")
    for read in step.reads:
        out.print(f"  Read {read.table}, {read.rows:,} rows: {read.digest}", style="dim")
    for made in step.computed:
        out.print(f"  Computed {made.table}, {made.rows:,} rows: {made.digest}", style="dim")
    out.print(f"  Workpaper {step.workpaper}", style="dim")
    out.print(f"  Exceptions {step.exceptions}", style="dim")
    lines = step.sql.count("\n") + 1
    out.print(f"  Query:\n{step.sql}" if sql else f"  Query of {counted(lines, 'line')}: --sql prints it", style="dim")


def _print_decisions(out: "Console", found: "Trace") -> None:
    out.print("\nAgreed to by" if found.decisions else "\nNobody has decided on it yet.", style="bold")
    for made in found.decisions:
        counted = "" if made.answer.value == "recorded" else f" (not counted: {made.answer.value})"
        out.print(
            f"  {made.gate.value} {made.version}: {made.verdict.value} by {made.person}, {made.made_at:%Y-%m-%d %H:%M}"
            f"{counted}, shown {made.subject[:12]}"
        )
