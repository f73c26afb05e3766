"""A real Temporal server, a real inbox, and audits whose activities are stand-ins."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from audit_agent.domain.ids import AuditId
from audit_agent.domain.review import Review
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.start import Order, start_audit
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database, connect
from audit_agent.store.decisions import Decisions
from audit_agent.temporal.attributes import ALL
from audit_agent.temporal.server import temporal_binary
from audit_agent.workflows import WORKFLOWS
from tests.workflow.world import REQUESTER, World, policy, program


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


@dataclass
class Desk:
    """One surface, its store and its Temporal; `working` runs a worker for as long as the block lasts."""

    client: Client
    database: Database
    books: Path
    world: World = field(default_factory=World)
    queue: str = field(default_factory=lambda: f"queue-{uuid.uuid4().hex[:8]}")

    @property
    def inbox(self) -> Decisions:
        return Decisions(self.database)

    @property
    def delivery(self) -> TemporalDelivery:
        async def connected() -> Client:
            return self.client

        return TemporalDelivery(connected)

    async def start(self) -> AuditId:
        # Every test has a database of its own but all share the server, so ids must not begin at 1 each time.
        audits = Audits(self.database)
        year = 2000 + uuid.uuid4().int % 8000
        order = Order(program=program(), books=self.books, requester=REQUESTER, policy=policy())
        return await start_audit(order, Numbered(audits, year), self.client, self.queue)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=WORKFLOWS,
            activities=self.world.activities(),
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
        )
        async with worker:
            yield

    async def review(self) -> Review:
        """The first review, once it is open."""
        async with asyncio.timeout(20):
            while not self.world.reviews:
                await asyncio.sleep(0.01)
        return self.world.reviews[0]


class Numbered(Audits):
    """Audits numbered within a year of their own."""

    def __init__(self, audits: Audits, year: int) -> None:
        super().__init__(audits._database)
        self._year = year

    def new_audit_id(self, year: int) -> AuditId:
        return super().new_audit_id(self._year)


@pytest.fixture
def desk(server: WorkflowEnvironment, tmp_path: Path) -> Iterator[Desk]:
    database = connect(f"sqlite:///{tmp_path / 'audit.db'}")
    database.upgrade()
    books = tmp_path / "books.csv"
    books.write_text("Journal_ID\n1\n", encoding="utf-8")
    yield Desk(server.client, database, books)
    database.close()
