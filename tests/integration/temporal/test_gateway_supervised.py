"""The gateway under a supervisor: there when a model is used, started again, and never refused meanwhile."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from audit_agent.gateway import gateway_token
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer
from audit_agent.llm.gateway.client import GatewayAddress, GatewayCalls
from audit_agent.settings import Settings
from audit_agent.temporal.running import running
from audit_agent.temporal.runtime import Runtime
from tests.integration.temporal.waiting import until
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.paying import question


@pytest.fixture
def with_model(settings: Settings, sqlite_url: str) -> Settings:
    """Settings that use a model."""
    return settings.model_copy(update={"database_url": sqlite_url, "anthropic_api_key": SecretStr("test-key")})


def ask(settings: Settings, runtime: Runtime, call: ModelCall) -> ModelAnswer:
    """The answer by way of the gateway."""
    assert runtime.gateway_url

    async def asked() -> ModelAnswer:
        calls = GatewayCalls(GatewayAddress(runtime.gateway_url or "", gateway_token(settings)))
        try:
            return await calls.ask(call)
        finally:
            await calls.close()

    return asyncio.run(asked())


def summary(text: str) -> ModelCall:
    """A call whose schema the product knows."""
    return question(text).model_copy(update={"output": "summary/1"})


def test_a_killed_gateway_is_started_again_and_callers_wait_for_it(
    with_model: Settings, tiny_worker: tuple[str, ...], left_over: Callable[[], list[str]]
) -> None:
    with AnthropicServer() as server:
        settings = with_model.model_copy(update={"anthropic_base_url": server.url})
        with running(settings, worker_command=tiny_worker) as runtime:
            # Given a gateway that has answered
            first = ask(settings, runtime, summary("One?"))
            killed = runtime.pids["gateway"]
            # When it is killed, then the next question waits until there is one again
            os.kill(killed, signal.SIGKILL)
            ask(settings, runtime, summary("Two?"))
            # And what was answered before is not paid again
            assert ask(settings, runtime, summary("One?")) == first
            until(lambda: runtime.pids.get("gateway") not in (None, killed), "the gateway was started again")
        assert server.bill == 2
    assert left_over() == []


def test_there_is_no_gateway_without_a_model(settings: Settings, tiny_worker: tuple[str, ...]) -> None:
    with running(settings, worker_command=tiny_worker) as runtime:
        assert (runtime.gateway_url, "gateway" in runtime.pids) == (None, False)
