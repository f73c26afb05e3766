"""What is sent for a call, alone or in a batch: the very same bytes decide what the model answers."""

from collections.abc import Mapping

from anthropic import transform_schema
from anthropic.types import (
    CacheControlEphemeralParam,
    ImageBlockParam,
    JSONOutputFormatParam,
    MessageCountTokensParams,
    MessageParam,
    TextBlockParam,
)
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import BaseModel

from audit_agent.llm.call import ChatMessage, Image, ModelCall
from audit_agent.llm.claude.failures import unknown_output

_KEPT: CacheControlEphemeralParam = {"type": "ephemeral"}
"""Up to here the service keeps a request for the next that begins alike. Short ones it neither keeps nor bills so."""


class Requests:
    """Makes requests of calls, with the schemas that this process knows."""

    def __init__(self, outputs: Mapping[str, type[BaseModel]]) -> None:
        self._outputs = outputs
        self._formats: dict[str, JSONOutputFormatParam] = {}

    def request(self, call: ModelCall) -> MessageCreateParamsNonStreaming:
        """What to send; raises NotDelivered for a schema that is not known."""
        request: MessageCreateParamsNonStreaming = {
            "model": call.model,
            "max_tokens": call.max_tokens,
            # Thousands of documents share it.
            "system": [{"type": "text", "text": call.system, "cache_control": _KEPT}],
            "messages": [_turn(message) for message in call.messages],
            "output_config": {"format": self._format(call)},
        }
        if len(call.messages) > 1:
            # The next turn of a conversation begins with all of this one.
            request["cache_control"] = _KEPT
        return request

    def counted(self, call: ModelCall) -> MessageCountTokensParams:
        """What to send to have its tokens counted; raises NotDelivered for a schema that is not known."""
        request = self.request(call)
        return {
            "model": request["model"],
            "system": request["system"],
            "messages": request["messages"],
            "output_config": request["output_config"],
        }

    def _format(self, call: ModelCall) -> JSONOutputFormatParam:
        if call.output not in self._formats:
            if call.output not in self._outputs:
                raise unknown_output(call)
            schema = transform_schema(self._outputs[call.output])
            self._formats[call.output] = {"type": "json_schema", "schema": schema}
        return self._formats[call.output]


def _turn(message: ChatMessage) -> MessageParam:
    if message.role == "assistant":
        return {"role": "assistant", "content": message.content}
    if not message.images:
        return {"role": "user", "content": message.content}
    words: TextBlockParam = {"type": "text", "text": message.content}
    return {"role": "user", "content": [*(_image(image) for image in message.images), words]}


def _image(image: Image) -> ImageBlockParam:
    return {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": image.data}}
