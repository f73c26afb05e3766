"""`audit-agent people`: the people table."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from audit_agent.domain.directory import AccountKind

app = typer.Typer(help="Whose accounts are one person's, and what roles they have.", no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="anna, user:anna or slack:TEAM/USER.")]


@app.command("list")
def list_people(as_json: Annotated[bool, typer.Option("--json", help="Print the people as JSON.")] = False) -> None:
    """Everybody the table knows."""
    from audit_agent.cli.printing import console, print_json, table
    from audit_agent.cli.store import is_fresh, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.people import People

    with open_database(load_settings()) as database:
        known = () if is_fresh(database) else People(database).all()
    if as_json:
        print_json(known)
        return
    lines = table("Person", "Account", "E-mail", "Roles", "Time zone", "Country")
    for one in known:
        lines.add_row(one.person, one.kind.value, one.email, ", ".join(one.roles), one.time_zone, one.country)
    console().print(lines if known else "Nobody is known yet.")


@app.command("set")
def set_person(
    person: PersonArgument,
    email: Annotated[str, typer.Option("--email", help="Accounts with the same e-mail are one person's.")] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help="A role of the policy; may be repeated.")] = None,
    kind: Annotated[AccountKind, typer.Option("--kind", help="Only members decide.")] = AccountKind.MEMBER,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Such as Europe/Berlin, for reminders.")] = "",
    country: Annotated[str, typer.Option("--country", help="Such as DE or DE-BY, for holidays.")] = "",
) -> None:
    """Keep an account as given, whatever was known of it before."""
    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_database
    from audit_agent.domain.directory import Account
    from audit_agent.handoff.identity import as_person
    from audit_agent.handoff.places import check_country, check_time_zone
    from audit_agent.settings import load_settings
    from audit_agent.store.people import People

    account = Account(
        person=as_person(person),
        kind=kind,
        email=email,
        roles=tuple(role or ()),
        time_zone=check_time_zone(time_zone) if time_zone else "",
        country=check_country(country) if country else "",
    )
    with open_database(load_settings()) as database:
        People(database).put(account, datetime.now(UTC))
    console().print(f"{account.person} is kept.")


@app.command()
def remove(person: PersonArgument) -> None:
    """Forget an account and its roles."""
    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.store.people import People

    with open_database(load_settings()) as database:
        People(database).remove(as_person(person))
    console().print(f"{as_person(person)} is forgotten.")
