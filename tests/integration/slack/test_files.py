"""Reports as files: only to Slack's hosts, and never with the token."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from audit_agent.slack.api import SlackApi
from audit_agent.slack.errors import SlackBusyError, SlackRefusedError
from audit_agent.slack.rehearsal.server import TOKEN, SlackServer, running_server
from audit_agent.slack.rehearsal.workspace import TooManyRequestsError, Workspace
from tests.peers.slack_server import CHANNEL


@pytest.fixture
def api(slack: SlackServer) -> SlackApi:
    return SlackApi(TOKEN, slack.url)


def test_a_file_is_shared_with_every_byte(loop: asyncio.AbstractEventLoop, slack: SlackServer, api: SlackApi) -> None:
    content = bytes(range(256)) * 1000

    name = loop.run_until_complete(api.upload(CHANNEL, "report.html", "The report", content))

    file = slack.workspace.files[name]
    assert (file.name, file.channel, file.content) == ("report.html", CHANNEL, content)


@pytest.mark.parametrize(
    "url", ["http://evil.example/x", "https://evil.example/x", "https://slack.com.evil.example/", "file:///etc/passwd"]
)
def test_nothing_is_sent_to_hosts_that_are_not_slack(
    loop: asyncio.AbstractEventLoop, slack: SlackServer, url: str
) -> None:
    api = SlackApi(TOKEN, slack.url)
    assert api.is_slack("https://files.slack.com/upload/v1/x")
    assert not api.is_slack(url)


class Misleading(SlackServer):
    """Names an address to upload to; its own one leads elsewhere."""

    def __init__(self, upload_url: str) -> None:
        super().__init__(Workspace())
        self.taken: list[bytes] = []
        self._upload_url = upload_url

    def app(self) -> Starlette:
        async def place(request: Request) -> Response:
            return JSONResponse({"ok": True, "file_id": "F1", "upload_url": self._upload_url.format(self.port)})

        async def redirect(request: Request) -> Response:
            return RedirectResponse(f"http://localhost:{self.port}/elsewhere", 307)

        async def take(request: Request) -> Response:
            self.taken.append(await request.body())
            return PlainTextResponse("OK")

        return Starlette(
            routes=[
                Route("/api/files.getUploadURLExternal", place, methods=["POST"]),
                Route("/redirect", redirect, methods=["POST"]),
                Route("/elsewhere", take, methods=["POST"]),
            ]
        )


@pytest.mark.parametrize(
    ("upload_url", "why"),
    [
        ("https://evil.example/x", "upload_url_is_not_slack"),
        ("http://localhost:{}/elsewhere", "upload_url_is_not_slack"),
        ("http://127.0.0.1:{}/redirect", "http_307"),
    ],
)
def test_a_report_goes_nowhere_else(loop: asyncio.AbstractEventLoop, upload_url: str, why: str) -> None:
    misleading = Misleading(upload_url)
    with running_server(misleading), pytest.raises(SlackRefusedError, match=why):
        loop.run_until_complete(SlackApi(TOKEN, misleading.url).upload(CHANNEL, "report.html", "Report", b"secret"))

    assert misleading.taken == []


def test_busy_and_refusing_are_told_apart(loop: asyncio.AbstractEventLoop, slack: SlackServer, api: SlackApi) -> None:
    slack.workspace.refuse["chat.postMessage"] = [TooManyRequestsError(7)]
    with pytest.raises(SlackBusyError) as busy:
        loop.run_until_complete(api.call("chat.postMessage", channel=CHANNEL, text="x"))
    assert busy.value.seconds == 7
    with pytest.raises(SlackRefusedError, match="channel_not_found"):
        loop.run_until_complete(api.call("chat.postMessage", channel="C0NOWHERE", text="x"))
    block = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}
    with pytest.raises(SlackRefusedError, match="msg_blocks_too_long"):
        loop.run_until_complete(api.call("chat.postMessage", channel=CHANNEL, text="x", blocks=[block] * 10))
