"""`audit-agent compensations`: what an audit did to the world, what was undone, and what is stuck."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from audit_agent.domain.ids import AuditId
    from audit_agent.settings import Settings
    from audit_agent.store.database import Database


def compensations(
    audit: AuditArgument,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what could not be undone.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the effects as JSON.")] = False,
) -> None:
    """Show what an audit did and what was undone; with --retry, try again what is stuck."""
    from audit_agent.cli.printing import console, moment, print_json, table
    from audit_agent.cli.store import open_audit
    from audit_agent.settings import load_settings
    from audit_agent.store.effects import Effects

    settings = load_settings()
    with open_audit(settings, audit) as (database, known):
        if retry:
            _retry(settings, database, known)
        effects = Effects(database).effects(known)
    if as_json:
        print_json(list(effects))
        return
    out = console()
    if retry:
        out.print("Asked for another try. It is made at once where a worker runs.")
    if not effects:
        out.print(f"{audit} has done nothing yet that could be undone.")
        return
    lines = table("Effect", "State", "Done", "Undone", "What")
    for effect in effects:
        done, undone = (moment(at) if at else "" for at in (effect.done_at, effect.undone_at))
        lines.add_row(effect.kind.value, effect.state.value, done, undone, effect.error or effect.detail)
    out.print(lines)


def _retry(settings: "Settings", database: "Database", audit: "AuditId") -> None:
    import asyncio
    from datetime import UTC, datetime

    from audit_agent.handoff.identity import as_person
    from audit_agent.handoff.undo import retry_compensations
    from audit_agent.temporal.client import connect

    async def ask() -> None:
        person = as_person(settings.user)
        await retry_compensations(database, await connect(settings), audit, person, datetime.now(UTC))

    asyncio.run(ask())
