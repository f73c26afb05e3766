"""`audit-agent verify`: recompute everything one audit rests on."""

from typing import Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.cli.printing import print_json
from audit_agent.cli.store import open_database
from audit_agent.domain.ids import AuditId
from audit_agent.settings import load_settings
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.verification import Verification
from audit_agent.store.verify import verify as recompute


def verify(
    audit: AuditArgument,
    json: Annotated[bool, typer.Option("--json", help="Print data for programs.")] = False,
) -> None:
    """Recompute the audit log's chain and every digest, and name the first thing that does not fit.

    Works offline: neither a worker nor Temporal is needed. Ends with exit code 1 when something does not fit.
    """
    settings = load_settings()
    with open_database(settings) as database:
        result = recompute(database, FolderEvidence(settings.evidence_folder), AuditId(audit))
    if json:
        print_json(result)
    else:
        _print(result)
    if not result.fits:
        raise typer.Exit(1)


def _print(result: Verification) -> None:
    if result.misfit is None:
        typer.echo(f"{result.audit}: everything fits.")
        typer.echo(f"  {result.entries} log entries, each bound to the one before; the last is {result.log_head}")
        typer.echo(f"  {result.facts} records say what the log says")
        typer.echo(f"  {result.blobs} evidence blobs have their digests")
        return
    typer.echo(f"{result.audit} does NOT fit: {result.misfit.what}")
    typer.echo(f"  where     {result.misfit.where}")
    typer.echo(f"  expected  {result.misfit.expected}")
    typer.echo(f"  found     {result.misfit.found}")
    typer.echo("Compare with a backup of the database and the evidence folder before anything is changed.")
