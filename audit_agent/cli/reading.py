"""`audit-agent documents status`, `pause`, `resume` and `retry`: an audit that reads documents."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument

if TYPE_CHECKING:
    from audit_agent.handoff.documents import Steering


def status(
    audit: AuditArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show how far an audit has come with its documents: done, failed, how fast, time left and spend."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.standing import documents_line
    from audit_agent.cli.store import open_audit
    from audit_agent.settings import load_settings
    from audit_agent.store.reading import audit_status

    with open_audit(load_settings(), audit) as (database, known):
        found = audit_status(database, known, log_tail=0)
    if as_json:
        print_json(list(found.reading))
        return
    for progress in found.reading:
        console().print(documents_line(progress, ended=found.audit.phase.ended))
    if not found.reading:
        console().print(f"{audit} reads no documents, or has not begun to.")


def pause(audit: AuditArgument) -> None:
    """Begin no more documents until told to resume; what is in hand is finished. Nothing is closed meanwhile."""
    from audit_agent.handoff.documents import Steering

    _steer(audit, Steering.PAUSE, "Paused")


def resume(audit: AuditArgument) -> None:
    """Go on reading."""
    from audit_agent.handoff.documents import Steering

    _steer(audit, Steering.RESUME, "Resumed")


def retry(audit: AuditArgument) -> None:
    """Once everything is read, read the documents that failed again, and no others, before the step is closed."""
    from audit_agent.handoff.documents import Steering

    _steer(audit, Steering.RETRY, "Another attempt is made at what failed")


def _steer(audit: str, steering: "Steering", told: str) -> None:
    import asyncio
    from datetime import UTC, datetime

    from audit_agent.cli.printing import console
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.ids import StepId
    from audit_agent.handoff.documents import steer_documents
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.temporal.client import connect

    settings = load_settings()
    with open_audit(settings, audit) as (database, known):

        async def ask() -> tuple[StepId, ...]:
            person = as_person(settings.user)
            return await steer_documents(database, await connect(settings), known, steering, person, datetime.now(UTC))

        steps = asyncio.run(ask())
    console().print(f"{told}: {', '.join(steps)} of {audit}.")
