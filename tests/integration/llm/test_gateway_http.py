"""The gateway over HTTP, in this process: the same answers and the same failures as without it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from audit_agent.domain.errors import AuditAgentError
from audit_agent.llm.call import ModelCall
from audit_agent.llm.errors import (
    BudgetReachedError,
    ModelBusyError,
    ModelKeyRejectedError,
    ModelRefusedError,
    ModelRequestRefusedError,
    ModelUnavailableError,
)
from audit_agent.llm.gateway.app import Gateway
from audit_agent.llm.gateway.client import GatewayAddress
from audit_agent.llm.gateway.pace import Pace
from audit_agent.llm.gateway.room import Room
from audit_agent.llm.gateway.wire import Counted, Failure, GatewayStatus
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.integration.llm.test_budget_in_ledger import begin
from tests.peers.anthropic_server import RETRY_AFTER_SECONDS, AnthropicServer, Fault
from tests.peers.asgi import Response, request
from tests.peers.gateways import ask_gateway
from tests.peers.paying import paid_calls, question

Result = TypeVar("Result")
RIGHT = {"authorization": "Bearer right"}


def with_gateway(
    database: Database, url: str, work: Callable[[Callable[..., Awaitable[Response]]], Awaitable[Result]]
) -> Result:
    """Send requests to a gateway of this process."""

    async def run() -> Result:
        ledger = DatabaseLedger(database)
        pace = Pace(8)
        calls = paid_calls(ledger, url)
        app = Gateway(calls, ledger, pace, Room(1_000_000), "right").app()
        try:
            return await work(lambda *one: request(app, *one))
        finally:
            await calls.close()

    return asyncio.run(run())


def asked(database: Database, url: str, call: ModelCall, headers: dict[str, str] = RIGHT) -> Response:
    """What the gateway answers to one call."""
    body = call.model_dump_json().encode()
    return with_gateway(
        database, url, lambda send: send("POST", "/ask", body, {**headers, "content-length": str(len(body))})
    )


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RATE_LIMIT, ModelBusyError),
        (Fault.RESET, ModelUnavailableError),
        (Fault.BAD_KEY, ModelKeyRejectedError),
        (Fault.BAD_REQUEST, ModelRequestRefusedError),
        (Fault.REFUSAL, ModelRefusedError),
    ],
)
def test_a_failure_comes_back_as_what_it_is(
    sqlite_database: Database, server: AnthropicServer, fault: Fault, error: type[AuditAgentError]
) -> None:
    server.fail_next(fault)
    response = asked(sqlite_database, server.url, question())
    raised = Failure.model_validate_json(response.body).error()
    assert type(raised) is error
    assert raised.advice
    if isinstance(raised, ModelBusyError):
        assert raised.retry_after == timedelta(seconds=RETRY_AFTER_SECONDS)


def test_a_budget_that_is_reached_comes_back_as_what_it_is(sqlite_database: Database, server: AnthropicServer) -> None:
    begin(sqlite_database, "0.001")

    response = asked(sqlite_database, server.url, question())

    raised = Failure.model_validate_json(response.body).error()
    assert (response.status, type(raised), server.requests) == (402, BudgetReachedError, [])
    assert raised.advice


def test_tokens_are_counted_without_a_bill(sqlite_database: Database, server: AnthropicServer) -> None:
    body = question().model_dump_json().encode()
    headers = {**RIGHT, "content-length": str(len(body))}

    response = with_gateway(sqlite_database, server.url, lambda send: send("POST", "/count", body, headers))

    assert Counted.model_validate_json(response.body).tokens > 50
    assert server.requests == []


def test_nobody_spends_without_the_token(sqlite_database: Database, server: AnthropicServer) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}):
        assert asked(sqlite_database, server.url, question(), headers).status == 401
    assert server.requests == []


def test_a_schema_the_gateway_does_not_know_is_a_clear_failure(
    sqlite_database: Database, server: AnthropicServer
) -> None:
    response = asked(sqlite_database, server.url, question().model_copy(update={"output": "later/9"}))
    raised = Failure.model_validate_json(response.body).error()
    assert isinstance(raised, ModelRequestRefusedError)
    assert "'later/9'" in raised.message
    assert server.bill == 0


def test_what_is_no_call_is_refused(sqlite_database: Database, server: AnthropicServer) -> None:
    response = with_gateway(
        sqlite_database, server.url, lambda send: send("POST", "/ask", b"{}", {**RIGHT, "content-length": "2"})
    )
    assert response.status == 422


def test_health_needs_no_token_and_status_tells_where_it_stands(
    sqlite_database: Database, server: AnthropicServer
) -> None:
    async def look(send: Callable[..., Awaitable[Response]]) -> tuple[Response, Response]:
        return await send("GET", "/healthz"), await send("GET", "/status", b"", RIGHT)

    health, status = with_gateway(sqlite_database, server.url, look)
    assert health.body == b"ok"
    assert GatewayStatus.model_validate_json(status.body).unknown_calls == 0


def test_a_gateway_that_is_away_is_worth_a_retry() -> None:
    with pytest.raises(ModelUnavailableError, match="does not answer"):
        ask_gateway(GatewayAddress("http://127.0.0.1:9", "any"), question())
