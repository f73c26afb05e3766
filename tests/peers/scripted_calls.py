"""Calls answered by a script of the Anthropic double in this process: what is asked, without wire and ledger."""

import json
from typing import Any

from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer
from audit_agent.llm.claude.requests import Requests
from audit_agent.llm.claude.wire import OUTPUTS
from tests.peers.anthropic_server import Blocks, Body, Script


class ScriptedCalls:
    """Implements `llm.calls.Calls`."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._requests = Requests(OUTPUTS)
        self.bodies: list[Body] = []
        """What was asked, as it would be sent."""

    async def ask(self, call: ModelCall) -> ModelAnswer:
        """The script's answer; blocks that are no text are left out, as they are on the wire."""
        body: Body = dict(self._requests.request(call))
        self.bodies.append(body)
        answer: Any = self._script(body)
        if isinstance(answer, Blocks):
            answer = answer.answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return ModelAnswer(text=text, key=call.key, model=call.model, request_id="req_scripted")

    async def close(self) -> None:
        """Nothing is open."""
