"""`audit-agent doctor`: what is configured, reachable and missing, and what to do about each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from audit_agent.cli.checks import Check

_SHOWN = {
    "ok": ("ok", "green"),
    "note": ("note", "cyan"),
    "warning": ("warning", "yellow"),
    "problem": ("PROBLEM", "red"),
}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Also try the model's API with the key.")] = False,
) -> None:
    """Say what is configured, reachable and missing, and what to do about each; exit code 1 if something is broken."""
    from audit_agent.cli.printing import print_json

    checks = list(_checks(online))
    if json:
        print_json([check._asdict() for check in checks])
    else:
        _print(checks)
    if any(check.state == "problem" for check in checks):
        raise typer.Exit(1)


def _checks(online: bool) -> Iterator["Check"]:
    import os

    from audit_agent.cli import checks, checks_temporal
    from audit_agent.settings import load_settings

    settings = load_settings()
    yield checks.check_python()
    yield checks.check_settings_file()
    yield from checks.check_unknown_settings(os.environ)
    yield checks.check_home(settings.home)
    yield checks.check_database(settings)
    yield checks_temporal.check_binary()
    yield from checks_temporal.check_temporal(settings)
    yield checks.check_analyst(settings)
    yield checks.check_gateway(settings)
    if online:
        yield checks.check_key(settings)
    yield checks.check_policy(settings)
    yield checks.check_holds(settings)


def _print(checks: list["Check"]) -> None:
    from rich.text import Text

    from audit_agent.cli.printing import console, table

    shown = table("", "What", "Found")
    for check in checks:
        word, colour = _SHOWN[check.state]
        shown.add_row(Text(word, colour), check.name, check.detail)
        if check.advice:
            shown.add_row("", "", Text(check.advice, "bold" if check.state == "problem" else "dim"))
    console().print(shown)
