"""Carry one audit over the sample books to its end while things die, and approve whatever waits."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from audit_agent.domain.audit import Phase
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.domain.review import Review, Verdict
from audit_agent.handoff.decide import decision_on, submit
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.start import Order, start_audit
from audit_agent.programs.loader import load_program
from audit_agent.reports.model import AuditReport
from audit_agent.sample.writer import generate
from audit_agent.settings import Settings
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.decisions import Decisions
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import AuditStatus, audit_status
from audit_agent.temporal.client import connect as connect_temporal
from audit_agent.temporal.running import running
from audit_agent.temporal.runtime import Runtime
from tests.chaos.machine import DEADLY_WORKER

REQUESTER, REVIEWER = Person("user:requester"), Person("user:reviewer")
EAGER = GatePolicy(requester_may_approve=True)
LOOK_AGAIN_SECONDS = 0.25
"""Between looks at an audit's status: reading it takes long enough to slow down what is waited for."""


class ChaosRun:
    """One home, its database, and the audit in it."""

    def __init__(self, home: Path, points: tuple[str, ...] = ()) -> None:
        self.settings = Settings(home=home, temporal_port=0, temporal_ui_port=0, analyst="offline")
        self.folder = home / "chaos"
        self.folder.mkdir(parents=True)
        generate(home / "sample", 7)
        self.books = home / "sample" / "books"
        self.database: Database = connect(self.settings.database_url)
        self.database.upgrade()
        self.evidence = FolderEvidence(self.settings.evidence_folder)
        self.audit = AuditId("")
        self._environment = {"CHAOS_FOLDER": str(self.folder), "CHAOS_POINTS": ",".join(points)}

    @contextmanager
    def processes(self) -> Iterator[Runtime]:
        """Server and deadly worker under the real supervisor."""
        before = dict(os.environ)
        os.environ.update(self._environment)
        try:
            with running(self.settings, worker_command=DEADLY_WORKER) as runtime:
                yield runtime
        finally:
            os.environ.clear()
            os.environ.update(before)

    @contextmanager
    def machine(self) -> Iterator[None]:
        """The same processes on a machine of their own, which loses its power at the end of the block."""
        program = [sys.executable, str(Path(__file__).with_name("machine.py"))]
        environment = os.environ | self._environment | self.settings.as_environment()
        with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as machine:
            try:
                assert machine.stdout is not None
                assert machine.stdout.readline() == "running\n"
                yield
            finally:
                supervisor = psutil.Process(machine.pid)
                processes = [supervisor, *supervisor.children(recursive=True)]
                for process in processes:
                    process.kill()
                psutil.wait_procs(processes, timeout=10)

    async def start(self) -> None:
        """Ask for the audit."""
        order = Order(program=load_program("general"), books=self.books, requester=REQUESTER, policy=eager())
        client = await connect_temporal(self.settings)
        self.audit = await start_audit(order, Audits(self.database), client, self.settings.task_queue)

    async def carry_on(
        self, until: Callable[[AuditStatus], bool] = lambda status: status.audit.phase.ended, seconds: float = 200
    ) -> AuditStatus:
        """Approve whatever waits, until the audit is where it should be; what is waited for is left undecided."""
        said: set[str] = set()
        async with asyncio.timeout(seconds):
            while True:
                status = audit_status(self.database, self.audit)
                if until(status):
                    return status
                if status.waiting_for is not None and status.waiting_for.review.id not in said:
                    said.add(status.waiting_for.review.id)
                    await approve(self.settings, self.database, status.waiting_for.review)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def report(self) -> dict[str, Any]:
        """The deterministic part of the published report."""
        digest = audit_status(self.database, self.audit).audit.report
        assert digest is not None
        body = AuditReport.model_validate_json(self.evidence.read(digest)).report
        content: dict[str, Any] = json.loads(body.model_dump_json())
        return content

    def fired(self) -> set[str]:
        """The points at which the worker has died."""
        return {path.name for path in self.folder.iterdir() if ":" in path.name}


async def approve(settings: Settings, database: Database, review: Review) -> None:
    """Approve a review as its reviewer would on the terminal."""
    delivery = TemporalDelivery(lambda: connect_temporal(settings))
    decision = decision_on(review, Verdict.APPROVE, "", REVIEWER, "terminal", datetime.now(UTC))
    await submit(decision, Decisions(database), delivery)


def eager() -> Policy:
    """Whoever asked may approve."""
    return Policy(plan=EAGER, findings=EAGER, remediation=EAGER, report=EAGER)


def finished(status: AuditStatus) -> bool:
    """Whether the audit came to its report."""
    return status.audit.phase is Phase.FINISHED
