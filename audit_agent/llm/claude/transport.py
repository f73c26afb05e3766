"""The wire to Anthropic's API, or to anything that speaks it at another base URL."""

from collections.abc import Mapping
from functools import partial

import httpx2
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic, DefaultAsyncHttpxClient
from pydantic import BaseModel, ValidationError

from audit_agent.llm.call import ModelCall
from audit_agent.llm.claude.failures import not_connected, not_delivered, unreadable
from audit_agent.llm.claude.message import Message
from audit_agent.llm.claude.requests import Requests
from audit_agent.llm.transport import Delivered

TIMEOUT_SECONDS = 600.0
CONNECT_SECONDS = 10.0
CALLS_PER_CLIENT = 8


class AnthropicTransport:
    """Sends calls one attempt each: the SDK's own retries would be billed unseen.

    Answers are taken as they come. They are billed even when they do not parse or fit the schema, and whoever asked
    reads them against it.
    """

    def __init__(
        self,
        outputs: Mapping[str, type[BaseModel]],
        api_key: str,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._requests = Requests(outputs)
        self._new_client = partial(
            AsyncAnthropic,
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
        )
        self._certificates = httpx2.create_ssl_context()
        self._calls: dict[AsyncAnthropic, int] = {}
        """Calls in flight of each client."""

    async def send(self, call: ModelCall) -> Delivered:
        """One attempt; raises NotDelivered."""
        request = self._requests.request(call)
        client = self._client()
        self._calls[client] += 1
        try:
            response = await client.messages.with_raw_response.create(**request)
        except APIStatusError as error:
            raise not_delivered(error, call) from error
        except APIConnectionError as error:
            raise not_connected(error, call) from error
        finally:
            self._calls[client] -= 1
        return _delivered(call, response.http_response.content, response.request_id or "")

    async def close(self) -> None:
        """Close its connections."""
        for client in self._calls:
            await client.close()

    def _client(self) -> AsyncAnthropic:
        """A client with room: its pool looks at every connection for every call, so many small ones cost less."""
        for client, in_flight in self._calls.items():
            if in_flight < CALLS_PER_CLIENT:
                return client
        client = self._new_client(http_client=DefaultAsyncHttpxClient(verify=self._certificates))
        self._calls[client] = 0
        return client


def _delivered(call: ModelCall, body: bytes, request_id: str) -> Delivered:
    try:
        return Message.model_validate_json(body).delivered(request_id)
    except ValidationError as error:
        raise unreadable(call, str(error)) from error
