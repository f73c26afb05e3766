"""Kill the web process around a click; nothing is lost and nothing happens twice."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from audit_agent.domain.ids import AuditId, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer, Outcome
from audit_agent.settings import Settings
from audit_agent.slack.names import Action
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import Delivery, interaction, press
from audit_agent.slack.rehearsal.server import TOKEN, SlackServer
from audit_agent.slack.rehearsal.workspace import TEAM, Said
from audit_agent.store.database import Database
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.reading import audit_status
from audit_agent.temporal.attributes import ALL
from audit_agent.temporal.server import temporal_binary
from tests.integration.slack.conftest import Workplace
from tests.peers.slack_server import ANNA, SECRET, buttons, until, workspace_server

ROOT = Path(__file__).parents[2]
POINTS = ("kept", "acknowledged", "delivered")
WITHIN = 60.0
"""A killed process's claims and its right to post end after 15 s."""


class Clicked(NamedTuple):
    """A message and the click on it."""

    asked: Said
    request: Delivery


class WebProcess:
    """The web process of one home, which is started anew whenever it dies."""

    def __init__(self, place: Workplace, temporal_address: str) -> None:
        self._folder = place.folder / "chaos"
        self._folder.mkdir()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._settings = Settings(
            home=place.folder,
            slack_bot_token=TOKEN,
            slack_signing_secret=SECRET,
            slack_api_url=place.server.url,
            task_queue=place.queue,
            analyst="offline",
        )
        self._temporal = temporal_address
        self._process: Process

    @asynccontextmanager
    async def running(self, *points: str) -> AsyncIterator[None]:
        chaos = {"CHAOS_FOLDER": str(self._folder), "CHAOS_POINTS": ",".join(points)}
        environment = os.environ | self._settings.as_environment() | chaos | {"TEMPORAL_ADDRESS": self._temporal}
        listening = self._listener.fileno()
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.deadly_web", str(listening)),
            cwd=ROOT, env=environment, pass_fds=[listening], start_new_session=True, stdout=PIPE,
        )  # fmt: skip
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGTERM)
            # Its end is the end of both processes.
            await asyncio.wait_for(self._stdout.read(), WITHIN)
            await self._process.wait()

    async def exit_code(self) -> int:
        """What the process that died last left."""
        return int(await asyncio.wait_for(self._stdout.readline(), WITHIN))

    @property
    def _stdout(self) -> asyncio.StreamReader:
        assert self._process.stdout is not None
        return self._process.stdout

    async def deliver(self, request: Delivery) -> int | None:
        """What the process answered; None when it died instead."""
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/slack/events"
        async with aiohttp.ClientSession() as session:
            try:
                async with session.post(url, data=request.body, headers=request.headers) as answer:
                    return answer.status
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                return None

    def close(self) -> None:
        self._listener.close()


@pytest.mark.timeout(240)
def test_a_web_process_killed_around_clicks_loses_none_and_counts_none_twice(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with workspace_server() as server:
        asyncio.run(_killed_around_clicks(server, sqlite_database, tmp_path))


async def _killed_around_clicks(server: SlackServer, database: Database, folder: Path) -> None:
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(temporal_binary()),
        search_attributes=list(ALL),
    ) as temporal:
        place = Workplace(temporal.client, database, FolderEvidence(folder / "evidence"), server, folder)
        with closing(WebProcess(place, temporal.client.service_client.config.target_host)) as web:
            async with place.working():
                audits = {point: await _opened(place, point) for point in POINTS}
                async with web.running(*(f"{point}/{audit}" for point, audit in audits.items())):
                    clicked = await _die_at_every_point(place, web, audits)
                    await _carry_on(place, web, audits, clicked)


async def _opened(place: Workplace, point: str) -> AuditId:
    """An audit whose plan waits for a decision, in a channel of its own, since Slack's pace is by channel."""
    channel = f"C0{point.upper()}"
    place.server.workspace.join(ANNA, channel)
    return await place.start(channel=channel)


async def _die_at_every_point(place: Workplace, web: WebProcess, audits: dict[str, AuditId]) -> dict[str, Clicked]:
    """One click for each point, each in a process that dies of it."""
    clicked: dict[str, Clicked] = {}
    for point, audit in audits.items():
        (asked,) = await until(partial(_asked, place.server, audit), f"{point}: people are asked", WITHIN)
        clicked[point] = Clicked(asked, interaction(press(place.server.workspace, asked, Action.APPROVE, ANNA), SECRET))
    for point in audits:
        answer = await web.deliver(clicked[point].request)
        assert answer == (None if point == "kept" else 200), point
        assert await web.exit_code() == -signal.SIGKILL, point
    return clicked


async def _carry_on(place: Workplace, web: WebProcess, audits: dict[str, AuditId], clicked: dict[str, Clicked]) -> None:
    # Slack redelivers what was not acknowledged, and somebody replays what was.
    for one in clicked.values():
        one.request.headers["x-slack-retry-num"] = "1"
        assert [await web.deliver(one.request) for _ in range(2)] == [200, 401]
    for point, audit in audits.items():
        channel = clicked[point].asked.channel
        await until(partial(_answers, place.server, channel), f"{point}: the person is answered", WITHIN)
        await until(partial(_has_no_buttons, clicked[point].asked), f"{point}: the buttons are gone", WITHIN)
        plan = next(one for one in audit_status(place.database, audit).reviews if one.review.gate is Gate.PLAN)
        recorded = [(one.decision.person, one.answer) for one in plan.decisions]
        assert (plan.outcome, recorded) == (Outcome.APPROVED, [(person_of(TEAM, ANNA), Answer.RECORDED)]), point
        assert _answers(place.server, channel) == ["Recorded. The plan is approved."], point
        assert _asked(place.server, audit) == [clicked[point].asked], point


def _asked(server: SlackServer, audit: AuditId) -> list[Said]:
    """The messages that ask about the plan."""
    key = f"review/{review_id(audit, Gate.PLAN, 1)}"
    return [one for one in server.workspace.messages if one.metadata and one.metadata["event_payload"]["key"] == key]


def _answers(server: SlackServer, channel: str) -> list[str]:
    """What Anna was told alone in that channel."""
    return [one.text for one in server.workspace.private if one.channel == channel]


def _has_no_buttons(said: Said) -> bool:
    return buttons(said) == set()
