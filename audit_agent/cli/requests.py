"""`audit-agent requests`: what process owners are asked and have not answered yet."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from audit_agent.store.requests import RequestStatus


def requests(
    audit: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this audit; its ended ones, too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the requests as JSON.")] = False,
) -> None:
    """Show what process owners are asked, until when, and how to answer."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import is_fresh, open_audit, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.reading import audit_status
    from audit_agent.store.requests import EvidenceRequests

    settings = load_settings()
    if audit is not None:
        with open_audit(settings, audit) as (database, known):
            shown = audit_status(database, known).requests
    else:
        with open_database(settings) as database:
            shown = () if is_fresh(database) else EvidenceRequests(database).open_requests()
    if as_json:
        print_json(shown)
        return
    out = console()
    if not shown:
        out.print("Nobody is asked for anything.")
    for status in shown:
        print_request(out, status)


def print_request(out: "Console", status: "RequestStatus") -> None:
    """A request: what is asked of whom, and the command that answers it or what came of it."""
    from audit_agent.cli.printing import moment, span

    request = status.request
    out.print(f"{request.id}  {request.owner}: {status.outcome.value if status.outcome else 'open'}", style="bold")
    out.print(f"  {request.question}")
    if request.expected:
        out.print(f"  Expected: {request.expected}")
    if status.reply is not None:
        reply = status.reply
        out.print(f"  {moment(reply.made_at)} {reply.person}: {reply.text or 'a file'}")
        if reply.file is not None:
            out.print(f"  {reply.file.name}, {reply.file.media_type}, digest {reply.file.digest}", style="dim")
    if status.outcome is None:
        left = span(request.due - datetime.now(UTC))
        out.print(f"  Due in {left}; the step goes on without an answer then.", style="dim")
        out.print(f"  audit-agent answer {request.id} --text TEXT", style="cyan")
