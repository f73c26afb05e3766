"""The gateway's HTTP application: ask one call, say where things stand."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from audit_agent.domain.batches import Batch
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import BatchId
from audit_agent.domain.ledger import Ledger
from audit_agent.domain.record import Record
from audit_agent.llm.batches.port import BatchDesk
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import PaidCalls
from audit_agent.llm.errors import ModelRequestRefusedError
from audit_agent.llm.gateway.pace import Pace
from audit_agent.llm.gateway.room import LARGEST_REQUEST, Room
from audit_agent.llm.gateway.wire import (
    ASK,
    AUDIT_HEADER,
    BATCHES,
    COUNT,
    HEALTH,
    STATUS,
    BatchAsked,
    BatchVerb,
    Counted,
    Failure,
    GatewayStatus,
)

_log = logging.getLogger(__name__)
_Handler = Callable[[Request], Awaitable[Response]]
_TakeFurther = Callable[[BatchId], Awaitable[Batch]]
Asked = TypeVar("Asked", bound=Record)


class Gateway:
    """Answers calls over HTTP for whoever has the token."""

    def __init__(
        self, calls: PaidCalls, ledger: Ledger, pace: Pace, room: Room, token: str, batches: BatchDesk | None = None
    ) -> None:
        self._calls = calls
        self._ledger = ledger
        self._pace = pace
        self._room = room
        self._batches = batches
        self._token = f"Bearer {token}".encode()

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route(HEALTH, _healthy),
                Route(ASK, self._guarded(self._ask), methods=["POST"]),
                Route(COUNT, self._guarded(self._count), methods=["POST"]),
                Route(STATUS, self._guarded(self._status)),
                *(
                    Route(f"{BATCHES}/{verb}", self._guarded(partial(_batch, take)), methods=["POST"])
                    for verb, take in _verbs(self._batches).items()
                ),
            ]
        )

    def _guarded(self, handle: _Handler) -> _Handler:
        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._token):
                return PlainTextResponse("a token is required", HTTPStatus.UNAUTHORIZED)
            try:
                return await handle(request)
            except AuditAgentError as error:
                failure = Failure.of(error)
                _log.info("%s: %s", failure.kind, failure.message)
                return _json(failure, failure.status)

        return guarded

    async def _ask(self, request: Request) -> Response:
        size = _size(request)
        with self._room.holding(request.headers.get(AUDIT_HEADER, ""), size):
            return _json(await self._calls.ask(_read(await request.body(), ModelCall)))

    async def _count(self, request: Request) -> Response:
        with self._room.holding(request.headers.get(AUDIT_HEADER, ""), _size(request)):
            return _json(Counted(tokens=await self._calls.count(_read(await request.body(), ModelCall))))

    async def _status(self, request: Request) -> Response:
        unknown, exposure = await asyncio.to_thread(self._ledger.exposure)
        return _json(
            GatewayStatus(
                lanes=self._pace.status(),
                waiting_bytes=self._room.held,
                unknown_calls=unknown,
                exposure=exposure,
            )
        )


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _batch(take: _TakeFurther, request: Request) -> Response:
    return _json(await take(_read(await request.body(), BatchAsked).id))


def _verbs(batches: BatchDesk | None) -> dict[BatchVerb, _TakeFurther]:
    if batches is None:
        return {}
    return {
        BatchVerb.CREATE: batches.create,
        BatchVerb.POLL: batches.poll,
        BatchVerb.COLLECT: batches.collect,
        BatchVerb.CANCEL: batches.cancel,
        BatchVerb.ATTEND: batches.attend,
    }


def _json(record: Record, status: int = HTTPStatus.OK) -> Response:
    return Response(record.model_dump_json(), status, media_type="application/json")


def _size(request: Request) -> int:
    """Bytes of a request's body, known before it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_REQUEST:
        raise ModelRequestRefusedError(
            f"A request of {length or 'unknown'} bytes is more than a model takes ({LARGEST_REQUEST}).",
            "Ask for less at a time.",
        )
    return int(length)


def _read(body: bytes, kind: type[Asked]) -> Asked:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise ModelRequestRefusedError(
            f"The gateway cannot read what it is asked: {error.errors()[0]['msg']}.",
            "Run gateway and workers of the same version.",
        ) from error
