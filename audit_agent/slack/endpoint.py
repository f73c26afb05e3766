"""`/slack/events`: where Slack delivers over HTTP. Nothing is parsed before the signature of the raw body fits."""

import json
import logging
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from audit_agent.slack.inbound import MalformedRequestError, parse
from audit_agent.slack.signature import ForgedRequestError, SeenSignatures, verify

LARGEST_BODY = 1_000_000
"""Bytes; Slack's largest requests are submitted modals of about 100 kB."""

_logger = logging.getLogger(__name__)


class SlackEndpoint:
    """An ASGI application for one path."""

    def __init__(self, bolt: AsyncApp, signing_secret: str, clock: Callable[[], float] = time.time) -> None:
        self._bolt = bolt
        self._secret = signing_secret
        self._clock = clock
        self._seen = SeenSignatures()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("Slack delivers with POST.", 405, headers={"Allow": "POST"})
        try:
            body = await _read(request)
            signature = verify(_headers(request), body, self._secret, self._clock())
            self._seen.take(signature, self._clock())
        except ForgedRequestError as error:
            _logger.warning("A request was refused: %s", error.message)
            return PlainTextResponse("Not signed by Slack.", 401)
        except MalformedRequestError as error:
            return PlainTextResponse(error.message, 413)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        response = await self._dispatch(request, body)
        if response.status_code >= 400:
            self._seen.forget(signature)
        return response

    async def _dispatch(self, request: Request, body: bytes) -> Response:
        try:
            content = parse(body, request.headers.get("content-type", ""))
        except MalformedRequestError as error:
            _logger.warning("A signed request was refused: %s", error.message)
            return PlainTextResponse(error.message, 400)
        if content.get("type") == "url_verification":
            return JSONResponse({"challenge": content["challenge"]})
        bolt = await self._bolt.async_dispatch(
            AsyncBoltRequest(body=json.dumps(content), headers={"content-type": "application/json"})
        )
        return Response(bolt.body, bolt.status, headers=_first(bolt.headers))


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise MalformedRequestError("The request is too large.")
    return bytes(body)


def _headers(request: Request) -> dict[str, str]:
    """The headers by name; one that comes twice is no header of Slack's."""
    raw: MutableMapping[str, list[str]] = {}
    for name, value in request.headers.items():
        raw.setdefault(name.lower(), []).append(value)
    return {name: values[0] for name, values in raw.items() if len(values) == 1}


def _first(headers: dict[str, Any]) -> dict[str, str]:
    return {name: str(values[0]) for name, values in headers.items() if name != "set-cookie" and values}
