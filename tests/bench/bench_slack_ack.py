"""How long 1,000 clicks in Slack wait for their acknowledgement while Temporal is away, and the database stalled.

Run it with `pytest tests/bench/bench_slack_ack.py`. Every click is a signed request to the real application.
"""

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import func, select
from starlette.types import ASGIApp
from temporalio.client import Client

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Review
from audit_agent.slack.app import slack_app
from audit_agent.slack.blocks.review import review_message
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.names import Action
from audit_agent.slack.rehearsal.clicking import Delivery, interaction, press, signed
from audit_agent.slack.rehearsal.workspace import Said
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import audit_status
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_tables import SlackClickRow
from audit_agent.temporal.errors import TemporalUnavailableError
from audit_agent.web.app import web_app
from tests.peers.asgi import post
from tests.peers.slack_server import ANNA, CHANNEL, SECRET, office_of, workspace_server
from tests.unit.slack.test_blocks import AUDIT, NOW, review
from tests.workflow.world import request

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

CLICKS, AT_ONCE = 1_000, 10
P99_MILLISECONDS = 500
"""With a processor to itself; the limit grows with how little of one a busy machine gives."""
STALL_SECONDS = 2.0


async def _nowhere() -> Client:
    raise TemporalUnavailableError("Temporal is away.")


def opened(database: Database) -> Review:
    """A review that waits for a decision."""
    Audits(database).create(request(AUDIT), NOW)
    asked = review(Gate.PLAN)
    Reviews(database).open(asked, NOW)
    return asked


def stall(file: Path) -> None:
    """Keep every writer out for a while."""
    with closing(sqlite3.connect(file, isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        time.sleep(STALL_SECONDS)
        blocker.execute("ROLLBACK")


async def _nothing() -> None:
    return None


class Acknowledged(NamedTuple):
    """How the clicks were answered."""

    waits: list[float]
    """Milliseconds, sorted."""
    statuses: Counter[int]
    processor: float
    """How much of a processor the machine gave while the same application only computed."""
    by_disk: int
    """Clicks the local disk kept for a while."""


@pytest.mark.parametrize("stalled", [False, True], ids=["Temporal stopped", "database stalled, too"])
def test_a_thousand_clicks_are_acknowledged_in_time_and_none_is_lost(
    sqlite_database: Database, tmp_path: Path, stalled: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(sqlite_database)
    blocks = review_message(audit_status(sqlite_database, AUDIT).reviews[0], ())

    async def click_all() -> Acknowledged:
        with workspace_server() as server:
            office = office_of(server, sqlite_database, FolderEvidence(tmp_path / "evidence"), tmp_path, _nowhere)
            app = web_app(SlackEndpoint(slack_app(office), SECRET))
            said = Said(CHANNEL, "1.000001", "", blocks)
            requests = [interaction(press(server.workspace, said, Action.APPROVE, ANNA), SECRET) for _ in range(CLICKS)]
            processor = await _share(app)
            blocking = asyncio.to_thread(stall, tmp_path / "audit.db") if stalled else _nothing()
            block = asyncio.ensure_future(blocking)
            await asyncio.sleep(0.1)
            waits, statuses = await _post(app, requests)
            await block
            by_disk = await office.inbox.move_on()
            office.inbox.close()
        return Acknowledged(waits, statuses, processor, by_disk)

    # What is still being settled when they are acknowledged is nobody's concern here.
    found = asyncio.run(click_all())

    with sqlite_database.read() as session:
        kept = session.scalar(select(func.count()).select_from(SlackClickRow))
    most = _at(found.waits, 99)
    what = "Temporal stopped, database stalled 2 s" if stalled else "Temporal stopped"
    told = (
        f"{what}: acknowledged p50 {_at(found.waits, 50):.0f} ms, p99 {most:.0f} ms, at most {found.waits[-1]:.0f} ms; "
        f"answers {dict(found.statuses)}; {kept} of {CLICKS} kept, {found.by_disk} of them by way of the disk; "
        f"{found.processor:.0%} of a processor was ours"
    )
    with capsys.disabled():
        print(f"\n{told}")
    assert found.statuses == {200: CLICKS}, told
    assert kept == CLICKS, told
    assert most < P99_MILLISECONDS / found.processor, told


async def _post(app: ASGIApp, requests: Sequence[Delivery]) -> tuple[list[float], Counter[int]]:
    """Send requests, so many at a time; milliseconds each took, sorted, and how they were answered."""
    waiting = iter(requests)
    waits: list[float] = []
    statuses: Counter[int] = Counter()

    async def some() -> None:
        for one in waiting:
            begun = time.perf_counter()
            answer = await post(app, "/slack/events", one.body, one.headers)
            waits.append((time.perf_counter() - begun) * 1000)
            statuses[answer.status] += 1

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return sorted(waits), statuses


async def _share(app: ASGIApp) -> float:
    begun, computed = time.perf_counter(), time.process_time()
    await _post(app, [_challenge(number) for number in range(CLICKS)])
    return (time.process_time() - computed) / (time.perf_counter() - begun)


def _challenge(number: int) -> Delivery:
    body = json.dumps({"type": "url_verification", "challenge": str(number)}).encode()
    return signed(body, SECRET, "application/json")


def _at(ordered: Sequence[float], percent: int) -> float:
    return ordered[len(ordered) * percent // 100]
