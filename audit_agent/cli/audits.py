"""`audit-agent list` and `status`: where audits stand, read from the store alone."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from audit_agent.store.summaries import AuditSummary

MOST_LISTED = 25


def list_audits(
    everything: Annotated[bool, typer.Option("--all", help=f"Every audit, not only the latest {MOST_LISTED}.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the audits as JSON.")] = False,
) -> None:
    """List the audits, newest first, and where each stands."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import is_fresh, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.summaries import list_audits as read_audits

    with open_database(load_settings()) as database:
        limit = None if everything else MOST_LISTED
        found = () if is_fresh(database) else read_audits(database, limit)
    if as_json:
        print_json(list(found))
    elif not found:
        console().print("There are no audits yet. Try `audit-agent demo`, or run `audit-agent up` and then:")
        console().print("audit-agent start --books PATH --program general")
    else:
        _print_list(found)


def status(
    audit: AuditArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show where one audit stands: its steps, what it waits for, what was decided and done."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.standing import print_standing
    from audit_agent.cli.store import open_audit
    from audit_agent.settings import load_settings
    from audit_agent.store.reading import audit_status

    with open_audit(load_settings(), audit) as (database, known):
        found = audit_status(database, known)
    if as_json:
        print_json(found)
    else:
        print_standing(console(), found)


def _print_list(found: "tuple[AuditSummary, ...]") -> None:
    from rich.text import Text

    from audit_agent.cli.printing import console, moment, phase_style, table

    lines = table("Audit", "Programme", "Stands at", "Steps", "Exceptions", "Findings", "Risk", "Asked by", "Since")
    for audit in found:
        lines.add_row(
            audit.id,
            audit.program,
            Text(audit.phase.value, style=phase_style(audit.phase)),
            f"{audit.steps_done}/{audit.steps_total}",
            str(audit.exceptions),
            str(audit.findings),
            audit.risk.value if audit.risk else "",
            audit.requester.removeprefix("user:"),
            moment(audit.started_at),
        )
    console().print(lines)
