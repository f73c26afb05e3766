"""The commands there are and where each lives. Nothing is imported before it is called for: commands start fast."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Place(NamedTuple):
    """A command in the list: where it is, the panel it is shown in, and what it does in a line."""

    module: str
    attribute: str
    panel: str
    summary: str


_AUDITS, _DECIDING, _CHECKING, _RUNNING = "Audits", "Deciding", "Looking closer", "Running"

COMMANDS: dict[str, Place] = {
    "demo": Place("demo", "demo", _AUDITS, "Sample books to finished report in one go."),
    "start": Place("start", "start", _AUDITS, "Start an audit over your books."),
    "list": Place("audits", "list_audits", _AUDITS, "Every audit and where it stands."),
    "status": Place("audits", "status", _AUDITS, "Where one audit stands."),
    "watch": Place("watch", "watch", _AUDITS, "Follow one audit until it ends."),
    "cancel": Place("cancel", "cancel", _AUDITS, "End an audit and undo what it did."),
    "report": Place("report", "report", _AUDITS, "Write the report of an audit."),
    "spend": Place("spend", "spend", _AUDITS, "What an audit's model calls cost, by step, finding and document."),
    "schedule": Place("schedule", "app", _AUDITS, "Audits that come again and again."),
    "reviews": Place("reviews", "reviews", _DECIDING, "What waits for a decision."),
    "approve": Place("decide", "approve", _DECIDING, "Approve what waits at a gate."),
    "reject": Place("decide", "reject", _DECIDING, "Reject what waits at a gate."),
    "request-changes": Place("decide", "request_changes", _DECIDING, "Send it back with what should change."),
    "undo": Place("decide", "undo", _DECIDING, "Take back your own decision while that is possible."),
    "requests": Place("requests", "requests", _DECIDING, "What process owners are asked and have not answered."),
    "answer": Place("answer", "answer", _DECIDING, "Answer a question of an audit to you."),
    "delegations": Place("delegations", "app", _DECIDING, "Who stands in for whom, and when."),
    "people": Place("people", "app", _DECIDING, "Whose accounts are one person's, and what roles they have."),
    "suppressions": Place("suppressions", "app", _DECIDING, "What reviewers dismissed and do not want to see again."),
    "books": Place("books", "app", _CHECKING, "What would be imported from your books."),
    "documents": Place("documents", "app", _CHECKING, "What documents say, and whether the books agree."),
    "procedures": Place("procedures", "app", _CHECKING, "The catalogue of tests."),
    "programs": Place("programs", "app", _CHECKING, "The audit programmes, and whether your own is valid."),
    "investigations": Place(
        "investigations", "investigations", _CHECKING, "What was looked into, and what came of it."
    ),
    "sample-size": Place("sampling", "sample_size", _CHECKING, "How many items to look at."),
    "select": Place("sampling", "select", _CHECKING, "Choose items so that anybody can choose them again."),
    "evaluate": Place("evaluating", "evaluate", _CHECKING, "What a sample says of its population."),
    "trace": Place("trace", "trace", _CHECKING, "From a figure in the report to its source rows."),
    "verify": Place("verify", "verify", _CHECKING, "Recompute every digest and the audit log's chain."),
    "compensations": Place("compensations", "compensations", _CHECKING, "What an audit did and what was undone."),
    "up": Place("up", "up", _RUNNING, "Run Temporal and worker in this terminal."),
    "worker": Place("worker", "worker", _RUNNING, "Run one worker."),
    "gateway": Place("gateway", "gateway", _RUNNING, "Make the workers' model calls, each paid once."),
    "slack": Place("slack", "app", _RUNNING, "Serve Slack over Socket Mode."),
    "web": Place("web", "web", _RUNNING, "Serve what Slack sends over HTTP."),
    "db": Place("db", "app", _RUNNING, "The database's tables."),
    "doctor": Place("doctor", "doctor", _RUNNING, "What is configured, reachable and missing."),
    "sample": Place("sample", "sample", _RUNNING, "Write a sample company's books."),
}


class CommandList(TyperGroup):
    """All commands by name. One is imported when it is called; the list of them imports none."""

    _only_listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        return _stub(cmd_name, place) if self._only_listing else _imported(cmd_name, place)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The list of commands."""
        with self._listing():
            super().format_help(ctx, formatter)

    @contextmanager
    def _listing(self) -> Iterator[None]:
        self._only_listing = True
        try:
            yield
        finally:
            self._only_listing = False


def _stub(name: str, place: Place) -> TyperCommand:
    return TyperCommand(name=name, help=place.summary, rich_help_panel=place.panel)


def _imported(name: str, place: Place) -> Any:
    found: typer.Typer | Callable[..., None] = getattr(
        import_module(f"audit_agent.cli.{place.module}"), place.attribute
    )
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    single = typer.Typer(add_completion=False)
    single.command(name)(found)
    return get_command(single)
