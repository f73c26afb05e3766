"""Wires the Slack surface to a workspace that is not there, for the demo."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from pydantic import SecretStr

from audit_agent.domain.ids import AuditId
from audit_agent.domain.policy import Policy
from audit_agent.settings import Settings
from audit_agent.slack.endpoint import SlackEndpoint
from audit_agent.slack.rehearsal.clicking import Delivery
from audit_agent.slack.rehearsal.conversation import SECRET, Conversation, workspace_of_two
from audit_agent.slack.rehearsal.server import TOKEN, SlackServer, running_server
from audit_agent.slack.running import surface
from audit_agent.surfaces import slack_office
from audit_agent.web.app import web_app

_READY_WITHIN_SECONDS = 30


class Rehearsal:
    """The conversation, on a loop and a thread of its own."""

    def __init__(self, settings: Settings, policy: Policy, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._policy = policy
        self._say = say
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._conversation: Conversation | None = None
        self._thread = threading.Thread(target=self._run, name="slack-rehearsal-app", daemon=True)

    def start(self) -> None:
        """Return once the app is there; raises why it is not."""
        self._thread.start()
        self._ready.wait(_READY_WITHIN_SECONDS)
        if self._failure is not None:
            raise self._failure

    def ask_for_audit(self, program: str, books: str) -> AuditId:
        """Have somebody ask for an audit in Slack; returns its id."""
        assert self._conversation is not None, "start comes first"
        asked = asyncio.run_coroutine_threadsafe(self._conversation.ask_for_audit(program, books), self._loop)
        return asked.result()

    def stop(self) -> None:
        """End the app; what it wrote last is read out before."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._converse())
        except BaseException as error:  # the thread's boundary: start() raises it to its caller
            self._failure = error
        finally:
            self._ready.set()

    async def _converse(self) -> None:
        workspace = workspace_of_two()
        with running_server(SlackServer(workspace)) as server:
            settings = self._settings.model_copy(
                update={"slack_bot_token": SecretStr(TOKEN), "slack_api_url": server.url}
            )
            async with slack_office(settings, self._policy) as office, surface(office) as app:
                transport = httpx2.ASGITransport(app=web_app(SlackEndpoint(app, SECRET)))
                async with httpx2.AsyncClient(transport=transport, base_url="http://slack") as client:

                    async def deliver(request: Delivery) -> None:
                        answer = await client.post("/slack/events", content=request.body, headers=request.headers)
                        answer.raise_for_status()

                    self._conversation = Conversation(workspace, deliver, self._say)
                    self._ready.set()
                    await self._conversation.run(self._stop)


@contextmanager
def rehearsal(settings: Settings, books: Path, policy: Policy, say: Callable[[str], None]) -> Iterator[Rehearsal]:
    """The real Slack app in front of the rehearsal's workspace, while the block runs; `say` gets every line."""
    running = Rehearsal(settings.model_copy(update={"slack_books_folder": books}), policy, say)
    running.start()
    try:
        yield running
    finally:
        running.stop()
