"""The same listeners over Socket Mode."""

import asyncio
from collections.abc import Callable
from typing import Any

from audit_agent.slack.app import slack_app
from audit_agent.slack.names import Modal
from audit_agent.slack.rehearsal.clicking import command, submission
from audit_agent.slack.rehearsal.server import APP_TOKEN
from audit_agent.slack.running import serve_socket
from tests.integration.slack.conftest import Story, Workplace
from tests.peers.slack_server import ANNA, CHANNEL, SlackPeer, office_of, until, workspace_server

Play = Callable[[Story], Any]


def test_a_command_and_a_modal_over_the_socket_are_answered_like_over_http(play: Play) -> None:
    async def story(place: Workplace) -> None:
        with workspace_server(websockets=True) as server:
            office = office_of(server, place.database, place.evidence, place.folder, place.temporal, place.queue)
            app = slack_app(office)
            stop = asyncio.Event()
            serving = asyncio.create_task(serve_socket(app, APP_TOKEN, server.url, stop))
            await until(server.connected.is_set, "the app is connected")
            try:
                await _converse(SlackPeer(office, None, server))
            finally:
                stop.set()
                await serving
                office.inbox.close()

    play(story)


async def _converse(slack: SlackPeer) -> None:
    server = slack.server
    fields = command(server.workspace, "start", ANNA, CHANNEL)
    envelope = await asyncio.to_thread(server.send, "slash_commands", fields)
    await until(lambda: envelope in server.delivered, "the command is acknowledged")
    view = await slack.modal(Modal.START)
    envelope = await asyncio.to_thread(server.send, "interactive", submission(view, {"books": "none"}, ANNA))
    answer = await until(lambda: server.delivered.get(envelope), "the modal is answered")

    assert answer["response_action"] == "errors"
    assert "books folder" in answer["errors"]["books"]
