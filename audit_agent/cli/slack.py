"""`audit-agent slack`: people decide in Slack, over Socket Mode; and the manifest of its app."""

from typing import Annotated

import typer

app = typer.Typer(
    invoke_without_command=True, add_completion=False, help="Serve Slack over Socket Mode, until Ctrl-C or SIGTERM."
)


@app.callback()
def slack(context: typer.Context) -> None:
    """Serve Slack over Socket Mode, until Ctrl-C or SIGTERM. No address of yours must be reachable for that."""
    if context.invoked_subcommand is not None:
        return
    import asyncio
    import signal

    from audit_agent.settings import load_settings
    from audit_agent.surfaces import run_slack
    from audit_agent.temporal.process import configure_logging, leave

    settings = load_settings()
    configure_logging(settings.log_level)

    async def serve() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run_slack(settings, stop)

    asyncio.run(serve())
    leave()


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option("--url", help="Where Slack reaches `audit-agent web`. Default: Socket Mode.")
    ] = None,
) -> None:
    """Print the manifest from which Slack makes the app."""
    import json

    from audit_agent.surfaces import slack_manifest

    typer.echo(json.dumps(slack_manifest(url), indent=2))
