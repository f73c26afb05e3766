"""The Slack surface of one process: what runs beside the listeners, for as long as they do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from audit_agent.handoff.relay import relay
from audit_agent.slack.api import SlackApi
from audit_agent.slack.app import slack_app
from audit_agent.slack.commands.asked import Subcommand
from audit_agent.slack.config import SlackConfig
from audit_agent.slack.errors import SlackAwayError
from audit_agent.slack.office import Office
from audit_agent.slack.projector import Projector
from audit_agent.slack.quiet import quiet_logger
from audit_agent.slack.settle import settle_rounds
from audit_agent.store.decisions import Decisions
from audit_agent.store.replies import Replies


@asynccontextmanager
async def surface(office: Office, subcommands: Mapping[str, Subcommand] | None = None) -> AsyncIterator[AsyncApp]:
    """The app, with what settles clicks, delivers decisions and shows audits running beside it."""
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(settle_rounds(office, stop), name="slack-clicks"),
        asyncio.create_task(Projector(office).run(stop), name="slack-messages"),
        # A worker leaves the words of the workspace's people to a process that can ask who they are.
        asyncio.create_task(relay(Decisions(office.database), office.delivery, stop), name="slack-decisions"),
        asyncio.create_task(relay(Replies(office.database), office.replies, stop), name="slack-replies"),
    ]
    try:
        yield slack_app(office, subcommands)
    finally:
        stop.set()
        await asyncio.gather(*tasks)
        office.inbox.close()


async def who_we_are(api: SlackApi, config: SlackConfig) -> SlackConfig:
    """The configuration with the workspace the token belongs to; raises what Slack raises."""
    answer = await api.call("auth.test")
    return config._replace(team=str(answer["team_id"]), bot_user=str(answer["user_id"]))


async def serve_socket(app: AsyncApp, app_token: str, base_url: str, stop: asyncio.Event) -> None:
    """Take requests over Socket Mode until told to stop; raises SlackAwayError when no socket can be had."""
    web = AsyncWebClient(base_url=base_url, logger=quiet_logger())
    handler = AsyncSocketModeHandler(app, app_token, logger=quiet_logger(), web_client=web)
    client: SocketModeClient = handler.client
    try:
        await client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    except (SlackClientError, OSError) as error:
        raise SlackAwayError(
            f"Slack opens no socket: {type(error).__name__}.", "Check SLACK_APP_TOKEN and that Socket Mode is on."
        ) from error
    try:
        await stop.wait()
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
