"""Asking a model as the product does, for tests; also as a process of its own, which tests may kill."""

import asyncio
import sys
import threading
from collections.abc import Mapping

from pydantic import BaseModel

from audit_agent.domain.ledger import Ledger, StoredAnswer
from audit_agent.domain.record import Digest
from audit_agent.llm.call import ChatMessage, ModelCall
from audit_agent.llm.calls import ModelAnswer, PaidCalls
from audit_agent.llm.claude.transport import AnthropicTransport
from audit_agent.llm.prices import PriceList, load_prices
from audit_agent.llm.turns import Turns
from audit_agent.store.database import connect
from audit_agent.store.ledger import DatabaseLedger


class Note(BaseModel):
    """A small answer."""

    text: str
    number: int


OUTPUTS: Mapping[str, type[BaseModel]] = {"note/1": Note}
SHORT_LEASE_SECONDS = 1.0


def question(
    text: str = "What stands out?",
    audit: str = "AUD-2026-0001",
    purpose: str = "plan/1",
    model: str = "claude-sonnet-5-5",
) -> ModelCall:
    """A call with a small schema."""
    return ModelCall(
        audit=audit,
        purpose=purpose,
        model=model,
        prompt="note/v1",
        output="note/1",
        system="You are an auditor.",
        messages=(ChatMessage(role="user", content=text),),
        max_tokens=500,
    )


def paid_calls(
    ledger: Ledger, url: str, timeout: float = 20, prices: PriceList | None = None, turns: Turns | None = None
) -> PaidCalls:
    """Calls as the product makes them, with short leases."""
    transport = AnthropicTransport(OUTPUTS, api_key="test-key", base_url=url, timeout=timeout)
    return PaidCalls(ledger, transport, prices or load_prices(), lease=SHORT_LEASE_SECONDS, patience=20, turns=turns)


def ask(ledger: Ledger, url: str, *calls: ModelCall, timeout: float = 20) -> list[ModelAnswer]:
    """Ask all at once and wait for every answer; raises the first failure."""

    async def asked() -> list[ModelAnswer]:
        paid = paid_calls(ledger, url, timeout)
        try:
            return await asyncio.gather(*(paid.ask(call) for call in calls))
        finally:
            await paid.close()

    return asyncio.run(asked())


class StuckBeforeStoring(DatabaseLedger):
    """Says on standard output that the answer has come, and never stores it."""

    def settle(self, key: Digest, reservation: str, answer: StoredAnswer) -> StoredAnswer:
        """Wait to be killed."""
        sys.stdout.write("answered\n")
        sys.stdout.flush()
        threading.Event().wait()
        return answer


if __name__ == "__main__":
    database_url, service_url, kind = sys.argv[1:]
    database = connect(database_url)
    with_ledger = StuckBeforeStoring(database) if kind == "stuck" else DatabaseLedger(database)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    if kind == "crowd":
        crowd = [question(f"Question {number % 200}?") for number in range(400)]
        sys.stdout.write(f"{len(ask(with_ledger, service_url, *crowd))}\n")
    else:
        [answer] = ask(with_ledger, service_url, question())
        sys.stdout.write(answer.text + "\n")
