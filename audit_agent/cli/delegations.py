"""`audit-agent delegations`: who stands in for whom."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from audit_agent.domain.delegation import Delegation

app = typer.Typer(help="Who stands in for whom, and when.", no_args_is_help=True)

AsOption = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who delegates, if not the user set.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_delegations(
    ended: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delegations in force and to come."""
    from audit_agent.cli.printing import console, moment, print_json, table
    from audit_agent.cli.store import is_fresh, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.delegations import Delegations

    now = datetime.now(UTC)
    with open_database(load_settings()) as database:
        known = () if is_fresh(database) else Delegations(database).all()
    shown = [one for one in known if ended or not _is_over(one, now)]
    if as_json:
        print_json(shown)
        return
    lines = table("Id", "Delegate", "For", "From", "Until", "")
    for one in shown:
        state = "withdrawn" if one.withdrawn_at else "in force" if one.in_force(now) else ""
        lines.add_row(one.id, one.delegate, one.delegator, moment(one.starts_at), moment(one.ends_at), state)
    console().print(lines if shown else "Nobody stands in for anybody.")


@app.command()
def add(
    delegate: Annotated[str, typer.Argument(metavar="PERSON", help="Who shall stand in for you.")],
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first day, like 2026-08-03.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="The last day; it counts.")],
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let somebody decide where you may, from one day to another. Days are those of this terminal's time zone."""
    from audit_agent.cli.printing import console, moment, print_json
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.delegate import delegate_to
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings

    settings = load_settings()
    delegator, now = as_person(name or settings.user), datetime.now(UTC)
    with open_database(settings) as database:
        made = delegate_to(database, delegator, as_person(delegate), first, last, None, now)
    if as_json:
        print_json(made)
    else:
        until = moment(made.ends_at)
        console().print(f"{made.delegate} stands in for {made.delegator} from {moment(made.starts_at)} until {until}.")


@app.command()
def withdraw(
    delegation: Annotated[str, typer.Argument(metavar="ID", help="Its id, from `delegations list`.")],
    name: AsOption = None,
) -> None:
    """End one of your delegations now. What was decided by it stands."""
    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.store.delegations import Delegations

    settings = load_settings()
    with open_database(settings) as database:
        gone = Delegations(database).withdraw(delegation, as_person(name or settings.user), datetime.now(UTC))
    console().print(f"{gone.delegate} no longer stands in for {gone.delegator}.")


def _is_over(delegation: "Delegation", now: datetime) -> bool:
    return delegation.withdrawn_at is not None or now >= delegation.ends_at
