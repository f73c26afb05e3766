"""The wire to Anthropic's API, or to anything that speaks it at another base URL."""

from collections.abc import Mapping
from typing import Literal

import httpx2
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic, DefaultAioHttpClient, transform_schema
from anthropic.types import JSONOutputFormatParam, MessageParam
from pydantic import BaseModel, ConfigDict, ValidationError

from audit_agent.domain.spend import Tokens
from audit_agent.llm.call import ChatMessage, ModelCall
from audit_agent.llm.claude.failures import not_connected, not_delivered, unknown_output, unreadable
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
        self._outputs = outputs
        self._formats: dict[str, JSONOutputFormatParam] = {}
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
        output = self._format(call)
        try:
            response = await self._client.messages.with_raw_response.create(
                model=call.model,
                max_tokens=call.max_tokens,
                system=call.system,
                messages=[_turn(message) for message in call.messages],
                output_config={"format": output},
            )
        except APIStatusError as error:
            raise not_delivered(error, call) from error
        except APIConnectionError as error:
            raise not_connected(error, call) from error
        return _delivered(call, response.http_response.content, response.request_id or "")

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    def _format(self, call: ModelCall) -> JSONOutputFormatParam:
        if call.output not in self._formats:
            if call.output not in self._outputs:
                raise unknown_output(call)
            schema = transform_schema(self._outputs[call.output])
            self._formats[call.output] = {"type": "json_schema", "schema": schema}
        return self._formats[call.output]


def _turn(message: ChatMessage) -> MessageParam:
    if message.role == "user":
        return {"role": "user", "content": message.content}
    return {"role": "assistant", "content": message.content}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Block(_Wire):
    type: str
    text: str = ""


class _Usage(_Wire):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class _StopDetails(_Wire):
    explanation: str | None = None
    category: str | None = None


class _Message(_Wire):
    type: Literal["message"]
    model: str
    content: tuple[_Block, ...]
    stop_reason: str | None
    stop_details: _StopDetails | None = None
    usage: _Usage


def _delivered(call: ModelCall, body: bytes, request_id: str) -> Delivered:
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise unreadable(call, str(error)) from error
    details = message.stop_details or _StopDetails()
    usage = message.usage
    return Delivered(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop_reason=message.stop_reason or "",
        stop_detail=details.explanation or details.category or "",
        model=message.model,
        tokens=Tokens(
            input=usage.input_tokens,
            output=usage.output_tokens,
            cache_write=usage.cache_creation_input_tokens or 0,
            cache_read=usage.cache_read_input_tokens or 0,
        ),
        request_id=request_id,
    )
