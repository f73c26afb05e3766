"""Keeps a Temporal server, a gateway and a worker running while a surface needs them, and ends them with it."""

import os
import queue
import socket
import sys
import threading
import time
from collections.abc import Sequence

import psutil

from audit_agent.domain.errors import AuditAgentError
from audit_agent.settings import GATEWAY_SOCKET_VARIABLE, SUPERVISOR_PIPE_VARIABLE, Settings, variable_of
from audit_agent.temporal.children import Child, start_child
from audit_agent.temporal.client import remote_address, remote_configured
from audit_agent.temporal.kept import Kept
from audit_agent.temporal.orphans import end_orphans
from audit_agent.temporal.ports import LOOPBACK, Ports
from audit_agent.temporal.runstate import HomeLock, ProcessMark
from audit_agent.temporal.runtime import Happening, OnEvent, Part, Runtime, RuntimeEvent
from audit_agent.temporal.server import StartAbandonedError, database_file, log_file, start_server

WORKER_COMMAND = (sys.executable, "-m", "audit_agent.cli.main", "worker")
GATEWAY_COMMAND = (sys.executable, "-m", "audit_agent.cli.main", "gateway")
_WORKER_GRACE_SECONDS = 12.0
_GATEWAY_GRACE_SECONDS = 60.0
"""Most model calls in flight end within this; what does not is paid and lost."""
_GATEWAY_BACKLOG = 2048
_SERVER_GRACE_SECONDS = 5.0


class Supervisor:
    """Starts, restarts and ends the processes, all from one thread.

    One thread, because on Linux a child is tied to the thread that started it.
    """

    def __init__(
        self, settings: Settings, lock: HomeLock, on_event: OnEvent, worker_command: Sequence[str] = WORKER_COMMAND
    ) -> None:
        self.runtime = Runtime(settings.home, troubles=self._trouble)
        self._settings = settings
        self._lock = lock
        self._on_event = on_event
        self._worker_command = worker_command
        worker_log, gateway_log = settings.logs_folder / "worker.log", settings.logs_folder / "gateway.log"
        self._server = Kept("server", log_file(settings.home), self._start_server, _SERVER_GRACE_SECONDS)
        self._gateway = Kept("gateway", gateway_log, self._start_gateway, _GATEWAY_GRACE_SECONDS)
        self._worker = Kept("worker", worker_log, self._start_worker, _WORKER_GRACE_SECONDS)
        self._parts = (self._server, self._gateway, self._worker)
        self._listener: socket.socket | None = None
        self._ports = Ports(settings.temporal_port, settings.temporal_ui_port)
        self._ended: queue.SimpleQueue[Child | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)

    def start(self) -> None:
        """Return once the server is healthy and the others started; raises why it could not be."""
        self._pipe, self._alive = os.pipe()
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """End the worker, then the gateway and the server. Interrupted while waiting, it kills them at once."""
        self._stop.set()
        self._ended.put(None)
        while self._thread.is_alive():
            try:
                self._thread.join()
            except (KeyboardInterrupt, SystemExit):
                self._hurry.set()
        os.close(self._alive)
        os.close(self._pipe)

    def _supervise(self) -> None:
        try:
            self._end_orphans()
            if remote_configured():
                self.runtime.address = remote_address()
            # They import for seconds and then wait for the server, which starts meanwhile.
            if self._settings.runs_gateway:
                self._start_gateway()
            self._start_worker()
            if not remote_configured():
                self._start_server()
            self._ready.set()
            while not self._stop.is_set():
                self._wait_for_an_end()
                self._start_what_is_due()
        except StartAbandonedError:
            return
        except BaseException as error:  # the thread's boundary: start() raises it to its caller
            self._failure = error
        finally:
            self._end_all()
            self._ready.set()

    def _end_orphans(self) -> None:
        orphans = end_orphans(database_file(self._settings.home), self._lock.left_behind)
        if orphans:
            pids = ", ".join(str(pid) for pid in orphans)
            self._tell("supervisor", "ended", f"Ended what a killed supervisor had left running: process {pids}.")

    def _start_server(self) -> None:
        server = start_server(self._settings, self._ports, self._stop)
        self._keep(self._server, Child(server.process))
        moved = self.runtime.address not in ("", server.address)
        self.runtime.address, self.runtime.ui_url, self._ports = server.address, server.ui_url, server.ports
        self._write_state()
        self._tell("server", "started", f"Temporal answers at {server.address}, its Web UI at {server.ui_url}.")
        if moved and self._worker.child:
            # The worker knows the old address only. Its end is noticed like any other, and it starts on the new one.
            self._worker.child.end(self._worker.grace, self._hurry)

    def _start_gateway(self) -> None:
        if self._listener is None:
            # Held here, so that whoever calls while the gateway is started again waits instead of being refused.
            self._listener = socket.create_server((LOOPBACK, 0), backlog=_GATEWAY_BACKLOG)
            self.runtime.gateway_url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        handle = self._listener.fileno()
        environment = self._environment({GATEWAY_SOCKET_VARIABLE: str(handle)})
        self._keep(self._gateway, start_child(GATEWAY_COMMAND, self._gateway.log, environment, self._pipe, handle))
        self._write_state()
        self._tell("gateway", "started", f"The gateway makes model calls and logs to {self._gateway.log}.")

    def _start_worker(self) -> None:
        url = self.runtime.gateway_url
        environment = self._environment({variable_of("gateway_url"): url} if url else {})
        self._keep(self._worker, start_child(self._worker_command, self._worker.log, environment, self._pipe))
        self._write_state()
        self._tell("worker", "started", f"The worker runs and logs to {self._worker.log}.")

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        return os.environ | self._settings.as_environment() | {SUPERVISOR_PIPE_VARIABLE: str(self._pipe)} | more

    def _keep(self, kept: Kept, child: Child) -> None:
        kept.runs_as(child)
        child.watch(self._ended.put)

    def _write_state(self) -> None:
        self.runtime.pids = {one.part: one.child.process.pid for one in self._parts if one.child}
        marks = {}
        for part, pid in self.runtime.pids.items():
            try:
                marks[part] = ProcessMark.of(pid)
            except psutil.NoSuchProcess:
                continue
        self._lock.tell(self.runtime.address or None, self.runtime.ui_url, marks)

    def _wait_for_an_end(self) -> None:
        due = [one.due for one in self._parts if one.due is not None]
        try:
            ended = self._ended.get(timeout=max(0.0, min(due) - time.monotonic()) if due else None)
        except queue.Empty:
            return
        for kept in self._parts:
            if ended is not None and kept.child is ended:
                self._tell(kept.part, "ended", kept.note_end(ended))
                self._complain(kept)

    def _start_what_is_due(self) -> None:
        for kept in self._parts:
            if not kept.is_due() or self._stop.is_set():
                continue
            try:
                kept.start()
            except StartAbandonedError:
                return
            except (AuditAgentError, OSError) as error:
                self._tell(kept.part, "ended", kept.note_failed_start(error))
                self._complain(kept)

    def _complain(self, kept: Kept) -> None:
        trouble = kept.trouble()
        if trouble:
            self._tell(kept.part, "failing", str(trouble))

    def _trouble(self) -> AuditAgentError | None:
        return next((trouble for kept in self._parts if (trouble := kept.trouble())), None)

    def _end_all(self) -> None:
        for kept in reversed(self._parts):
            if kept.child:
                kept.child.end(kept.grace, self._hurry)
                self._tell(kept.part, "stopped", f"The {kept.part} has ended.")
        if self._listener is not None:
            self._listener.close()
        self.runtime.pids = {}

    def _tell(self, part: Part, what: Happening, message: str) -> None:
        self._on_event(RuntimeEvent(part, what, message))
