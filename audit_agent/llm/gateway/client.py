"""Asking the gateway, as if it were in this process."""

from http import HTTPStatus
from typing import NamedTuple, TypeVar

import aiohttp
import httpx2
from pydantic import ValidationError

from audit_agent.domain.batches import Batch
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import BatchId
from audit_agent.domain.record import Record
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import PATIENCE_SECONDS, ModelAnswer
from audit_agent.llm.errors import ModelKeyRejectedError, ModelUnavailableError
from audit_agent.llm.gateway.wire import (
    ASK,
    AUDIT_HEADER,
    BATCHES,
    COUNT,
    STATUS,
    BatchAsked,
    BatchVerb,
    Counted,
    Failure,
    GatewayStatus,
)

Answer = TypeVar("Answer", bound=Record)

_CONNECT_SECONDS = 10.0
_STATUS_SECONDS = 5.0
_AGAIN = "It is tried again by itself; no answer that came is paid again. See the gateway's log."


class GatewayAddress(NamedTuple):
    """Where a gateway is, and the token it wants."""

    url: str
    token: str


class _Line:
    """Connections to a gateway.

    One that is away, or dies meanwhile, is a failure worth a retry: asking again finds what was under way.
    """

    def __init__(self, address: GatewayAddress, patience: float) -> None:
        self._url = address.url
        self._token = address.token
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, path: str, question: Record, answer: type[Answer], audit: str) -> Answer:
        headers = {"content-type": "application/json", AUDIT_HEADER: audit}
        body = question.model_dump_json().encode()
        try:
            async with self._opened().post(path, data=body, headers=headers, allow_redirects=False) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _away(self._url, error, _AGAIN) from error
        try:
            if status == HTTPStatus.OK:
                return answer.model_validate_json(content)
            failure = _failure(status, content, self._url)
        except ValidationError as error:
            raise ModelUnavailableError(
                f"The gateway at {self._url} answered {status} and nothing that can be read.", _AGAIN
            ) from error
        raise failure

    def _opened(self) -> aiohttp.ClientSession:
        """The connections, which belong to the loop that asks first."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                self._url,
                headers={"authorization": f"Bearer {self._token}"},
                # However many a worker asks at once, it is the gateway that makes them wait.
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(sock_connect=_CONNECT_SECONDS, sock_read=self._patience),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class GatewayCalls:
    """Implements `llm.calls.Calls` and `Counts` over HTTP."""

    def __init__(self, address: GatewayAddress, patience: float = PATIENCE_SECONDS) -> None:
        self._line = _Line(address, patience)

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """The answer to a call, paid at most once; raises what `PaidCalls.ask` raises."""
        return await self._line.ask(ASK, call, ModelAnswer, call.audit)

    async def count(self, call: ModelCall) -> int:
        """Tokens of what a call sends; raises what `PaidCalls.count` raises."""
        return (await self._line.ask(COUNT, call, Counted, call.audit)).tokens

    async def close(self) -> None:
        """Close the connections. What the gateway has under way it finishes and keeps."""
        await self._line.close()


class GatewayBatches:
    """Implements `llm.batches.port.BatchDesk` over HTTP."""

    def __init__(self, address: GatewayAddress, patience: float = PATIENCE_SECONDS) -> None:
        self._line = _Line(address, patience)

    async def create(self, id_: BatchId) -> Batch:
        """See `BatchDesk`."""
        return await self._ask(BatchVerb.CREATE, id_)

    async def poll(self, id_: BatchId) -> Batch:
        """See `BatchDesk`."""
        return await self._ask(BatchVerb.POLL, id_)

    async def collect(self, id_: BatchId) -> Batch:
        """See `BatchDesk`."""
        return await self._ask(BatchVerb.COLLECT, id_)

    async def cancel(self, id_: BatchId) -> Batch:
        """See `BatchDesk`."""
        return await self._ask(BatchVerb.CANCEL, id_)

    async def attend(self, id_: BatchId) -> Batch:
        """See `BatchDesk`."""
        return await self._ask(BatchVerb.ATTEND, id_)

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def _ask(self, verb: BatchVerb, id_: BatchId) -> Batch:
        return await self._line.ask(f"{BATCHES}/{verb}", BatchAsked(id=id_), Batch, id_)


def gateway_status(address: GatewayAddress) -> GatewayStatus:
    """Where a gateway stands; raises ModelUnavailableError or ModelKeyRejectedError."""
    headers = {"authorization": f"Bearer {address.token}"}
    try:
        response = httpx2.get(address.url + STATUS, headers=headers, timeout=_STATUS_SECONDS, trust_env=False)
        if response.status_code == HTTPStatus.OK:
            return GatewayStatus.model_validate_json(response.content)
        raise _failure(response.status_code, response.content, address.url)
    except (httpx2.HTTPError, ValidationError) as error:
        raise _away(address.url, error, "Start it with `audit-agent gateway`.") from error


def _failure(status: int, content: bytes, url: str) -> AuditAgentError:
    if status == HTTPStatus.UNAUTHORIZED:
        return ModelKeyRejectedError(
            f"The gateway at {url} does not accept our token.",
            "Give gateway and workers the same AUDIT_AGENT_GATEWAY_TOKEN, or the same home.",
        )
    return Failure.model_validate_json(content).error()


def _away(url: str, error: Exception, advice: str) -> ModelUnavailableError:
    told = str(error) or type(error).__name__
    return ModelUnavailableError(f"The gateway at {url} does not answer ({told}).", advice)
