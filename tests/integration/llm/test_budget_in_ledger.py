"""No audit's calls come to more than its budget, whoever asks at the same time."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.budget import BudgetProposal
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.ledger import CallRequest, Finished, OverBudget, Reserved, Settlement, StoredAnswer
from audit_agent.domain.record import digest_of
from audit_agent.domain.spend import Tokens
from audit_agent.llm.errors import BudgetReachedError
from audit_agent.llm.prices import load_prices
from audit_agent.programs.loader import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.store.reading import audit_status
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.paying import ask, paid_calls, question

AUDIT, OTHER = AuditId("AUD-2026-0001"), AuditId("AUD-2026-0002")
NOW = datetime(2026, 1, 5, tzinfo=UTC)
NIL = Decimal(0)


def begin(database: Database, budget: str | None, audit: AuditId = AUDIT) -> None:
    """Record an audit with a budget."""
    request = AuditRequest(
        audit=audit,
        program=load_program("general"),
        books="/books",
        budget=Decimal(budget) if budget else None,
        requester=Person("user:somebody"),
        requested_at=NOW,
    )
    Audits(database).create(request, NOW)


def wish(name: str, estimate: str | None = "0.25", audit: str = AUDIT, lease: float = 30) -> CallRequest:
    return CallRequest(
        key=digest_of(name),
        model="m",
        prompt="p/v1",
        output="o/1",
        audit=audit,
        purpose="document/S01/1",
        estimate=None if estimate is None else Decimal(estimate),
        lease=lease,
    )


def answer(cost: Decimal | str) -> StoredAnswer:
    return StoredAnswer(
        text="{}", stop_reason="end_turn", model="m", tokens=Tokens(input=1), cost=Decimal(cost), request_id="r"
    )


def reserve(ledger: DatabaseLedger, request: CallRequest) -> str:
    claim = ledger.claim(request)
    assert isinstance(claim, Reserved), claim
    return claim.reservation


def taken(database: Database, audit: AuditId = AUDIT) -> tuple[Decimal, Decimal]:
    """What is spent and reserved of a budget."""
    budget = Budgets(database).of(audit)
    assert budget is not None
    return budget.spent, budget.reserved


def test_a_call_the_budget_does_not_allow_is_not_reserved(database: Database) -> None:
    begin(database, "1")
    ledger = DatabaseLedger(database)
    ledger.settle(wish("a").key, reserve(ledger, wish("a")), answer("0.80"))

    refused = ledger.claim(wish("b"))

    over = {"limit": Decimal(1), "taken": Decimal("0.80"), "estimate": Decimal("0.25")}
    assert refused == OverBudget(**over, in_flight=False)
    assert taken(database) == (Decimal("0.80"), NIL)
    assert isinstance(ledger.claim(wish("b", "0.20")), Reserved)


def test_an_answer_that_is_there_costs_nothing(database: Database) -> None:
    begin(database, "1")
    begin(database, "0.01", OTHER)
    ledger = DatabaseLedger(database)
    ledger.settle(wish("a", "1").key, reserve(ledger, wish("a", "1")), answer("1"))

    assert isinstance(ledger.claim(wish("a", "1")), Finished)
    assert isinstance(ledger.claim(wish("a", "1", OTHER)), Finished)
    assert taken(database, OTHER) == (NIL, NIL)


def test_what_is_reserved_counts_until_it_is_known_and_what_is_lost_counts_for_ever(database: Database) -> None:
    begin(database, "1")
    ledger = DatabaseLedger(database)
    first, second, third = (reserve(ledger, wish(name)) for name in "abc")
    assert taken(database) == (NIL, Decimal("0.75"))

    ledger.release(wish("a").key, first, "429")
    ledger.lose(wish("b").key, second, "the line broke")
    ledger.settle(wish("c").key, third, answer("0.10"))

    assert taken(database) == (Decimal("0.35"), NIL)


def test_an_abandoned_reservation_becomes_exposure_and_its_late_answer_a_cost(database: Database) -> None:
    begin(database, "1")
    ledger = DatabaseLedger(database)
    slow, quick = reserve(ledger, wish("a", lease=-1)), reserve(ledger, wish("a"))
    assert taken(database) == (Decimal("0.25"), Decimal("0.25"))

    ledger.settle(wish("a").key, slow, answer("0.10"))
    ledger.settle(wish("a").key, quick, answer("0.20"))

    assert taken(database) == (Decimal("0.30"), NIL)


def test_whoever_makes_a_call_pays_for_it_also_when_another_audit_was_refused(database: Database) -> None:
    begin(database, "0.10")
    begin(database, "1", OTHER)
    ledger = DatabaseLedger(database)
    assert isinstance(ledger.claim(wish("a")), OverBudget)

    ledger.settle(wish("a").key, reserve(ledger, wish("a", audit=OTHER)), answer("0.20"))

    assert (taken(database), taken(database, OTHER)) == ((NIL, NIL), (Decimal("0.20"), NIL))
    assert (ledger.spend(AUDIT).total.cost, ledger.spend(OTHER).total.cost) == (NIL, Decimal("0.20"))


def test_exposure_goes_with_the_call_to_the_audit_that_makes_it_next(database: Database) -> None:
    begin(database, "1")
    begin(database, "1", OTHER)
    ledger = DatabaseLedger(database)
    ledger.lose(wish("a").key, reserve(ledger, wish("a")), "the line broke")

    reserve(ledger, wish("a", "0.30", OTHER))

    assert (taken(database), taken(database, OTHER)) == ((NIL, NIL), (Decimal("0.30"), Decimal("0.30")))
    assert ledger.spend(OTHER).total.exposure == Decimal("0.30")


def test_a_call_whose_price_nobody_knows_is_refused_under_a_budget_only(database: Database) -> None:
    begin(database, "1000")
    begin(database, None, OTHER)
    ledger = DatabaseLedger(database)

    refused = ledger.claim(wish("a", None))

    assert isinstance(refused, OverBudget)
    assert refused.estimate is None
    assert isinstance(ledger.claim(wish("a", None, OTHER)), Reserved)


def test_whoever_asked_is_warned_once_when_most_is_spent(database: Database) -> None:
    begin(database, "1")
    ledger = DatabaseLedger(database)
    for name, cost in (("a", "0.79"), ("b", "0.01"), ("c", "0.15")):
        ledger.settle(wish(name, cost).key, reserve(ledger, wish(name, cost)), answer(cost))

    told = [entry for entry in audit_status(database, AUDIT).log if entry.event.value == "budget nearly spent"]
    assert [entry.data for entry in told] == [{"limit": "1", "spent": "0.8"}]


def test_a_raised_budget_allows_what_was_refused(database: Database) -> None:
    begin(database, "0.10")
    ledger = DatabaseLedger(database)
    assert isinstance(ledger.claim(wish("a")), OverBudget)
    proposal = BudgetProposal(
        audit=AUDIT,
        version=1,
        limit=Decimal("0.10"),
        spent=Decimal(0),
        rest=None,
        proposed=Decimal("0.50"),
        left="1 document",
    )
    for _ in range(2):
        Budgets(database).raise_to(proposal, NOW)

    assert isinstance(ledger.claim(wish("a")), Reserved)


@pytest.mark.parametrize("seed", range(2))
def test_no_race_of_two_ledgers_passes_a_budget(connect_again: Callable[[], Database], seed: int) -> None:
    database = connect_again()
    for audit in (AUDIT, OTHER):
        begin(database, "2", audit)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            _spend_at_random(DatabaseLedger(connections[number % 2]), random.Random(seed * 100 + number), database)
        except BaseException as error:
            failures.append(error)
            raise

    connections = (connect_again(), connect_again())
    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    ledger = DatabaseLedger(database)
    for audit in (AUDIT, OTHER):
        total = ledger.spend(audit).total
        assert total.cost is not None
        assert total.exposure is not None
        assert taken(database, audit) == (total.cost + total.exposure, NIL)


def _spend_at_random(ledger: DatabaseLedger, chance: random.Random, database: Database) -> None:
    """Claim calls, some of them others' too, several at a time; let each end in one of the ways there are."""
    for wishes in _wishes(chance):
        claims = zip(wishes, ledger.claim_all(wishes), strict=True)
        ours = [(one, claim.reservation) for one, claim in claims if isinstance(claim, Reserved)]
        for audit in (AUDIT, OTHER):
            assert sum(taken(database, audit)) <= 2
        settled = []
        for one, reservation in ours:
            match chance.choice(("settle", "settle", "release", "lose")):
                case "settle":
                    cost = Decimal(chance.randint(0, 100)) / 1000
                    settled.append(Settlement(key=one.key, reservation=reservation, answer=answer(cost)))
                case "release":
                    ledger.release(one.key, reservation, "busy")
                case "lose":
                    ledger.lose(one.key, reservation, "lost")
        if settled:
            ledger.settle_all(settled)


def _wishes(chance: random.Random) -> Iterator[list[CallRequest]]:
    for _ in range(12):
        names = chance.sample(range(60), k=chance.randint(1, 5))
        yield [wish(str(name), "0.10", chance.choice((AUDIT, OTHER))) for name in names]


def test_calls_wait_for_others_of_their_audit_and_none_passes_the_budget(
    sqlite_database: Database, server: AnthropicServer
) -> None:
    # One attempt may cost a cent, and costs less than half of it: three at most are under way at a time.
    prices = load_prices()
    estimate = prices.estimate(question())
    assert estimate is not None
    begin(sqlite_database, str(estimate * 3))
    ledger = DatabaseLedger(sqlite_database)

    async def crowd() -> list[object]:
        paid = paid_calls(ledger, server.url)
        asked = (paid.ask(question(f"Question {number}?")) for number in range(12))
        try:
            return list(await asyncio.gather(*asked, return_exceptions=True))
        finally:
            await paid.close()

    answers = asyncio.run(crowd())

    refused = [one for one in answers if isinstance(one, BudgetReachedError)]
    spent, reserved = taken(sqlite_database)
    assert len(refused) + server.bill == 12
    assert server.bill > 3
    assert reserved == 0
    assert estimate * 2 < spent <= estimate * 3


def test_a_refusal_says_what_is_spent_and_what_to_do(sqlite_database: Database, server: AnthropicServer) -> None:
    begin(sqlite_database, "0.001")
    with pytest.raises(BudgetReachedError, match=r"USD 0\.001, does not allow plan/1: USD 0 is spent"):
        ask(DatabaseLedger(sqlite_database), server.url, question())
    with pytest.raises(BudgetReachedError, match="price of somebody-elses-model is not known"):
        ask(DatabaseLedger(sqlite_database), server.url, question(model="somebody-elses-model"))
    assert server.requests == []
