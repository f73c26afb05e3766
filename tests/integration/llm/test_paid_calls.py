"""Calls are paid once, and add up."""

import asyncio
from decimal import Decimal

import pytest

from audit_agent.domain.ledger import CallRequest, Finished, Ledger, Reserved, StoredAnswer, Underway
from audit_agent.domain.record import Digest
from audit_agent.domain.spend import Tokens
from audit_agent.llm.calls import ModelAnswer, PaidCalls
from audit_agent.llm.claude.transport import AnthropicTransport
from audit_agent.llm.desk import OneByOne
from audit_agent.llm.gateway.pace import Pace
from audit_agent.llm.prices import load_prices
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_server import AnthropicServer, Fault
from tests.peers.paying import OUTPUTS, Note, ask, paid_calls, question

ONE_ANSWER = Tokens(input=1000, output=200, cache_read=50)
SONNET_COST = Decimal("0.004005")


def test_an_answer_fits_the_schema_that_was_sent(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    [answer] = ask(ledger, server.url, question())
    assert Note.model_validate_json(answer.text) == Note(text="text", number=1)
    assert server.requests[0]["output_config"]["format"]["type"] == "json_schema"


def test_the_same_call_is_answered_from_the_ledger(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    first = ask(ledger, server.url, question())
    second = ask(ledger, server.url, question())
    assert (second, server.bill) == (first, 1)


def test_calls_at_the_same_moment_are_one_call(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    answers = ask(ledger, server.url, *[question()] * 20)
    assert len(answers) == 20
    assert server.bill == 1


def test_a_different_question_is_a_different_call(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    ask(ledger, server.url, question("One?"), question("Two?"))
    assert sorted(server.billed.values()) == [1, 1]


def test_spend_is_what_the_service_reported(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    ask(ledger, server.url, question("One?"), question("Two?", purpose="findings/1"))
    spend = ledger.spend("AUD-2026-0001")
    assert (spend.total.calls, spend.total.tokens) == (2, ONE_ANSWER + ONE_ANSWER)
    assert spend.total.cost == 2 * SONNET_COST
    assert [(line.name, line.cost) for line in spend.by_purpose] == [
        ("findings/1", SONNET_COST),
        ("plan/1", SONNET_COST),
    ]


def test_a_call_two_audits_share_is_charged_to_the_first(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    ask(ledger, server.url, question())
    ask(ledger, server.url, question(audit="AUD-2026-0002"))
    assert (ledger.spend("AUD-2026-0001").total.calls, ledger.spend("AUD-2026-0001").reused) == (1, 0)
    assert (ledger.spend("AUD-2026-0002").total.calls, ledger.spend("AUD-2026-0002").reused) == (0, 1)


def test_only_a_call_that_is_sent_takes_its_share_of_the_minute(
    ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    ask(ledger, server.url, question())

    async def work() -> None:
        pace = Pace(8, per_minute=1)
        paid = paid_calls(ledger, server.url, turns=pace)
        await paid.ask(question(audit="AUD-2026-0002"))
        assert pace.status()[0].paused_seconds == 0
        await paid.ask(question("Another?"))
        assert pace.status()[0].paused_seconds > 0
        await paid.close()

    asyncio.run(work())
    assert server.bill == 2


def test_the_cost_of_an_unlisted_model_is_unknown_not_zero(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    ask(ledger, server.url, question(), question(model="somebody-elses-model"))
    spend = ledger.spend("AUD-2026-0001")
    assert spend.total.cost is None
    assert {line.name: line.cost for line in spend.by_model} == {
        "claude-sonnet-5-5": SONNET_COST,
        "somebody-elses-model": None,
    }


def test_an_audit_that_asked_nothing_spent_nothing(ledger: DatabaseLedger) -> None:
    assert ledger.spend("AUD-2026-0009").total.cost == 0


def test_a_cancelled_caller_does_not_lose_a_paid_answer(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    async def cancelled_in_flight() -> None:
        paid = paid_calls(ledger, server.url)
        with server.holding():
            asking = asyncio.create_task(paid.ask(question()))
            await asyncio.to_thread(server.wait_for_requests, 1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        await paid.close()

    asyncio.run(cancelled_in_flight())
    ask(ledger, server.url, question())
    assert server.bill == 1


def test_a_call_in_flight_is_left_alone_for_longer_than_its_lease(
    ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    key = question().key

    async def outlast_the_lease() -> None:
        paid = paid_calls(ledger, server.url)
        asking = asyncio.create_task(paid.ask(question()))
        with server.holding():
            await asyncio.to_thread(server.wait_for_requests, 1)
            await asyncio.sleep(1.5)
            assert ledger.claim(call_request(key)) == Underway()
        await asking
        await paid.close()

    asyncio.run(outlast_the_lease())
    assert ledger.spend("AUD-2026-0001").total.unknown_calls == 0


def test_an_abandoned_reservation_is_exposure_and_can_be_taken_over(ledger: DatabaseLedger) -> None:
    key = Digest("a" * 64)
    assert isinstance(ledger.claim(call_request(key, lease=-1)), Reserved)
    assert ledger.spend("AUD-2026-0001").total.exposure == Decimal("0.25")
    assert isinstance(ledger.claim(call_request(key)), Reserved)
    assert ledger.spend("AUD-2026-0001").total.unknown_calls == 1


def test_an_answer_that_comes_back_late_is_no_exposure_and_both_bills_count(ledger: DatabaseLedger) -> None:
    key = Digest("b" * 64)
    slow, quick = ledger.claim(call_request(key, lease=-1)), ledger.claim(call_request(key))
    assert isinstance(slow, Reserved)
    assert isinstance(quick, Reserved)
    ledger.settle(key, slow.reservation, stored_answer("slow"))
    stands = ledger.settle(key, quick.reservation, stored_answer("quick"))
    total = ledger.spend("AUD-2026-0001").total
    assert stands.text == "slow"
    assert (total.calls, total.cost, total.unknown_calls) == (2, Decimal("0.50"), 0)


def test_a_late_refusal_takes_its_exposure_back(ledger: DatabaseLedger) -> None:
    key = Digest("c" * 64)
    slow, quick = ledger.claim(call_request(key, lease=-1)), ledger.claim(call_request(key))
    assert isinstance(slow, Reserved)
    assert isinstance(quick, Reserved)
    ledger.release(key, slow.reservation, "429")
    assert ledger.claim(call_request(key)) == Underway()
    ledger.settle(key, quick.reservation, stored_answer("quick"))
    assert isinstance(ledger.claim(call_request(key)), Finished)
    assert ledger.spend("AUD-2026-0001").total.unknown_calls == 0


def test_an_answer_outlives_a_fault_before_it(ledger: DatabaseLedger, server: AnthropicServer) -> None:
    server.fail_next(Fault.OVERLOADED)
    with pytest.raises(Exception, match="busy"):
        ask(ledger, server.url, question())
    ask(ledger, server.url, question())
    total = ledger.spend("AUD-2026-0001").total
    assert (total.calls, total.unknown_calls) == (1, 0)


def test_an_estimate_is_never_below_the_cost() -> None:
    prices = load_prices()
    call = question("x" * 100_000)
    estimate = prices.estimate(call)
    cost = prices.cost(call.model, Tokens(input=50_000, output=call.max_tokens))
    assert estimate is not None
    assert cost is not None
    assert estimate >= cost


def call_request(key: Digest, lease: float = 30) -> CallRequest:
    return CallRequest(
        key=key,
        model="claude-sonnet-5-5",
        prompt="note/v1",
        output="note/1",
        audit="AUD-2026-0001",
        purpose="plan/1",
        estimate=Decimal("0.25"),
        lease=lease,
    )


def stored_answer(text: str) -> StoredAnswer:
    return StoredAnswer(
        text=text,
        stop_reason="end_turn",
        model="claude-sonnet-5-5",
        tokens=Tokens(input=10, output=10),
        cost=Decimal("0.25"),
        request_id="req_1",
    )


class _TellsWhoWaits(OneByOne):
    """Lets somebody else go on in the very moment in which a flight ends."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.found = asyncio.Event()

    async def find(self, request: CallRequest) -> StoredAnswer | None:
        answer = await super().find(request)
        if answer is not None:
            self.found.set()
        return answer


@pytest.mark.timeout(30)
def test_who_asks_while_a_flight_has_ended_and_not_yet_landed_is_answered(
    ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    async def asked() -> list[ModelAnswer]:
        desk = _TellsWhoWaits(ledger)
        transport = AnthropicTransport(OUTPUTS, api_key="test-key", base_url=server.url)
        calls = PaidCalls(ledger, transport, load_prices(), desk=desk)

        async def when_found() -> ModelAnswer:
            await desk.found.wait()
            return await calls.ask(question())

        try:
            first = await calls.ask(question())
            return [first, *await asyncio.gather(when_found(), calls.ask(question()))]
        finally:
            await calls.close()

    answers = asyncio.run(asked())

    assert (len(answers), server.bill) == (3, 1)
