"""`audit-agent demo`: sample books to finished report in one go."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_SEED = 7
"""The same books as `audit-agent sample` writes."""


def demo(
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve at every gate as the demo reviewer, without asking.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Which variant of the sample books.", min=0)] = DEFAULT_SEED,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where the sample books are written; by default into the home.")
    ] = None,
    slack: Annotated[
        bool, typer.Option("--slack", help="Hold the conversation in a rehearsed Slack, and print it.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep Temporal running at the end, until Ctrl-C, to look at its Web UI.")
    ] = False,
) -> None:
    """Run an audit over a sample company's books, from request to report.

    On a terminal it asks you at each gate; without one, or with --approve, it approves as the demo reviewer.
    """
    import sys

    from audit_agent.cli.demo_run import DemoOrder, run_demo
    from audit_agent.cli.printing import console
    from audit_agent.settings import load_settings

    settings = load_settings()
    asks = not approve and not slack and sys.stdin.isatty() and sys.stdout.isatty()
    folder = (directory or settings.home / "demo" / f"seed-{seed}").expanduser().absolute()
    run_demo(settings, DemoOrder(seed=seed, folder=folder, asks=asks, keeps=keep, in_slack=slack), console())
