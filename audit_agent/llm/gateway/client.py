"""Asking the gateway, as if it were in this process."""

from http import HTTPStatus
from typing import NamedTuple, TypeVar

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
    STATUS,
    BatchAsked,
    BatchVerb,
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
        # However many a worker asks at once, it is the gateway that makes them wait.
        self._client = httpx2.AsyncClient(
            base_url=address.url,
            headers={"authorization": f"Bearer {address.token}"},
            timeout=httpx2.Timeout(patience, connect=_CONNECT_SECONDS, pool=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
            trust_env=False,
        )

    async def ask(self, path: str, question: Record, answer: type[Answer], audit: str) -> Answer:
        headers = {"content-type": "application/json", AUDIT_HEADER: audit}
        try:
            response = await self._client.post(path, content=question.model_dump_json(), headers=headers)
        except httpx2.HTTPError as error:
            raise _away(self._url, error, _AGAIN) from error
        try:
            if response.status_code == HTTPStatus.OK:
                return answer.model_validate_json(response.content)
            failure = _failure(response, self._url)
        except ValidationError as error:
            raise ModelUnavailableError(
                f"The gateway at {self._url} answered {response.status_code} and nothing that can be read.", _AGAIN
            ) from error
        raise failure

    async def close(self) -> None:
        await self._client.aclose()


class GatewayCalls:
    """Implements `llm.calls.Calls` over HTTP."""

    def __init__(self, address: GatewayAddress, patience: float = PATIENCE_SECONDS) -> None:
        self._line = _Line(address, patience)

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """The answer to a call, paid at most once; raises what `PaidCalls.ask` raises."""
        return await self._line.ask(ASK, call, ModelAnswer, call.audit)

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
        raise _failure(response, address.url)
    except (httpx2.HTTPError, ValidationError) as error:
        raise _away(address.url, error, "Start it with `audit-agent gateway`.") from error


def _failure(response: httpx2.Response, url: str) -> AuditAgentError:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return ModelKeyRejectedError(
            f"The gateway at {url} does not accept our token.",
            "Give gateway and workers the same AUDIT_AGENT_GATEWAY_TOKEN, or the same home.",
        )
    return Failure.model_validate_json(response.content).error()


def _away(url: str, error: Exception, advice: str) -> ModelUnavailableError:
    told = str(error) or type(error).__name__
    return ModelUnavailableError(f"The gateway at {url} does not answer ({told}).", advice)
