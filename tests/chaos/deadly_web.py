"""The web process, killing itself with SIGKILL at named points of a click, each once.

Points come from CHAOS_POINTS as for the deadly worker: `kept/AUDIT` (the click is in the database, Slack was not told
so), `acknowledged/AUDIT` (Slack was told, nothing is delivered) and `delivered/AUDIT` (the audit has the decision,
nothing here knows it yet). It is started anew at once; who knocks meanwhile waits, since the socket stays. Each exit
code is printed.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import uvicorn
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from audit_agent.domain.review import Decision, Receipt
from audit_agent.handoff.delivery import Delivery
from audit_agent.settings import load_settings
from audit_agent.slack.contents import ToDecide
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.inbox import Inbox
from audit_agent.slack.running import surface
from audit_agent.slack.spool import Spool
from audit_agent.store.clicks import Click, Clicks
from audit_agent.surfaces import slack_office
from audit_agent.web.app import web_app
from tests.chaos.deadly_worker import die_once


class DeadlyClicks(Clicks):
    """Dies when a click is kept."""

    def keep(self, click: Click, claim_until: datetime | None = None) -> bool:
        is_new = super().keep(click, claim_until)
        audit, _, _ = ToDecide.model_validate_json(click.content).shown.review.partition("/")
        die_once(f"kept/{audit}")
        return is_new


class DeadlyDelivery:
    """Dies before and after an audit has a decision."""

    def __init__(self, delivery: Delivery[Decision], acknowledged: asyncio.Event) -> None:
        self._delivery = delivery
        self._acknowledged = acknowledged

    async def decide(self, decision: Decision) -> Receipt:
        await self._acknowledged.wait()
        die_once(f"acknowledged/{decision.audit}")
        receipt = await self._delivery.decide(decision)
        die_once(f"delivered/{decision.audit}")
        return receipt

    async def decide_later(self, decision: Decision) -> None:
        await self._delivery.decide_later(decision)


class Watched:
    """The endpoint, telling when an answer has gone out."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()
        self.endpoint: SlackEndpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.endpoint is not None

        async def watched(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.answered.set()

        await self.endpoint(scope, receive, watched)


def deadly() -> Starlette:
    """What `audit-agent web` serves, with the points to die at."""
    settings = load_settings()
    watched = Watched()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with slack_office(settings) as office:
            inbox = Inbox(DeadlyClicks(office.database), Spool(office.config.spool_folder))
            delivery = DeadlyDelivery(office.delivery, watched.answered)
            async with surface(replace(office, inbox=inbox, delivery=delivery)) as app:
                assert settings.slack_signing_secret is not None
                watched.endpoint = SlackEndpoint(app, settings.slack_signing_secret.get_secret_value())
                yield

    return web_app(watched, lifespan)


def serve(listener: socket.socket) -> None:
    """Be the web process."""
    config = uvicorn.Config(deadly(), log_config=None, access_log=False, ws="none")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    inherited = socket.socket(fileno=int(sys.argv[1]))
    # As a supervisor does, but each process begins with everything imported.
    while (process := os.fork()) != 0:
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    serve(inherited)
