"""An audit of many documents that a model reads, on a machine whose parts can be killed one by one or all at once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import psutil

from audit_agent.domain.audit import Phase
from audit_agent.domain.ids import AuditId
from audit_agent.domain.program import Program
from audit_agent.domain.record import Digest
from audit_agent.handoff.start import Order, start_audit
from audit_agent.programs.loader import load_program
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits
from audit_agent.store.database import connect
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reading import audit_status
from audit_agent.temporal.client import connect as connect_temporal
from audit_agent.temporal.runstate import read_state
from tests.chaos.audit_run import LOOK_AGAIN_SECONDS, REQUESTER, approve, eager
from tests.peers.anthropic_server import AnthropicServer

PARTS = ("worker", "server", "supervisor")
LOOK = 0.05
"""Seconds between looks at what the service counts, which cost nothing."""


class Stack:
    """Invoices in a folder, and books with a row for each. Every tenth charges a euro more than its row."""

    def __init__(self, folder: Path, count: int) -> None:
        self.documents, self.books, self.count = folder / "documents", folder / "books", count
        _write(self.documents, self.books, count)


class ReadingRun:
    """One home in which a stack of documents is read, and the service that bills for it."""

    model_does = "reading"
    """Which work is a model's, and so which worker runs."""

    def __init__(self, home: Path, stack: Stack, service: AnthropicServer, points: tuple[str, ...] = ()) -> None:
        self.settings = Settings(
            home=home,
            temporal_port=0,
            temporal_ui_port=0,
            analyst="anthropic",
            anthropic_api_key="test-key",
            anthropic_base_url=service.url,
        )
        self.stack = stack
        self.service = service
        self.audit = AuditId("")
        self.database = connect(self.settings.database_url)
        self.database.upgrade()
        self._folder = home / "chaos"
        self._folder.mkdir(parents=True)
        self._environment = {"CHAOS_FOLDER": str(self._folder), "CHAOS_POINTS": ",".join(points)}
        self._machine: subprocess.Popen[str] | None = None

    @contextmanager
    def machine(self) -> Iterator[None]:
        """Supervisor, server, gateway and worker, until the end of the block or `power_cut`."""
        self.power_on()
        try:
            yield
        finally:
            self.power_cut()

    def power_on(self) -> None:
        """Start the machine; returns when its server answers."""
        environment = os.environ | self._environment | self.settings.as_environment()
        command = [sys.executable, "-m", "tests.chaos.machine", self.model_does]
        machine = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._machine = machine
        assert _first_line(machine.stdout) == "running\n"

    def power_cut(self) -> None:
        """Kill everything at once, calls in flight included."""
        if self._machine is None:
            return
        state = read_state(self.settings.home)
        marks = state.children.values() if state else ()
        processes = [found for mark in marks if (found := mark.find())]
        if self._machine.poll() is None:
            processes.append(psutil.Process(self._machine.pid))
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=20)
        self._machine.wait()
        if self._machine.stdout is not None:
            self._machine.stdout.close()
        self._machine = None

    def kill(self, part: str) -> None:
        """SIGKILL to the worker, the server, or the supervisor, which a new one follows."""
        if part == "supervisor":
            assert self._machine is not None
            self._machine.kill()
            self._machine.wait()
            if self._machine.stdout is not None:
                self._machine.stdout.close()
            self.power_on()
            return
        state = read_state(self.settings.home)
        process = state.children[part].find() if state and part in state.children else None
        if process is not None:  # else it is being started again after the last time
            process.send_signal(signal.SIGKILL)

    async def start(self) -> None:
        """Ask for the audit."""
        client = await connect_temporal(self.settings)
        self.audit = await start_audit(self.order(), Audits(self.database), client, self.settings.task_queue)

    def order(self) -> Order:
        """What is asked for."""
        return Order(
            program=_one_test(),
            books=self.stack.books,
            requester=REQUESTER,
            policy=eager(),
            documents=str(self.stack.documents),
        )

    async def carry_on(self, is_there: Callable[[], bool], seconds: float) -> None:
        """Approve whatever waits, until something has come about."""
        said: set[str] = set()
        async with asyncio.timeout(seconds):
            while not is_there():
                waiting = audit_status(self.database, self.audit).waiting_for
                if waiting is not None and waiting.review.id not in said:
                    await approve(self.settings, self.database, waiting.review)
                    said.add(waiting.review.id)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def kill_at_random(self, kills: int, seed: int, seconds: float) -> None:
        """Kill one part after the other, each time after the next few answers were paid, and read on to the end."""
        chance = random.Random(seed)
        for number in range(kills):
            part = PARTS[number] if number < len(PARTS) else chance.choice(PARTS)
            paid = self.service.bill + chance.randrange(1, max(2, self.stack.count // kills // 2))
            await self.carry_on(partial(self._has_paid_or_read, paid), seconds)
            await asyncio.to_thread(self.kill, part)
        await self.carry_on(self.is_read, seconds)

    def _has_paid_or_read(self, paid: int) -> bool:
        return self.service.bill >= paid or self.is_read()

    def is_read(self) -> bool:
        """Whether every step is done."""
        status = audit_status(self.database, self.audit).audit
        assert status.phase not in (Phase.FAILED, Phase.COMPENSATING, Phase.NEEDS_PERSON), status.reason
        return status.steps_total > 0 and status.steps_done + status.steps_not_done == status.steps_total

    def fired(self) -> set[str]:
        """The points at which the worker has died."""
        return {path.name for path in self._folder.iterdir()}

    def workpapers(self) -> dict[str, Digest | None]:
        """The digests of what the steps came to."""
        return {step.step: step.workpaper for step in audit_status(self.database, self.audit).steps}

    def exposure(self) -> int:
        """Calls whose outcome is unknown, as the ledger tells."""
        return DatabaseLedger(self.database).exposure()[0]


def wait_until(is_there: Callable[[], bool], seconds: float) -> float:
    """Seconds until something has come about; raises TimeoutError."""
    began = time.monotonic()
    while not is_there():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"It has not come about within {seconds} s.")
        time.sleep(LOOK)
    return time.monotonic() - began


def _first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def _write(documents: Path, books: Path, count: int) -> None:
    documents.mkdir(parents=True)
    books.mkdir(parents=True)
    rows = ["Invoice_ID,Invoice_Number,Invoice_Date,Supplier_Account_ID,Invoice_Amount,Amount_Currency"]
    for number in range(count):
        net = 100 + number
        rows.append(f"{number},HB-{number:05d},2025-10-10,70020,{net}.00,EUR")
        charged = net + (number % 10 == 9)
        lines = (
            "Hafen Beratung AG",
            "",
            f"Invoice number: HB-{number:05d}",
            "Invoice date: 2025-10-10",
            "",
            f"Total amount due: {charged}.00 EUR",
        )
        (documents / f"HB-{number:05d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (books / "invoices.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (books / "suppliers.csv").write_text(
        "Supplier_Account_ID,Supplier_Name\n70020,Hafen Beratung AG\n", encoding="utf-8"
    )


def _one_test() -> Program:
    """One test of the invoices, so that documents are read in step S02 whatever programmes grow to."""
    program = load_program("procure-to-pay")
    return program.model_copy(update={"procedures": program.procedures[:1]})
