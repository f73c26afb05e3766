"""The wire to Anthropic's API, or to anything that speaks it at another base URL."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Literal

import httpx2
from anthropic import (
    APIConnectionError,
    APIRequest,
    APIResponseValidationError,
    APIStatusError,
    AsyncAnthropic,
    AsyncAPIResponse,
    AsyncCallNext,
)
from anthropic.types import MessageParam
from pydantic import BaseModel, ConfigDict, ValidationError

from audit_agent.domain.spend import Tokens
from audit_agent.llm.call import ChatMessage, ModelCall
from audit_agent.llm.claude.failures import not_connected, not_delivered, unreadable
from audit_agent.llm.transport import Delivered

TIMEOUT_SECONDS = 600.0
CONNECT_SECONDS = 10.0


class Body:
    """What one attempt brought back, before anything parses it."""

    def __init__(self) -> None:
        self.bytes: bytes | None = None
        self.request_id = ""


_body: ContextVar[Body] = ContextVar("body")


async def keep_body(request: APIRequest, call_next: AsyncCallNext) -> AsyncAPIResponse[Any]:
    """SDK middleware: keep the raw answer, for it is billed even when it does not parse."""
    response = await call_next(request)
    body = _body.get()
    body.request_id = response.request_id or ""
    body.bytes = await response.read()
    return response


class AnthropicTransport:
    """Sends calls through `messages.parse`, one attempt each: the SDK's own retries would be billed unseen."""

    def __init__(
        self,
        outputs: Mapping[str, type[BaseModel]],
        api_key: str,
        base_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._outputs = outputs
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            middleware=[keep_body],
        )

    async def send(self, call: ModelCall) -> Delivered:
        """One attempt; raises NotDelivered."""
        body = Body()
        token = _body.set(body)
        try:
            await self._client.messages.parse(
                model=call.model,
                max_tokens=call.max_tokens,
                system=call.system,
                messages=[_turn(message) for message in call.messages],
                output_format=self._outputs[call.output],
            )
        except APIStatusError as error:
            raise not_delivered(error, call) from error
        except APIConnectionError as error:
            raise not_connected(error, call) from error
        except (ValidationError, ValueError, APIResponseValidationError) as error:
            # The body came whole, but is no JSON or does not fit the schema. It is billed, so it is
            # kept as it is; whoever asked reads it against the schema and has it repaired.
            if body.bytes is None:
                raise unreadable(call, str(error)) from error
        finally:
            _body.reset(token)
        return _delivered(call, body)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()


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


def _delivered(call: ModelCall, body: Body) -> Delivered:
    try:
        message = _Message.model_validate_json(body.bytes or b"")
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
        request_id=body.request_id,
    )
