"""`audit-agent gateway`: the process through which model calls go."""

from typing import Annotated

import typer

LOOPBACK = "127.0.0.1"


def gateway(
    port: Annotated[int, typer.Option("--port", help="Where it listens.", min=0, max=65535)] = 8090,
    host: Annotated[str, typer.Option("--host", help="On which address; other machines need a private network.")] = (
        LOOPBACK
    ),
) -> None:
    """Make the model calls of all workers, each paid once, until Ctrl-C or SIGTERM.

    Workers find it by AUDIT_AGENT_GATEWAY_URL. Ending, it finishes the calls in flight and stores their answers.
    `audit-agent up` and docker-compose.yml wait 60 s for that; what is lost then is shown as exposure.
    """
    from audit_agent.temporal.process import configure_logging, leave, starting

    with starting():
        from audit_agent.gateway import run_gateway
        from audit_agent.settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level)
    run_gateway(settings, host, port)
    leave()
