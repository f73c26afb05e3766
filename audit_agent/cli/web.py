"""`audit-agent web`: the web process."""

from typing import Annotated

import typer

LOOPBACK = "127.0.0.1"


def web(
    port: Annotated[int, typer.Option("--port", help="Where it listens.", min=0, max=65535)] = 8080,
    host: Annotated[str, typer.Option("--host", help="On which address; behind a proxy that speaks TLS.")] = LOOPBACK,
) -> None:
    """Serve what Slack sends over HTTP (`/slack/events`) and a health check (`/healthz`), until Ctrl-C."""
    import uvicorn

    from audit_agent.settings import load_settings
    from audit_agent.surfaces import web as application
    from audit_agent.temporal.process import configure_logging

    settings = load_settings()
    configure_logging(settings.log_level)
    uvicorn.run(application(settings), host=host, port=port, log_config=None, access_log=False, ws="none")
