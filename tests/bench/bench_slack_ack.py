"""How long 1,000 clicks in Slack wait for their acknowledgement while Temporal is away, and the database stalled.

Run it with `pytest tests/bench/bench_slack_ack.py`. Every click is a signed request to the real application.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from temporalio.client import Client

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Review
from audit_agent.slack.app import slack_app
from audit_agent.slack.blocks.review import review_message
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.names import Action
from audit_agent.slack.rehearsal.clicking import interaction, press
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
P99_SECONDS = 0.5
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


@pytest.mark.parametrize("stalled", [False, True], ids=["Temporal stopped", "database stalled, too"])
def test_a_thousand_clicks_are_acknowledged_in_time_and_none_is_lost(
    sqlite_database: Database, tmp_path: Path, stalled: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(sqlite_database)
    blocks = review_message(audit_status(sqlite_database, AUDIT).reviews[0], ())

    async def click_all() -> list[float]:
        with workspace_server() as server:
            office = office_of(server, sqlite_database, FolderEvidence(tmp_path / "evidence"), tmp_path, _nowhere)
            app = web_app(SlackEndpoint(slack_app(office), SECRET))
            said = Said(CHANNEL, "1.000001", "", blocks)
            requests = [interaction(press(server.workspace, said, Action.APPROVE, ANNA), SECRET) for _ in range(CLICKS)]
            waits: list[float] = []
            blocking = asyncio.to_thread(stall, tmp_path / "audit.db") if stalled else _nothing()
            block = asyncio.ensure_future(blocking)
            await asyncio.sleep(0.1)

            async def click_some(some: list[Any]) -> None:
                for one in some:
                    begun = time.perf_counter()
                    answer = await post(app, "/slack/events", one.body, one.headers)
                    waits.append(time.perf_counter() - begun)
                    assert answer.status == 200

            await asyncio.gather(*(click_some(requests[start::AT_ONCE]) for start in range(AT_ONCE)))
            await block
            await office.inbox.move_on()
            office.inbox.close()
        return sorted(waits)

    waits = run(click_all)

    with sqlite_database.read() as session:
        kept = session.scalar(select(func.count()).select_from(SlackClickRow))
    half, most = waits[CLICKS // 2], waits[CLICKS * 99 // 100]
    with capsys.disabled():
        what = "Temporal stopped, database stalled 2 s" if stalled else "Temporal stopped"
        print(f"\n{what}: acknowledged p50 {half * 1000:.0f} ms, p99 {most * 1000:.0f} ms; {kept} of {CLICKS} kept")
    assert kept == CLICKS
    assert most < P99_SECONDS


def run(work: Callable[[], Any]) -> list[float]:
    """Run the clicks; what is still being settled when they are done is nobody's concern here."""
    result: list[float] = asyncio.run(work())
    return result
