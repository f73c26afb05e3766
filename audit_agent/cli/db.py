"""`audit-agent db`: the database's tables."""

from typing import Annotated

import typer

from audit_agent.cli.printing import print_json
from audit_agent.cli.store import open_database
from audit_agent.settings import load_settings

app = typer.Typer(help="The database's tables.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Create the tables, or bring them up to this version. Safe to repeat, and from several places at once."""
    with open_database(load_settings()) as database:
        before = database.migration_state()
        database.upgrade()
        after = database.migration_state()
        if before.is_current:
            typer.echo(f"{database.name} is up to date (migration {after.current}).")
        else:
            typer.echo(f"{database.name} is upgraded to migration {after.current}.")


@app.command()
def current(json: Annotated[bool, typer.Option("--json", help="Print data for programs.")] = False) -> None:
    """Show which migration the database is at. Ends with exit code 1 when it is not the one needed."""
    with open_database(load_settings()) as database:
        state = database.migration_state()
        if json:
            print_json({"database": database.name, "current": state.current, "head": state.head})
        elif state.is_current:
            typer.echo(f"{database.name} is up to date (migration {state.current}).")
        else:
            at = f"is at migration {state.current}" if state.current else "has no tables"
            typer.echo(f"{database.name} {at}; this version needs {state.head}. Run `audit-agent db upgrade`.")
    if not state.is_current:
        raise typer.Exit(1)
