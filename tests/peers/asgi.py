"""Requests to an ASGI application in this process, exactly as the test writes them."""

from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message


class Response(NamedTuple):
    """What the application answered."""

    status: int
    body: bytes


async def post(app: ASGIApp, path: str, body: bytes, headers: dict[str, str] | list[tuple[bytes, bytes]]) -> Response:
    """POST a body; headers may be raw, so that they need not be valid."""
    return await request(app, "POST", path, body, headers)


async def request(
    app: ASGIApp,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | list[tuple[bytes, bytes]] | None = None,
) -> Response:
    """Send one request and collect the answer."""
    raw = (
        headers
        if isinstance(headers, list)
        else [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()]
    )
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"", "headers": raw,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    status, content = 0, b""

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, content
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            content += message.get("body", b"")

    await app(scope, receive, send)
    return Response(status, content)
