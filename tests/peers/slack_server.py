"""The strict Slack double, with people in it, and the app of the tests in front of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.applications import Starlette
from temporalio.client import Client

from audit_agent.clock import system_clock
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.policy import GatePolicy, Policy
from audit_agent.domain.review import Decision
from audit_agent.handoff.delivery import Delivery, TemporalDelivery
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.handoff.standing import AttestedDelivery, AttestedReplies
from audit_agent.slack.api import SlackApi
from audit_agent.slack.config import SlackConfig
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.inbox import Inbox
from audit_agent.slack.office import Office
from audit_agent.slack.people import People
from audit_agent.slack.rehearsal.clicking import Delivery as Request
from audit_agent.slack.rehearsal.clicking import command, interaction, press, signed, submission
from audit_agent.slack.rehearsal.server import TOKEN, SlackServer, running_server
from audit_agent.slack.rehearsal.workspace import BOT, TEAM, Said, Workspace
from audit_agent.slack.running import surface
from audit_agent.slack.spool import Spool
from audit_agent.store.clicks import Clicks
from audit_agent.store.database import Database
from audit_agent.web.app import web_app
from tests.peers.asgi import Response, post

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHANNEL = "C0AUDITS"
ANNA, BEN, CARLA = "U0ANNA", "U0BEN", "U0CARLA"
WITHIN = 10.0
Found = TypeVar("Found")
ANYONE_DECIDES = GatePolicy(requester_may_approve=True)


@contextmanager
def workspace_server(*, websockets: bool = False) -> Iterator[SlackServer]:
    """A workspace with three members in one channel, on loopback."""
    # Slack's own three seconds can pass before a busy machine has run a listener.
    workspace = Workspace(trigger_seconds=9.0)
    for user in (ANNA, BEN, CARLA):
        workspace.join(user, CHANNEL)
    with running_server(SlackServer(workspace), websockets) as server:
        yield server


def office_of(
    server: SlackServer,
    database: Database,
    evidence: Evidence,
    folder: Path,
    temporal: Callable[[], Awaitable[Client]],
    queue: str = "nobody",
    delivery: Delivery[Decision] | None = None,
    links: ReportLinks | None = None,
) -> Office:
    """What the app works with in tests."""
    api = SlackApi(TOKEN, server.url)
    people = People(api, TEAM)
    books = folder / "books"
    books.mkdir(exist_ok=True)
    config = SlackConfig(
        team=TEAM,
        bot_user=BOT,
        channel=CHANNEL,
        books_folder=books,
        programs_folder=None,
        spool_folder=folder / "spool",
        policy=Policy(plan=ANYONE_DECIDES, findings=ANYONE_DECIDES, remediation=ANYONE_DECIDES, report=ANYONE_DECIDES),
        task_queue=queue,
    )
    return Office(
        config=config,
        database=database,
        evidence=evidence,
        inbox=Inbox(Clicks(database), Spool(config.spool_folder)),
        api=api,
        people=people,
        delivery=delivery or AttestedDelivery(TemporalDelivery(temporal), database, people),
        replies=AttestedReplies(TemporalDelivery(temporal), database, people),
        temporal=temporal,
        clock=system_clock,
        links=links,
    )


class SlackPeer:
    """People in a workspace, and the app they use."""

    def __init__(self, office: Office, app: Starlette | None, server: SlackServer) -> None:
        self.office = office
        self.app = app
        self.server = server
        self.workspace = server.workspace

    async def deliver(self, request: Request) -> Response:
        assert self.app is not None, "this app is served over a socket only"
        return await post(self.app, "/slack/events", request.body, request.headers)

    async def press(self, said: Said, action: str, user: str = ANNA, **about: Any) -> Response:
        """Press a button of a message."""
        return await self.deliver(interaction(press(self.workspace, said, action, user, **about), SECRET))

    async def submit(self, view: dict[str, Any], user: str = ANNA, **values: Any) -> Response:
        """Submit a modal."""
        return await self.deliver(interaction(submission(view, values, user), SECRET))

    async def say(self, text: str, user: str = ANNA, channel: str = CHANNEL) -> Response:
        """Use the slash command."""
        fields = command(self.workspace, text, user, channel)
        return await self.deliver(signed(urlencode(fields).encode(), SECRET))

    async def private_word(self, user: str = ANNA, containing: str = "") -> Said:
        """What the app told one person alone: the latest that contains this."""
        direct = f"D{user[1:]}"

        def look() -> Said | None:
            heard = [one for one in self.workspace.private if one.to == user]
            heard += [one for one in self.workspace.messages if one.channel == direct]
            return next((one for one in reversed(heard) if containing in one.text + str(one.blocks)), None)

        return await until(look, f"{user} was told {containing!r}")

    async def modal(self, callback: str) -> dict[str, Any]:
        """The modal that is open."""
        return await until(
            lambda: next(
                (one for one in reversed(self.workspace.views.values()) if one["callback_id"] == callback), None
            ),
            f"the modal {callback} is open",
        )

    async def message(self, containing: str, where: Callable[[Said], bool] = lambda said: True) -> Said:
        """A message in the channel that contains this."""
        return await until(
            lambda: next(
                (
                    one
                    for one in reversed(self.workspace.messages)
                    if containing in one.text + str(one.blocks) and where(one)
                ),
                None,
            ),
            f"the channel shows {containing!r}",
        )


@asynccontextmanager
async def slack_peer(server: SlackServer, office: Office) -> AsyncIterator[SlackPeer]:
    """The whole surface, with everything that runs beside it."""
    async with surface(office) as app:
        yield SlackPeer(office, web_app(SlackEndpoint(app, SECRET)), server)


async def until(look: Callable[[], Found | None], what: str, within: float = WITHIN) -> Found:
    """What `look` finds, as soon as it finds anything."""
    try:
        async with asyncio.timeout(within):
            while not (found := look()):
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise AssertionError(f"in vain until {what}") from error
    return found


def buttons(said: Said) -> set[str]:
    """The action ids of a message's buttons."""
    return buttons_in(said.blocks)


def buttons_in(blocks: list[dict[str, Any]]) -> set[str]:
    """The action ids of the buttons in blocks."""
    return {
        element["action_id"]
        for block in blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if "action_id" in element
    }
