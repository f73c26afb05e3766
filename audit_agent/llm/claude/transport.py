"""The wire to Anthropic's API, or to anything that speaks it at another base URL."""

from collections.abc import Mapping

import httpx2
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic, DefaultAioHttpClient
from pydantic import BaseModel, ValidationError

from audit_agent.llm.call import ModelCall
from audit_agent.llm.claude.failures import not_connected, not_delivered, unreadable
from audit_agent.llm.claude.message import Message
from audit_agent.llm.claude.requests import Requests
from audit_agent.llm.transport import Delivered

TIMEOUT_SECONDS = 600.0
CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 10_000
"""More than are ever open: how many calls are in flight at a time is decided before."""


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
        # Through aiohttp a call costs half of what it costs this process through the SDK's default client.
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            http_client=DefaultAioHttpClient(limits=httpx2.Limits(max_connections=MOST_CONNECTIONS)),
        )

    async def send(self, call: ModelCall) -> Delivered:
        """One attempt; raises NotDelivered."""
        request = self._requests.request(call)
        try:
            response = await self._client.messages.with_raw_response.create(**request)
        except APIStatusError as error:
            raise not_delivered(error, call) from error
        except APIConnectionError as error:
            raise not_connected(error, call) from error
        return _delivered(call, response.http_response.content, response.request_id or "")

    async def count(self, call: ModelCall) -> int:
        """Tokens of what a call sends, by the service's own count, which is free; raises NotDelivered."""
        try:
            counted = await self._client.messages.count_tokens(**self._requests.counted(call))
        except APIStatusError as error:
            raise not_delivered(error, call) from error
        except APIConnectionError as error:
            raise not_connected(error, call) from error
        return counted.input_tokens

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


def _delivered(call: ModelCall, body: bytes, request_id: str) -> Delivered:
    try:
        return Message.model_validate_json(body).delivered(request_id)
    except ValidationError as error:
        raise unreadable(call, str(error)) from error
