"""`audit-agent suppressions`: what reviewers dismissed and do not want to see again before a day."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from audit_agent.store.suppressions import KeptSuppression

app = typer.Typer(help="What later audits dismiss because a reviewer said so.", no_args_is_help=True)

AsOption = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who says so, if not the user set.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    audit: AuditArgument,
    ref: Annotated[str, typer.Argument(metavar="REF", help="An exception, like S03-E00012.")],
    by: Annotated[
        list[str],
        typer.Option("--by", metavar="COLUMN", help="Same value, same suppression. May be given several times."),
    ],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="The last day, like 2027-03-31.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is legitimate; reports show it.")],
    at_most: Annotated[
        str | None, typer.Option("--at-most", metavar="AMOUNT", help="Cover no exception over more than this.")
    ] = None,
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dismiss what is like this exception in later audits, until a day. Their plans show it before they are agreed."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_audit
    from audit_agent.handoff.identity import as_person
    from audit_agent.handoff.suppress import suppress
    from audit_agent.settings import load_settings
    from audit_agent.store.evidence import FolderEvidence

    settings = load_settings()
    person, now = as_person(name or settings.user), datetime.now(UTC)
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        made = suppress(database, evidence, known, ref, by, until, reason, person, now, at_most)
    if as_json:
        print_json(made)
    else:
        console().print(f"{made.procedure}: {made.in_a_line}")


@app.command("list")
def list_suppressions(
    ended: Annotated[bool, typer.Option("--all", help="Those that ended or were revoked, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Suppressions in force."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.cli.store import is_fresh, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.suppressions import Suppressions

    today = datetime.now(UTC).date()
    with open_database(load_settings()) as database:
        known = () if is_fresh(database) else Suppressions(database).all()
    shown = [kept for kept in known if ended or kept.in_force(today)]
    if as_json:
        print_json(shown)
        return
    lines = table("Id", "Procedure", "Where", "Until", "Reason", "By", "Seen in", "")
    for kept in shown:
        one = kept.suppression
        state = _state(kept, today.isoformat())
        seen = f"{one.audit} {one.ref}"
        lines.add_row(one.id, one.procedure, one.scope, str(one.until), one.reason, one.author, seen, state)
    console().print(lines if shown else "Nothing is suppressed.")


@app.command()
def revoke(
    suppression: Annotated[str, typer.Argument(metavar="ID", help="Its id, from `suppressions list`.")],
    name: AsOption = None,
) -> None:
    """End a suppression. Plans drafted from now on do not have it; agreed ones keep it."""
    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.store.suppressions import Suppressions

    settings = load_settings()
    with open_database(settings) as database:
        gone = Suppressions(database).revoke(suppression, as_person(name or settings.user), datetime.now(UTC))
    console().print(f"{gone.id} is revoked: {gone.procedure} flags again where {gone.scope}.")


def _state(kept: "KeptSuppression", today: str) -> str:
    if kept.revoked_by is not None:
        return f"revoked by {kept.revoked_by}"
    return "ended" if kept.suppression.until.isoformat() < today else "in force"
