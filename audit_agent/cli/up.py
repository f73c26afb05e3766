"""`audit-agent up`: Temporal and a worker in one terminal, until Ctrl-C."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit_agent.temporal.runtime import RuntimeEvent


def up() -> None:
    """Run Temporal, its Web UI, a worker and, with a model, its gateway in this terminal, until Ctrl-C."""
    import threading

    from rich.console import Console

    from audit_agent.settings import load_settings
    from audit_agent.store.database import connect
    from audit_agent.temporal.running import running

    console = Console(stderr=True, highlight=False)

    def say(event: "RuntimeEvent") -> None:
        console.print(event.message, style="yellow" if event.what in ("ended", "failing") else None, markup=False)

    settings = load_settings()
    console.print(f"Starting in {settings.home} ...", markup=False)
    database = connect(settings.database_url)
    try:
        database.upgrade()
        with running(settings, say, role="up"):
            console.print("Ready. Start an audit from another terminal; Ctrl-C ends everything here.", style="bold")
            threading.Event().wait()
    except KeyboardInterrupt:
        console.print("All processes have ended. Audits under way go on with the next `audit-agent up`.")
    finally:
        database.close()
