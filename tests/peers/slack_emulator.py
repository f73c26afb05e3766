"""A workspace by somebody else: npm's `emulate`, which holds what the official SDK sends it to Slack's shapes.

It knows the scopes a method needs, who is in a channel, who wrote a message, and that a trigger is used once. It is
lenient where our own double is strict: it has no limits on blocks, texts and views, no pace of one message a second,
no user groups, no Socket Mode, lets an app post to public channels it is not in, takes JSON where Slack takes forms
only, and delivers no clicks and no commands: those are signed here.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from audit_agent.slack.api import SCOPES
from audit_agent.slack.rehearsal.workspace import Said
from audit_agent.temporal.ports import Ports, choose_ports

VERSION = "0.11.2"
TEAM, APP, BOT = "T000000001", "A0AUDIT", "U0AUDITBOT"
APP_TOKEN, ONLOOKER_TOKEN = "xoxb-emulated-app", "xoxp-emulated-anna"
INSTALL_SECONDS = 120
_STARTER = Path(__file__).with_name("emulate_slack.mjs")


class NotInstallableError(Exception):
    """Node or the package cannot be had on this machine."""


def installed(folder: Path) -> Path:
    """The emulator's module in a folder, installed there once; raises NotInstallableError."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstallableError("Node is not installed, so there is no emulate to test against.")
    module = folder / "node_modules" / "emulate" / "dist" / "api.js"
    if not module.exists():
        flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0")
        command = [npm, "install", "--prefix", str(folder), *flags, f"emulate@{VERSION}"]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except subprocess.SubprocessError as error:
            raise NotInstallableError(f"npm could not install emulate@{VERSION}: {type(error).__name__}.") from error
    return module


class EmulatedSlack(NamedTuple):
    """A running emulator, seen by an onlooker of the workspace."""

    root: str
    anna: str
    channel: str

    @property
    def url(self) -> str:
        """What to set as the address of Slack's API."""
        return f"{self.root}/api/"

    async def ask(self, method: str, token: str = ONLOOKER_TOKEN, **arguments: Any) -> dict[str, Any]:
        """Call a method as the onlooker."""
        response = await AsyncWebClient(token, base_url=self.url).api_call(method, data=arguments)
        data: dict[str, Any] = response.data  # type: ignore[assignment]  # only downloads answer with bytes
        return data

    async def messages(self) -> list[Said]:
        """The channel's messages outside threads, the latest first."""
        answer = await self.ask("conversations.history", channel=self.channel, limit=200)
        return [
            Said(self.channel, one["ts"], one["text"], one.get("blocks") or [], metadata=one.get("metadata"))
            for one in answer["messages"]
        ]

    async def trigger(self) -> str:
        """A trigger id as a click of Anna's makes one."""
        answer = await self.ask("views.generateTriggerId", APP_TOKEN, user_id=self.anna)
        return str(answer["trigger_id"])

    async def inspected(self, tab: str) -> str:
        """What the emulator's own page shows."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.root, params={"tab": tab, "channel": self.channel}) as page,
        ):
            return await page.text()


@contextmanager
def emulated_slack(module: Path) -> Iterator[str]:
    """The address of an emulator with our app installed, with the manifest's scopes and no others."""
    port = choose_ports(Ports(0, 0)).frontend
    command = ["node", str(_STARTER), str(module), str(port), json.dumps(_seed())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            assert emulator.stdout.readline() == "listening\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            emulator.terminate()


def _seed() -> dict[str, Any]:
    scopes = sorted({scope for needed in SCOPES.values() for scope in needed})
    bot = {"app_id": APP, "bot_id": "B0AUDITBOT", "bot_user_id": BOT}
    return {
        "strict_scopes": True,
        "users": [{"name": "anna", "email": "anna@example.com"}],
        "channels": [{"name": "audits"}],
        "oauth_apps": [
            {"client_id": "1.1", "client_secret": "none", "name": "Audit", "redirect_uris": [], "scopes": scopes, **bot}
        ],
        "tokens": [
            {"token": APP_TOKEN, "type": "bot", "user_id": BOT, "scopes": scopes, **bot},
            {"token": ONLOOKER_TOKEN, "type": "user", "user": "anna"},
        ],
    }
