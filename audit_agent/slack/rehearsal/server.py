"""The Web API of the rehearsal's workspace on loopback, and Socket Mode."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from audit_agent.slack.rehearsal.workspace import TooManyRequestsError, Workspace, WorkspaceError

TOKEN, APP_TOKEN = "xoxb-rehearsal", "xapp-rehearsal"
_READ_BY_FORM = (
    "conversations.history",
    "conversations.replies",
    "files.getUploadURLExternal",
    "files.info",
    "usergroups.users.list",
    "users.info",
)


class SlackServer:
    """The workspace behind HTTP. Every change happens on the server's own loop."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.port = 0
        self.delivered: dict[str, Any] = {}
        """What the app answered to an envelope of Socket Mode."""
        self._socket: WebSocket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.connected = threading.Event()

    @property
    def url(self) -> str:
        """What to set as the address of Slack's API."""
        return f"http://127.0.0.1:{self.port}/api/"

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/api/{method}", self._call, methods=["POST", "GET"]),
                Route("/files-pri/{file}", self._download),
                Route("/upload/{file}", self._upload, methods=["POST"]),
                WebSocketRoute("/socket", self._open_socket),
            ]
        )

    def send(self, kind: str, payload: dict[str, Any]) -> str:
        """Deliver something over Socket Mode; returns the envelope's id."""
        assert self._socket is not None, "nobody is connected"
        assert self._loop is not None
        envelope = {"type": kind, "envelope_id": uuid4().hex, "payload": payload, "accepts_response_payload": True}
        asyncio.run_coroutine_threadsafe(self._socket.send_text(json.dumps(envelope)), self._loop).result(5)
        return str(envelope["envelope_id"])

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if method == "apps.connections.open":
            return self._connection(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        given = await _given(request)
        if given is None:
            return JSONResponse({"ok": False, "error": "invalid_form_data"})
        try:
            answer = self.workspace.do(method, given)
        except WorkspaceError as error:
            return JSONResponse({"ok": False, "error": error.code})
        except TooManyRequestsError as error:
            body = {"ok": False, "error": "ratelimited"}
            return JSONResponse(body, 429, headers={"Retry-After": str(error.seconds)})
        if "upload_url" in answer:
            answer = answer | {"upload_url": f"http://127.0.0.1:{self.port}/{answer['upload_url']}"}
        if "file" in answer and not answer["file"]["url_private"].startswith("http"):
            place = f"http://127.0.0.1:{self.port}/{answer['file']['url_private']}"
            answer = {"file": answer["file"] | {"url_private": place}}
        return JSONResponse({"ok": True, **answer})

    def _connection(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {APP_TOKEN}":
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        return JSONResponse({"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"})

    async def _download(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return PlainTextResponse("<!DOCTYPE html>Sign in", media_type="text/html")
        file = self.workspace.files[request.path_params["file"]]
        return RedirectResponse(file.moved_to) if file.moved_to else Response(file.content)

    async def _upload(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return PlainTextResponse("A token does not belong here.", 400)
        self.workspace.files[request.path_params["file"]].content = await request.body()
        return PlainTextResponse("OK")

    async def _open_socket(self, socket: WebSocket) -> None:
        await socket.accept()
        self._socket, self._loop = socket, asyncio.get_running_loop()
        await socket.send_text(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {}}))
        self.connected.set()
        try:
            while True:
                answer = json.loads(await socket.receive_text())
                self.delivered[answer["envelope_id"]] = answer.get("payload") or {}
        except (WebSocketDisconnect, json.JSONDecodeError):
            self.connected.clear()


@contextmanager
def running_server(server: SlackServer, websockets: bool = False) -> Iterator[SlackServer]:
    """Serve on a free port of loopback while the block runs."""
    config = uvicorn.Config(
        server.app(),
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        ws="websockets-sansio" if websockets else "none",
    )
    http = uvicorn.Server(config)
    thread = threading.Thread(target=http.run, name="slack-rehearsal", daemon=True)
    thread.start()
    pause = threading.Event()
    while not http.started:
        assert thread.is_alive(), "the rehearsal's server did not start"
        pause.wait(0.01)
    server.port = http.servers[0].sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        http.should_exit = True
        thread.join(10)


async def _given(request: Request) -> dict[str, Any] | None:
    """The arguments; methods that read take no JSON, as at Slack."""
    if request.headers.get("content-type", "").startswith("application/json"):
        if request.path_params["method"] in _READ_BY_FORM:
            return None
        content: dict[str, Any] = await request.json()
        return content
    return dict(parse_qsl((await request.body()).decode()))
