"""The conversation against a workspace that is not of our making, through the official SDK."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from audit_agent.domain.review import Answer, Outcome
from audit_agent.settings import Settings
from audit_agent.slack.api import SlackApi
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.names import Action
from audit_agent.slack.people import person_of
from audit_agent.slack.rehearsal.clicking import home_opened, interaction, press, signed
from audit_agent.slack.rehearsal.workspace import Said, Workspace
from audit_agent.store.reading import audit_status
from audit_agent.surfaces import web
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.asgi import post
from tests.peers.slack_emulator import (
    APP_TOKEN,
    ONLOOKER_TOKEN,
    TEAM,
    EmulatedSlack,
    NotInstallableError,
    emulated_slack,
    installed,
)
from tests.peers.slack_server import SECRET, buttons

Play = Callable[[Story], Any]
WITHIN = 30.0
ANY_MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Any"}, "blocks": []}


@pytest.fixture(scope="module")
def emulator(request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop) -> Iterator[EmulatedSlack]:
    cache: pytest.Cache = request.config.cache
    try:
        module = installed(cache.mkdir("slack-emulator"))
    except NotInstallableError as error:
        pytest.skip(str(error))
    with emulated_slack(module) as root:
        nobody_yet = EmulatedSlack(root, "", "")
        users = loop.run_until_complete(nobody_yet.ask("users.list"))["members"]
        channels = loop.run_until_complete(nobody_yet.ask("conversations.list"))["channels"]
        anna = next(one["id"] for one in users if one["name"] == "anna")
        yield EmulatedSlack(root, anna, next(one["id"] for one in channels if one["name"] == "audits"))


@asynccontextmanager
async def serving(place: Workplace, emulator: EmulatedSlack) -> AsyncIterator[Starlette]:
    """What `audit-agent web` serves, with Slack's address at the emulator."""
    app = web(
        Settings(
            home=place.folder,
            slack_bot_token=APP_TOKEN,
            slack_signing_secret=SECRET,
            slack_api_url=emulator.url,
            slack_channel=emulator.channel,
            task_queue=place.queue,
            analyst="offline",
        )
    )
    async with app.router.lifespan_context(app):
        yield app


async def until(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What an asking `look` finds, as soon as it finds anything."""
    try:
        async with asyncio.timeout(WITHIN):
            while not (found := await look()):
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        raise AssertionError(f"in vain until {what}") from error
    return found


async def press_button(app: Starlette, emulator: EmulatedSlack, said: Said, action: Action) -> str:
    """Anna presses a button; returns the trigger id of the click."""
    trigger = await emulator.trigger()
    payload = press(Workspace(), said, action, emulator.anna, team=TEAM) | {"trigger_id": trigger}
    answer = await post(app, "/slack/events", *interaction(payload, SECRET))
    assert answer.status == 200
    return trigger


def test_people_are_asked_answer_and_see_the_buttons_go(
    play: Play, emulator: EmulatedSlack, temporal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(place: Workplace) -> None:
        audit = await place.start()

        async def asked() -> Said | None:
            found = [one for one in await emulator.messages() if audit in one.text and "decide on the plan" in one.text]
            assert len(found) <= 1
            return found[0] if found else None

        async with place.working(), serving(place, emulator) as app:
            said = await until(asked, "people are asked")
            assert {Action.APPROVE, Action.REJECT, Action.DETAILS} <= buttons(said)

            trigger = await press_button(app, emulator, said, Action.REJECT)
            await until(lambda: _gone(emulator, "views", "No modal views have been opened."), "the modal is open")
            with pytest.raises(SlackRefusedError, match="exchanged_trigger_id"):
                await SlackApi(APP_TOKEN, emulator.url).call("views.open", trigger_id=trigger, view=ANY_MODAL)

            await press_button(app, emulator, said, Action.APPROVE)

            async def decided() -> Said | None:
                now = next(one for one in await emulator.messages() if one.ts == said.ts)
                return now if buttons(now) == set() else None

            shown = await until(decided, "the buttons are gone")
            assert "Approved" in str(shown.blocks)
            await until(lambda: _shown(emulator, "messages", "The plan is approved."), "Anna is told alone")
            plan = audit_status(place.database, audit).reviews[0]
            assert plan.outcome is Outcome.APPROVED
            recorded = [(one.decision.person, one.answer) for one in plan.decisions]
            assert recorded == [(person_of(TEAM, emulator.anna), Answer.RECORDED)]

    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)
    play(story)


async def _shown(emulator: EmulatedSlack, tab: str, text: str) -> bool:
    return text in await emulator.inspected(tab)


async def _gone(emulator: EmulatedSlack, tab: str, text: str) -> bool:
    return not await _shown(emulator, tab, text)


def test_the_home_is_published(play: Play, emulator: EmulatedSlack) -> None:
    async def story(place: Workplace) -> None:
        async with serving(place, emulator) as app:
            opened = home_opened(emulator.anna) | {"team_id": TEAM}
            request = signed(json.dumps(opened).encode(), SECRET, "application/json")
            assert (await post(app, "/slack/events", *request)).status == 200
            none = "No App Home views have been published."
            await until(lambda: _gone(emulator, "views", none), "the Home is there")

    play(story)


def test_a_report_is_uploaded_with_every_byte(loop: asyncio.AbstractEventLoop, emulator: EmulatedSlack) -> None:
    content = bytes(range(256)) * 1000

    async def share() -> tuple[dict[str, Any], bytes]:
        name = await SlackApi(APP_TOKEN, emulator.url).upload(emulator.channel, "report.html", "The report", content)
        file = (await emulator.ask("files.info", file=name))["file"]
        who = {"Authorization": f"Bearer {ONLOOKER_TOKEN}"}
        async with aiohttp.ClientSession(headers=who) as session, session.get(file["url_private_download"]) as answer:
            return file, await answer.read()

    file, kept = loop.run_until_complete(share())

    assert (file["name"], file["title"], file["channels"]) == ("report.html", "The report", [emulator.channel])
    assert kept == content
