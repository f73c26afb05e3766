"""The `audit-agent` command: what it prints when things go wrong, and the exit codes.

0 done, 1 failed, 2 bad usage, 3 not found, 4 refused by policy, 130 interrupted.
"""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer
from typer.main import get_command

from audit_agent import __version__
from audit_agent.cli.commands import CommandList
from audit_agent.domain.errors import AuditAgentError

app = typer.Typer(
    cls=CommandList,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"audit-agent {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; may stand anywhere in the command.")] = False,
) -> None:
    """Carries a financial audit from request to signed report, and cannot lose its place."""


def main() -> None:
    """Run the command line of this process and exit."""
    # Importing makes many objects and no garbage; collecting while it does so is a third of a quick command's time.
    gc.set_threshold(100_000)
    code = run(sys.argv[1:])
    logging.shutdown()
    # Whatever is still buffered may meet a reader that has gone.
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Everything is closed by now. Taking the interpreter apart would take a tenth of a quick command's time.
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    debug = "--debug" in arguments
    try:
        get_command(app).main(args=[word for word in arguments if word != "--debug"], prog_name="audit-agent")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    except AuditAgentError as error:
        if debug:
            raise
        _explain(error)
        return error.exit_code
    # The process boundary: an error nobody expected becomes one line and a log entry.
    except Exception as error:
        if debug:
            raise
        _explain_unexpected(error)
        return 1
    return 0


def _explain(error: AuditAgentError) -> None:
    print(f"Error: {error.message}", file=sys.stderr)
    if error.advice:
        print(error.advice, file=sys.stderr)


def _explain_unexpected(error: Exception) -> None:
    from audit_agent.cli.crash_log import record_crash

    place = record_crash(error)
    where = f"The details are in {place}. " if place else ""
    print(f"Error: something unexpected happened ({type(error).__name__}: {error}).", file=sys.stderr)
    print(f"{where}Run the same command with --debug to see them here.", file=sys.stderr)


if __name__ == "__main__":
    main()
