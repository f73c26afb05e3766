"""The gateway under a supervisor: there when a model is used, started again, and never refused meanwhile."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from audit_agent.gateway import gateway_token
from audit_agent.llm.call import ModelCall
from audit_agent.llm.calls import ModelAnswer
from audit_agent.llm.gateway.client import GatewayAddress
from audit_agent.settings import Settings
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.temporal.running import running
from tests.integration.temporal.test_ending import supervisor
from tests.integration.temporal.waiting import until
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.gateways import ask_gateway
from tests.peers.paying import question


@pytest.fixture
def with_model(settings: Settings, sqlite_url: str) -> Settings:
    """Settings that use a model."""
    return settings.model_copy(update={"database_url": sqlite_url, "anthropic_api_key": SecretStr("test-key")})


def ask(settings: Settings, gateway_url: str | None, call: ModelCall) -> ModelAnswer:
    """The answer by way of the gateway."""
    assert gateway_url
    [answer] = ask_gateway(GatewayAddress(gateway_url, gateway_token(settings)), call)
    return answer


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
            first = ask(settings, runtime.gateway_url, summary("One?"))
            killed = runtime.pids["gateway"]
            # When it is killed, then the next question waits until there is one again
            os.kill(killed, signal.SIGKILL)
            ask(settings, runtime.gateway_url, summary("Two?"))
            # And what was answered before is not paid again
            assert ask(settings, runtime.gateway_url, summary("One?")) == first
            until(lambda: runtime.pids.get("gateway") not in (None, killed), "the gateway was started again")
        assert server.bill == 2
    assert left_over() == []


def test_a_killed_supervisor_takes_no_call_in_flight_along(
    with_model: Settings, sqlite_database: Database, left_over: Callable[[], list[str]]
) -> None:
    with AnthropicServer() as server, ThreadPoolExecutor(1) as asker:
        settings = with_model.model_copy(update={"anthropic_base_url": server.url})
        with server.holding(), supervisor(settings) as (supervising, gateway_url):
            # Given a call that the service is answering
            asking = asker.submit(ask, settings, gateway_url, summary("One?"))
            server.wait_for_requests(1)
            # When the supervisor is killed, then its worker and its server end, but not the gateway
            supervising.kill()
            supervising.wait(timeout=20)
            until(lambda: len(left_over()) == 1, "all but the gateway have ended")
        # Until the answer is stored
        assert asking.result(30).text
        until(lambda: left_over() == [], "the gateway has ended")
    total = DatabaseLedger(sqlite_database).spend("AUD-2026-0001").total
    assert (server.bill, total.calls, total.unknown_calls) == (1, 1, 0)


def test_there_is_no_gateway_without_a_model(settings: Settings, tiny_worker: tuple[str, ...]) -> None:
    with running(settings, worker_command=tiny_worker) as runtime:
        assert (runtime.gateway_url, "gateway" in runtime.pids) == (None, False)
