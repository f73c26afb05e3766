"""`audit-agent investigations`: what was or is looked into in an audit, read from store and evidence alone."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from audit_agent.domain.investigation_paper import InvestigationPaper
    from audit_agent.store.investigations import InvestigationStatus


def investigations(
    audit: AuditArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print the investigations and their papers as JSON.")] = False,
) -> None:
    """Show what was looked into, with which queries, and what each statement rests on."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.investigation_paper import InvestigationPaper
    from audit_agent.settings import load_settings
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.investigations import Investigations

    settings = load_settings()
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        found = Investigations(database).of_audit(known)
    papers = {one.lead: InvestigationPaper.model_validate_json(evidence.read(one.paper)) for one in found if one.paper}
    if as_json:
        print_json([{"status": one.model_dump(mode="json"), "paper": papers.get(one.lead)} for one in found])
        return
    out = console()
    if not found:
        out.print("Nothing was looked into.")
    print_investigations(out, found)
    for one in found:
        if one.lead in papers:
            _print_paper(out, papers[one.lead])


def print_investigations(out: "Console", found: "Iterable[InvestigationStatus]") -> None:
    """Where each investigation stands, a line each."""
    for one in found:
        calls = counted(one.calls, "tool call")
        stands = one.judgement.value if one.judgement else one.state.value
        out.print(f"{one.lead} {one.title} ({one.procedure}): {stands}, turn {one.turns}, {calls}")


def _print_paper(out: "Console", paper: "InvestigationPaper") -> None:
    out.print(f"{paper.lead.id} {paper.lead.title}", style="bold")
    for question in paper.lead.questions:
        out.print(f"  Asked: {question}")
    for sql in paper.queries:
        out.print(f"  Query: {sql}", style="dim")
    if paper.conclusion is None:
        return
    for statement in paper.conclusion.statements:
        out.print(f"  {statement.text}")
        if statement.citations:
            out.print(f"    {', '.join(statement.citations)}", style="dim")
