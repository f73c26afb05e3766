"""Reports as files: only to Slack's hosts, and never with the token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
    "url",
    [
        "http://evil.example/x",
        "http://slack.com/x",
        "https://evil.example/x",
        "https://slack.com.evil.example/",
        "file:///etc/passwd",
    ],
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


@asynccontextmanager
async def foreign_host() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Another server on another port, and all that it is sent."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/stolen", heard


def test_a_private_file_is_fetched_with_the_token_and_no_further_than_the_limit(
    loop: asyncio.AbstractEventLoop, slack: SlackServer, api: SlackApi
) -> None:
    (given,) = slack.workspace.give("a.txt", b"0123456789")["files"]
    place = loop.run_until_complete(api.ask("files.info", file=given["id"]))["file"]["url_private"]

    assert loop.run_until_complete(api.download(place, 100)) == b"0123456789"
    assert loop.run_until_complete(api.download(place, 4)) == b"01234"


@pytest.mark.parametrize("redirected", [False, True])
def test_the_token_goes_to_no_other_host_not_even_by_a_redirect(
    loop: asyncio.AbstractEventLoop, slack: SlackServer, api: SlackApi, redirected: bool
) -> None:
    async def fetch() -> list[bytes]:
        async with foreign_host() as (address, heard):
            about = {"moved_to": address} if redirected else {"url": address}
            (given,) = slack.workspace.give("a.txt", b"x", **about)["files"]
            known = (await api.ask("files.info", file=given["id"]))["file"]
            with pytest.raises(SlackRefusedError, match="not_a_host_of_slack"):
                await api.download(known["url_private"], 100)
            return heard

    assert loop.run_until_complete(fetch()) == []


def test_a_redirect_within_slack_is_followed_but_not_for_ever(
    loop: asyncio.AbstractEventLoop, slack: SlackServer, api: SlackApi
) -> None:
    (target,) = slack.workspace.give("b.txt", b"there")["files"]
    place = f"{slack.url.removesuffix('api/')}files-pri/"
    (moved,) = slack.workspace.give("a.txt", b"", moved_to=place + target["id"])["files"]
    (circle,) = slack.workspace.give("c.txt", b"")["files"]
    slack.workspace.files[circle["id"]].moved_to = place + circle["id"]

    assert loop.run_until_complete(api.download(place + moved["id"], 100)) == b"there"
    with pytest.raises(SlackRefusedError, match="too_many_redirects"):
        loop.run_until_complete(api.download(place + circle["id"], 100))


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
