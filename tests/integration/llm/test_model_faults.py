"""Each way a model service fails: the error people see, and what the ledger makes of it."""

import contextlib
from datetime import timedelta

import pytest

from audit_agent.domain.errors import AuditAgentError
from audit_agent.llm.errors import (
    ModelAnswerCutError,
    ModelBusyError,
    ModelKeyRejectedError,
    ModelRefusedError,
    ModelRequestRefusedError,
    ModelUnavailableError,
)
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import RETRY_AFTER_SECONDS, AnthropicServer, Fault
from tests.peers.paying import ask, question

NOT_BILLED = {
    Fault.RATE_LIMIT: ModelBusyError,
    Fault.OVERLOADED: ModelBusyError,
    Fault.SERVER_ERROR: ModelUnavailableError,
    Fault.BAD_KEY: ModelKeyRejectedError,
    Fault.FORBIDDEN: ModelKeyRejectedError,
    Fault.BAD_REQUEST: ModelRequestRefusedError,
}
OUTCOME_UNKNOWN = {
    Fault.RESET: ModelUnavailableError,
    Fault.HANG: ModelUnavailableError,
    Fault.BROKEN_BODY: ModelUnavailableError,
    Fault.BAD_GATEWAY: ModelUnavailableError,
}
BILLED_FOR_NOTHING = {Fault.REFUSAL: ModelRefusedError, Fault.MAX_TOKENS: ModelAnswerCutError}


@pytest.fixture
def ledger(sqlite_database: Database) -> DatabaseLedger:
    """The wire's faults are the same on either database; `test_paid_calls` has the ledger on both."""
    return DatabaseLedger(sqlite_database)


def patience_with(fault: Fault) -> float:
    """Seconds until the client gives up: few where the server never answers, plenty on a busy machine elsewhere."""
    return 1 if fault is Fault.HANG else 20


@pytest.mark.parametrize(("fault", "error"), NOT_BILLED.items())
def test_what_is_not_billed_is_released(
    ledger: DatabaseLedger, server: AnthropicServer, fault: Fault, error: type[AuditAgentError]
) -> None:
    server.fail_next(fault)
    with pytest.raises(error):
        ask(ledger, server.url, question())
    total = ledger.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls, server.bill) == (0, 0, 0)


@pytest.mark.parametrize(("fault", "error"), OUTCOME_UNKNOWN.items())
def test_what_nobody_can_know_is_exposure(
    ledger: DatabaseLedger, server: AnthropicServer, fault: Fault, error: type[AuditAgentError]
) -> None:
    server.fail_next(fault)
    with pytest.raises(error):
        ask(ledger, server.url, question(), timeout=patience_with(fault))
    # A client may give up before the server has read what it sent.
    server.wait_for_requests(1)
    ask(ledger, server.url, question())
    total = ledger.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls, server.bill) == (1, 1, 2)
    assert total.exposure


@pytest.mark.parametrize(("fault", "error"), BILLED_FOR_NOTHING.items())
def test_an_answer_of_no_use_is_billed_once(
    ledger: DatabaseLedger, server: AnthropicServer, fault: Fault, error: type[AuditAgentError]
) -> None:
    server.fail_next(fault)
    for _ in range(2):
        with pytest.raises(error):
            ask(ledger, server.url, question())
    assert (ledger.spend("AUD-2026-0001").total.calls, server.bill) == (1, 1)


@pytest.mark.parametrize("fault", [Fault.CUT_JSON, Fault.WRONG_SCHEMA])
def test_an_answer_that_does_not_parse_is_kept_as_it_came(
    ledger: DatabaseLedger, server: AnthropicServer, fault: Fault
) -> None:
    server.fail_next(fault)
    [answer] = ask(ledger, server.url, question())
    assert answer.text in ('{"text": "text', '{"surprise": true}')
    assert ledger.spend("AUD-2026-0001").total.calls == 1


@pytest.mark.parametrize("fault", Fault)
def test_nothing_is_retried_inside(ledger: DatabaseLedger, server: AnthropicServer, fault: Fault) -> None:
    server.fail_always(fault)
    with contextlib.suppress(AuditAgentError):
        ask(ledger, server.url, question(), timeout=patience_with(fault))
    server.wait_for_requests(1)
    assert len(server.requests) == 1


def test_the_service_says_how_long_to_wait(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    server.fail_next(Fault.RATE_LIMIT)
    with pytest.raises(ModelBusyError) as caught:
        ask(ledger, server.url, question())
    assert caught.value.retry_after == timedelta(seconds=RETRY_AFTER_SECONDS)


def test_all_who_wait_for_a_call_share_its_failure(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    server.fail_always(Fault.RATE_LIMIT)
    with pytest.raises(ModelBusyError):
        ask(ledger, server.url, *[question()] * 10)
    assert len(server.requests) == 1


def test_a_service_that_does_not_listen_was_not_paid(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    server.__exit__()
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        ask(ledger, server.url, question())
    assert ledger.spend("AUD-2026-0001").total.unknown_calls == 0
