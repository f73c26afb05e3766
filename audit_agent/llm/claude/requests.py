"""What is sent for a call, alone or in a batch: the very same bytes decide what the model answers."""

from collections.abc import Mapping

from anthropic import transform_schema
from anthropic.types import JSONOutputFormatParam, MessageParam
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import BaseModel

from audit_agent.llm.call import ChatMessage, ModelCall
from audit_agent.llm.claude.failures import unknown_output


class Requests:
    """Makes requests of calls, with the schemas that this process knows."""

    def __init__(self, outputs: Mapping[str, type[BaseModel]]) -> None:
        self._outputs = outputs
        self._formats: dict[str, JSONOutputFormatParam] = {}

    def request(self, call: ModelCall) -> MessageCreateParamsNonStreaming:
        """What to send; raises NotDelivered for a schema that is not known."""
        return {
            "model": call.model,
            "max_tokens": call.max_tokens,
            "system": call.system,
            "messages": [_turn(message) for message in call.messages],
            "output_config": {"format": self._format(call)},
        }

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
