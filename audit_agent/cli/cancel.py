"""`audit-agent cancel`: end an audit and undo what it did."""

from typing import Annotated

import typer

from audit_agent.cli.arguments import AuditArgument


def cancel(
    audit: AuditArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
) -> None:
    """End an audit. Whatever it did is undone, newest first; the audit log keeps who asked and why."""
    import asyncio
    from datetime import UTC, datetime

    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_audit
    from audit_agent.handoff.cancel import cancel_audit
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.temporal.client import connect

    settings = load_settings()
    with open_audit(settings, audit) as (database, known):

        async def ask() -> None:
            client = await connect(settings)
            person, at = as_person(settings.user), datetime.now(UTC)
            await cancel_audit(database, client, known, person, reason, at, settings.task_queue)

        asyncio.run(ask())
    console().print(f"{known} is being cancelled. What it did is undone first: audit-agent watch {known}")
