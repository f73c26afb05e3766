"""Wires the Slack surface and the web process. With `bootstrap`, the only place that knows which adapter is used."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from temporalio.client import Client

from audit_agent.clock import system_clock
from audit_agent.domain.policy import Policy
from audit_agent.handoff.delivery import TemporalDelivery
from audit_agent.handoff.policy_file import load_policy
from audit_agent.handoff.standing import AttestedDelivery, AttestedReplies
from audit_agent.linking import report_links
from audit_agent.settings import Settings
from audit_agent.slack.api import SlackApi
from audit_agent.slack.config import SlackConfig
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.errors import SlackNotConfiguredError
from audit_agent.slack.inbox import Inbox
from audit_agent.slack.manifest import manifest
from audit_agent.slack.office import Office
from audit_agent.slack.people import People
from audit_agent.slack.running import serve_socket, surface, who_we_are
from audit_agent.slack.spool import Spool
from audit_agent.store.clicks import Clicks
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.temporal.client import connect as connect_temporal
from audit_agent.web.app import web_app

__all__ = ["run_slack", "slack_manifest", "slack_office", "web"]


def slack_manifest(url: str | None) -> dict[str, Any]:
    """The manifest of the Slack app."""
    return manifest(url)


@asynccontextmanager
async def slack_office(settings: Settings, policy: Policy | None = None) -> AsyncIterator[Office]:
    """What the Slack surface works with; raises SlackNotConfiguredError, and what the database and Slack raise.

    `policy` takes the place of the settings' one.
    """
    api = SlackApi(_secret(settings, "slack_bot_token"), settings.slack_api_url)
    database = connect(settings.database_url)
    try:
        database.upgrade()
        config = await who_we_are(api, _config(settings, policy))
        people = People(api, config.team)
        temporal = _Temporal(settings)
        evidence = FolderEvidence(settings.evidence_folder)
        yield Office(
            config=config,
            database=database,
            evidence=evidence,
            inbox=Inbox(Clicks(database), Spool(config.spool_folder)),
            api=api,
            people=people,
            delivery=AttestedDelivery(TemporalDelivery(temporal), database, people),
            replies=AttestedReplies(TemporalDelivery(temporal), database, people),
            temporal=temporal,
            links=report_links(settings, database, evidence),
            clock=system_clock,
        )
    finally:
        database.close()


async def run_slack(settings: Settings, stop: asyncio.Event) -> None:
    """Serve Slack over Socket Mode until told to stop; raises SlackNotConfiguredError, SlackAwayError."""
    app_token = _secret(settings, "slack_app_token")
    async with slack_office(settings) as office, surface(office) as app:
        await serve_socket(app, app_token, settings.slack_api_url, stop)


def web(settings: Settings) -> Starlette:
    """The web process's application; with Slack where a token and a signing secret are set."""
    endpoint = _Mounted(_secret(settings, "slack_signing_secret")) if settings.slack_bot_token else None
    database = connect(settings.database_url)
    links = report_links(settings, database, FolderEvidence(settings.evidence_folder))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(database.close)
            if links is not None:
                database.upgrade()
            if endpoint is not None:
                office = await stack.enter_async_context(slack_office(settings))
                endpoint.mount(await stack.enter_async_context(surface(office)))
            yield

    return web_app(endpoint, lifespan, links)


class _Mounted:
    """Slack's endpoint, which is there once the application has started."""

    def __init__(self, signing_secret: str) -> None:
        self._secret = signing_secret
        self._endpoint: SlackEndpoint | None = None

    def mount(self, app: AsyncApp) -> None:
        self._endpoint = SlackEndpoint(app, self._secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._endpoint is not None, "the server runs the application's lifespan before any request"
        await self._endpoint(scope, receive, send)


class _Temporal:
    """One client, connected when it is first needed: Slack is served while Temporal is away."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None

    async def __call__(self) -> Client:
        if self._client is None:
            self._client = await connect_temporal(self._settings)
        return self._client


def _config(settings: Settings, policy: Policy | None) -> SlackConfig:
    return SlackConfig(
        team="",
        bot_user="",
        channel=settings.slack_channel,
        books_folder=settings.slack_books_folder,
        programs_folder=settings.programs_folder,
        spool_folder=settings.home / "slack" / "clicks",
        policy=policy or load_policy(settings.policy_file),
        task_queue=settings.task_queue,
    )


def _secret(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        raise SlackNotConfiguredError(
            f"{name.upper()} is not set.", "docs/how-to/slack.md says where Slack shows it to an administrator."
        )
    secret: str = value.get_secret_value()
    return secret
