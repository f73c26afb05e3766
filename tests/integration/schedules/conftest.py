"""A real Temporal server, schedules on it, and workers whose audits are stand-ins but whose requests are recorded."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from audit_agent.activities.scheduling import ScheduleActivities
from audit_agent.activities.services import Services
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.schedule import ScheduleDefinition
from audit_agent.handoff.schedule_file import definition_from
from audit_agent.handoff.schedules import create_schedule
from audit_agent.holds.port import RegisterOnly
from audit_agent.llm.offline.analyst import OfflineAnalyst
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.procedures.registry import REGISTRY
from audit_agent.settings import Settings
from audit_agent.store.audit_tables import AuditNumberRow
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import audit_status
from audit_agent.store.scheduled import ScheduledAudits
from audit_agent.store.summaries import AuditSummary
from audit_agent.temporal.attributes import ALL
from audit_agent.temporal.schedules import PastRun, Schedules
from audit_agent.temporal.server import temporal_binary
from audit_agent.temporal.worker import build_worker
from audit_agent.workflows import WORKFLOWS
from tests.workflow.world import World

ANNA = Person("user:anna")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop, since the server's client lives on it."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="package")
def server(loop: asyncio.AbstractEventLoop) -> Iterator[WorkflowEnvironment]:
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(
            data_converter=pydantic_data_converter,
            dev_server_existing_path=str(temporal_binary()),
            search_attributes=list(ALL),
        )
    )
    yield environment
    loop.run_until_complete(environment.shutdown())


def definition(**fields: Any) -> ScheduleDefinition:
    """A schedule that is due in five months' time at the earliest, unless `fields` say otherwise."""
    given = {
        "name": "monthly-close",
        "program": "general",
        "books": "/srv/books",
        "period": "previous-month",
        "cron": "0 7 3 4 *",
        "time_zone": "Europe/Berlin",
    }
    return definition_from({**given, **fields} if "when" not in fields else {**given, "cron": None, **fields})


@dataclass
class Office:
    """One installation: a task queue of its own on the shared server, and a database."""

    client: Client
    database: Database
    services: Services
    home: Path
    world: World = field(default_factory=World)
    queue: str = field(default_factory=lambda: f"queue-{uuid.uuid4().hex[:8]}")

    @property
    def schedules(self) -> Schedules:
        return Schedules(self.client, self.queue)

    async def has(self, wanted: ScheduleDefinition) -> None:
        await create_schedule(self.schedules, wanted, ANNA, NOW)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        scheduling = ScheduleActivities(self.services)
        activities: list[Callable[..., Any]] = [
            *self.world.activities(),
            scheduling.request_scheduled_audit,
            scheduling.note_run,
        ]
        settings = Settings(home=self.home, task_queue=self.queue)
        with ThreadPoolExecutor(settings.worker_slots) as threads:
            async with build_worker(self.client, settings, WORKFLOWS, activities, threads):
                yield

    async def made(self, count: int, schedule: str = "monthly-close") -> tuple[AuditSummary, ...]:
        """The audits a schedule made, oldest scheduled time first, once there are `count`."""
        async with asyncio.timeout(20):
            while len(found := ScheduledAudits(self.database).made_by(schedule, 1000)) < count:
                await asyncio.sleep(0.02)
        return found[::-1]

    async def running(self, audit: AuditId) -> None:
        """Until the run that carries the audit is known."""
        async with asyncio.timeout(20):
            while audit_status(self.database, audit).workflow_run is None:
                await asyncio.sleep(0.02)


def now() -> datetime:
    return datetime.now(UTC)


async def runs_ended(office: Office) -> tuple[PastRun, ...]:
    """What the schedule started by itself, once there is something and none of it runs."""
    async with asyncio.timeout(20):
        while True:
            runs = (await office.schedules.standing("monthly-close")).last_runs
            handles = [office.client.get_workflow_handle(run.workflow, run_id=run.run) for run in runs]
            statuses = [(await handle.describe()).status for handle in handles]
            if statuses and WorkflowExecutionStatus.RUNNING not in statuses:
                return runs
            await asyncio.sleep(0.05)


@pytest.fixture
def office(server: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path) -> Office:
    # Every test has a database of its own but all share the server, so ids must not begin at 1 each time.
    with sqlite_database.write() as session:
        session.add(AuditNumberRow(year=now().year, last=uuid.uuid4().int % 10**9))
    services = Services(
        database=sqlite_database,
        evidence=FolderEvidence(tmp_path / "evidence"),
        analyst=OfflineAnalyst(REGISTRY),
        rules=OfflineAnalyst(REGISTRY),
        payments=RegisterOnly(),
        notifier=DatabaseNotifier(sqlite_database),
        clock=now,
    )
    return Office(server.client, sqlite_database, services, tmp_path)
