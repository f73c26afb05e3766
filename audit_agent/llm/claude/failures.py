"""Failed attempts in words: what happened, whether it is billed, and whether trying again can help."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol

import aiohttp
import httpx2
from anthropic import APIConnectionError, APIStatusError, APITimeoutError

from audit_agent.domain.errors import AuditAgentError
from audit_agent.llm.call import ModelCall
from audit_agent.llm.errors import (
    ModelBusyError,
    ModelKeyRejectedError,
    ModelRequestRefusedError,
    ModelUnavailableError,
)
from audit_agent.llm.transport import Billed, NotDelivered

_OVERLOADED = 529
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, _OVERLOADED})
_CLOSED_BY_CLIENT = 499
_GAVE_UP_WAITING = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, _CLOSED_BY_CLIENT, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
)
"""Said by something between us and the model, which may have answered all the same."""
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidUrlClientError,
    aiohttp.NonHttpUrlClientError,
)
_AGAIN = "It is tried again by itself."
_LONGEST_WAIT = timedelta(hours=1)


class Errand(Protocol):
    """What was asked, in as many words as a failure needs: a call, or a batch of them."""

    @property
    def audit(self) -> str:
        """For whom."""
        ...

    @property
    def purpose(self) -> str:
        """What for."""
        ...

    @property
    def model(self) -> str:
        """Of which model."""
        ...


def not_delivered(error: APIStatusError, call: Errand) -> NotDelivered:
    """The service answered with an error status. Errors are not billed."""
    billed = Billed.UNKNOWN if error.status_code in _GAVE_UP_WAITING else Billed.NO
    return NotDelivered(_status_failure(error, call), billed)


def not_connected(error: APIConnectionError, call: Errand) -> NotDelivered:
    """No answer came. What never left is not billed; of the rest nobody can tell."""
    cause = error.__cause__
    if cause is not None and _never_sent(cause):
        what, billed = f"cannot be reached: {_told(cause)}", Billed.NO
    elif isinstance(error, APITimeoutError):
        what, billed = "did not answer in time", Billed.UNKNOWN
    else:
        what, billed = f"broke the connection: {_told(cause or error)}", Billed.UNKNOWN
    failure = ModelUnavailableError(
        f"The model service {error.request.url.host} {what} ({call.model}, {call.purpose} of {call.audit}).",
        f"{_AGAIN} If it lasts, check the network and ANTHROPIC_BASE_URL.",
    )
    return NotDelivered(failure, billed)


def unreadable(call: Errand, why: str) -> NotDelivered:
    """Something came back that is no answer of this service. It may be billed."""
    failure = ModelUnavailableError(
        f"What came back for {call.purpose} of {call.audit} is no answer of the model service: {why[:200]}",
        f"{_AGAIN} If it lasts, check what ANTHROPIC_BASE_URL points to.",
    )
    return NotDelivered(failure, Billed.UNKNOWN)


def unknown_output(call: ModelCall) -> NotDelivered:
    """Whoever asks knows a schema that this process does not. Nothing was sent."""
    failure = ModelRequestRefusedError(
        f"This process knows no schema {call.output!r} ({call.purpose} of {call.audit}).",
        "Run gateway and workers of the same version.",
    )
    return NotDelivered(failure, Billed.NO)


def _never_sent(cause: BaseException) -> bool:
    """The SDK's client over aiohttp says ConnectError of every broken connection, also of one that has sent."""
    if isinstance(cause.__cause__, aiohttp.ClientError):
        return isinstance(cause.__cause__, _NEVER_CONNECTED)
    return isinstance(cause, _NEVER_SENT)


def _told(cause: BaseException) -> str:
    return str(cause) or type(cause).__name__


def _status_failure(error: APIStatusError, call: Errand) -> AuditAgentError:
    said = error.api_message or error.message
    what = f"{call.model}, {call.purpose} of {call.audit}: {error.status_code} {said}"
    if error.status_code in _BUSY:
        return ModelBusyError(f"The model service is busy ({what}).", _AGAIN, _retry_after(error.response.headers))
    if error.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ModelKeyRejectedError(
            f"The model service does not accept the API key ({what}).",
            "Set ANTHROPIC_API_KEY to a valid key, or unset it to work with the offline analyst.",
        )
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status_code in _GAVE_UP_WAITING:
        wait = _retry_after(error.response.headers)
        return ModelUnavailableError(f"The model service failed ({what}).", _AGAIN, wait)
    return ModelRequestRefusedError(
        f"The model service does not accept the request ({what}).",
        "Check AUDIT_AGENT_MODEL and the account's limits; the message above says what it objects to.",
    )


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("retry-after", "")
    if not text.isdecimal():
        return None
    return min(timedelta(seconds=int(text[:9])), _LONGEST_WAIT)
