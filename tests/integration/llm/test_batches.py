"""Batches: half price, and each call paid once, whatever is lost on the way."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.batches import CREATE_WITHIN, BatchState
from audit_agent.domain.ids import AuditId, Person
from audit_agent.llm.batches.economy import UNATTENDED_AFTER, attend_unattended
from audit_agent.llm.batches.service import PROVEN_AFTER
from audit_agent.llm.call import ModelCall
from audit_agent.llm.errors import ModelBusyError, ModelUnavailableError
from audit_agent.llm.prices import load_prices
from audit_agent.programs.loader import load_program
from audit_agent.store.audits import Audits
from audit_agent.store.budgets import Budgets
from audit_agent.store.database import Database
from audit_agent.store.ledger import DatabaseLedger
from tests.peers.anthropic_batches import BatchFault, Fate
from tests.peers.anthropic_server import AnthropicServer
from tests.peers.batching import Batching, MovableClock
from tests.peers.paying import ask, question

AUDIT = AuditId("AUD-2026-0001")


def questions(count: int, about: str = "document") -> list[ModelCall]:
    """Different calls, as pages of documents make them."""
    return [question(f"What says {about} {number}?", purpose=f"document/S01/{number}") for number in range(count)]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One kind is enough here: `test_batches_killed` races on both."""
    return sqlite_database


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands still."""
    return MovableClock()


@pytest.fixture
def another(database: Database, server: AnthropicServer, clock: MovableClock, tmp_path: Path) -> Callable[[], Batching]:
    """One more process that works on the same database and evidence."""
    server.batches.clock = clock
    return lambda: Batching(database, tmp_path / "evidence", server.url, clock)


@pytest.fixture
def batching(another: Callable[[], Batching]) -> Batching:
    """A process that works with batches."""
    return another()


@pytest.fixture
def stranger(
    tmp_path: Path,
    migrated_sqlite: Path,
    connect_to: Callable[[str], Database],
    server: AnthropicServer,
    clock: MovableClock,
) -> Batching:
    """Another installation, which uses the same key."""
    file = shutil.copy(migrated_sqlite, tmp_path / "elsewhere.db")
    return Batching(connect_to(f"sqlite:///{file}"), tmp_path / "elsewhere", server.url, clock)


def test_answers_of_a_batch_cost_half_and_are_found_by_whoever_asks(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    calls = questions(3)
    # Given an audit's calls in a batch, and one made by itself
    batch = batching.through(batching.prepare(AUDIT, calls))
    ask(ledger, server.url, question("Alone?", purpose="plan/1"))
    # When pages ask for them
    answers = ask(ledger, server.url, *calls)
    # Then nothing is paid again, and the three cost half as much each as the one
    assert (batch.state, batch.answered, len(answers)) == (BatchState.COLLECTED, 3, 3)
    assert (server.batches.billed, server.bill) == ({call.key: 1 for call in calls}, 1)
    costs = {line.name: line.cost for line in ledger.spend(AUDIT).by_purpose}
    alone = costs.pop("plan/1")
    assert alone is not None
    assert sum(cost for cost in costs.values() if cost is not None) == alone * Decimal("1.5")
    assert ledger.spend(AUDIT).total.cost == alone * Decimal("2.5")


def test_calls_somebody_asked_before_are_left_out(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    calls = questions(3)
    ask(ledger, server.url, calls[0])
    assert batching.prepare(AUDIT, [*calls, calls[2]]).count == 2


def test_a_call_that_waits_in_a_batch_is_not_made_alone(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    [call] = questions(1)
    batching.prepare(AUDIT, [call])
    with pytest.raises(ModelBusyError, match="waits in a batch") as caught:
        ask(ledger, server.url, call)
    assert caught.value.retry_after == timedelta(minutes=40)
    assert server.bill == 0


def test_what_expired_or_failed_falls_back_to_single_calls(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    calls = questions(4)
    server.batches.fates = {calls[0].key: Fate.EXPIRED, calls[1].key: Fate.ERRORED}
    batch = batching.through(batching.prepare(AUDIT, calls))
    ask(ledger, server.url, *calls)
    assert (batch.answered, server.bill, server.batches.billed.total()) == (2, 2, 2)
    total = ledger.spend(AUDIT).total
    assert (total.calls, total.unknown_calls) == (4, 0)


def test_a_create_whose_answer_was_lost_is_found_by_listing(
    batching: Batching, another: Callable[[], Batching], ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    server.batches.work_slowly()
    calls = questions(2)
    batching.through(batching.prepare(AUDIT, questions(2, "another thing"), begin=50))
    server.batches.fail_next(BatchFault.LOST_CREATE)
    batch = batching.prepare(AUDIT, calls)
    # When the create's answer is lost, and another process goes on
    assert batching.create(batch).state is BatchState.INTENDED
    found = another().create(batch)
    # Then it takes up the batch it finds, and is sure of it by its results
    assert (found.state, found.remote, found.confirmed) == (BatchState.CREATED, server.batches.ids[1], False)
    server.batches.end()
    another().poll(batch)
    assert another().collect(batch).confirmed
    ask(ledger, server.url, *calls)
    assert (server.batches.creates, server.batches.billed.most_common(1)[0][1], server.bill) == (2, 1, 0)


def test_a_batch_that_only_looks_like_the_lost_one_is_refuted_by_its_results(
    batching: Batching,
    stranger: Batching,
    ledger: DatabaseLedger,
    server: AnthropicServer,
    clock: MovableClock,
) -> None:
    # Given a batch of as many calls that another installation makes with the same key
    server.batches.work_slowly()
    stranger.create(stranger.prepare(AUDIT, questions(2, "something else")))
    # And a create of ours that never arrived
    server.batches.fail_next(BatchFault.NEVER_CREATED)
    calls = questions(2)
    batch = batching.prepare(AUDIT, calls)
    batching.create(batch)
    assert batching.create(batch).remote == server.batches.ids[0]
    # When it ends
    server.batches.end()
    batching.poll(batch)
    refuted = batching.collect(batch)
    assert (refuted.state, refuted.refuted) == (BatchState.INTENDED, (server.batches.ids[0],))
    # Then ours is created once it is proven not to be there, and not before
    assert batching.create(batch).state is BatchState.INTENDED
    clock.move(PROVEN_AFTER)
    created = batching.create(batch)
    assert (created.remote, created.confirmed) == (server.batches.ids[1], True)
    server.batches.end()
    batching.poll(batch)
    batching.collect(batch)
    ask(ledger, server.url, *calls)
    assert (set(server.batches.billed.values()), server.bill) == ({1}, 0)


def test_a_create_in_doubt_shows_as_exposure_at_half_price(
    batching: Batching, server: AnthropicServer, clock: MovableClock, database: Database
) -> None:
    ledger = DatabaseLedger(database, clock)
    server.batches.fail_next(BatchFault.LOST_CREATE)
    calls = questions(2)
    batch = batching.prepare(AUDIT, calls)
    batching.create(batch)
    clock.move(CREATE_WITHIN + timedelta(seconds=1))
    unknown, exposure = ledger.exposure()
    assert unknown == 2
    # When it is found, then its answers are awaited, and not unknown any more
    batching.create(batch)
    assert ledger.exposure() == (0, Decimal(0))
    assert exposure == sum_of_halves(calls)


def sum_of_halves(calls: list[ModelCall]) -> Decimal:
    """What calls cost at most in a batch."""
    estimates = [load_prices().estimate(call) for call in calls]
    return sum((estimate / 2 for estimate in estimates if estimate is not None), Decimal(0))


@pytest.mark.parametrize("fault", [BatchFault.CUT_RESULTS, BatchFault.SHORT_RESULTS])
def test_results_that_were_cut_are_fetched_again(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer, fault: BatchFault
) -> None:
    server.batches.fail_next(fault)
    batch = batching.prepare(AUDIT, questions(3))
    batching.create(batch)
    batching.poll(batch)
    with pytest.raises(ModelUnavailableError):
        batching.collect(batch)
    assert batching.collect(batch).answered == 3
    assert ledger.spend(AUDIT).total.calls == 3


def test_a_busy_service_takes_it_later_and_a_refusal_leaves_the_calls_to_whoever_asks(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    server.batches.fail_next(BatchFault.BUSY, BatchFault.REFUSED)
    calls = questions(2)
    batch = batching.prepare(AUDIT, calls)
    with pytest.raises(ModelBusyError):
        batching.create(batch)
    refused = batching.create(batch)
    assert (refused.state, "400" in refused.note) == (BatchState.DROPPED, True)
    ask(ledger, server.url, *calls)
    assert (server.bill, server.batches.billed.total()) == (2, 0)


def test_a_cancelled_batch_is_collected_all_the_same(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    server.batches.work_slowly()
    calls = questions(3)
    server.batches.fates = {calls[0].key: Fate.SUCCEEDED}
    batch = batching.prepare(AUDIT, calls)
    batching.create(batch)
    assert batching.cancel(batch).cancelled
    server.batches.end()
    collected = batching.attend(batch)
    assert (collected.state, collected.answered) == (BatchState.COLLECTED, 1)
    ask(ledger, server.url, *calls)
    assert (server.bill, server.batches.billed.total()) == (2, 1)


def test_a_batch_cancelled_before_it_was_sent_is_not_sent(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    calls = questions(1)
    batch = batching.prepare(AUDIT, calls)
    assert batching.cancel(batch).state is BatchState.DROPPED
    assert batching.create(batch).state is BatchState.DROPPED
    ask(ledger, server.url, *calls)
    assert (server.bill, server.batches.creates) == (1, 0)


def test_the_book_names_batches_that_nobody_asks_after(batching: Batching, clock: MovableClock) -> None:
    old = batching.prepare(AUDIT, questions(1))
    clock.move(timedelta(hours=1))
    batching.prepare(AUDIT, questions(1, "later"), begin=50)
    assert batching.book.unattended(clock()) == (old.id,)


def test_a_batch_takes_as_many_calls_as_the_budget_allows(
    batching: Batching, database: Database, server: AnthropicServer
) -> None:
    calls = questions(3)
    one = sum_of_halves(calls[:1])
    # Given a budget for two and a half calls at half price
    request = AuditRequest(
        audit=AUDIT,
        program=load_program("general"),
        books="/books",
        budget=one * Decimal("2.5"),
        requester=Person("user:somebody"),
        requested_at=batching.clock(),
    )
    Audits(database).create(request, batching.clock())
    batch = batching.prepare(AUDIT, calls)
    assert batch.count == 2
    # When it is collected, then what was reserved is free again and what it cost is spent
    batching.through(batch)
    budget = Budgets(database).of(AUDIT)
    assert budget is not None
    assert budget.reserved == 0
    assert budget.spent == DatabaseLedger(database).spend(AUDIT).total.cost


def test_two_lost_creates_alike_are_told_apart_by_their_results(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    server.batches.work_slowly()
    server.batches.fail_next(BatchFault.LOST_CREATE, BatchFault.LOST_CREATE)
    calls = [questions(2, "one thing"), questions(2, "another thing")]
    batches = [batching.prepare(AUDIT, some, begin=50 * number) for number, some in enumerate(calls)]
    for batch in batches:
        batching.create(batch)
    # Given two in progress of which either may be the other
    assert [batching.create(batch).state for batch in batches] == [BatchState.INTENDED] * 2
    # When they end
    server.batches.end()
    for batch in batches:
        batching.through(batch)
    # Then each is taken for itself, and neither was created again
    found = [batching.book.find(batch.id) for batch in batches]
    assert [one.remote for one in found if one is not None and one.confirmed] == server.batches.ids
    ask(ledger, server.url, *calls[0], *calls[1])
    assert (server.batches.creates, set(server.batches.billed.values()), server.bill) == (2, {1}, 0)


def test_a_batch_the_service_has_lost_is_shown_as_exposure_and_its_calls_are_made_alone(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    server.batches.work_slowly()
    calls = questions(2)
    batch = batching.create(batching.prepare(AUDIT, calls))
    server.batches.forget(server.batches.ids[0])
    assert batching.poll(batch).state is BatchState.LOST
    assert ledger.exposure() == (2, sum_of_halves(calls))
    ask(ledger, server.url, *calls)
    assert server.bill == 2


def test_results_that_the_service_does_not_keep_any_more_are_lost(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer
) -> None:
    batch = batching.prepare(AUDIT, questions(2))
    batching.create(batch)
    batching.poll(batch)
    server.batches.archive(server.batches.ids[0])
    assert batching.collect(batch).state is BatchState.LOST
    assert ledger.exposure()[0] == 2


def test_a_batch_in_doubt_that_nobody_waits_for_is_not_sent_again(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer, clock: MovableClock
) -> None:
    server.batches.fail_next(BatchFault.NEVER_CREATED)
    batch = batching.create(batching.prepare(AUDIT, questions(2)))
    clock.move(PROVEN_AFTER)
    assert batching.attend(batch).state is BatchState.DROPPED
    assert (server.batches.creates, ledger.exposure()) == (1, (0, Decimal(0)))


def test_workers_look_after_a_batch_whose_audit_is_gone(
    batching: Batching, ledger: DatabaseLedger, server: AnthropicServer, clock: MovableClock
) -> None:
    batching.create(batching.prepare(AUDIT, questions(2)))

    async def look() -> None:
        service = batching.service()
        try:
            await attend_unattended(batching.book, service, clock)
        finally:
            await service.close()

    # Given a batch that somebody may still wait for
    clock.move(UNATTENDED_AFTER)
    asyncio.run(look())
    assert ledger.spend(AUDIT).total.calls == 0
    # When nobody has asked after it for more than an hour, then it is collected
    clock.move(timedelta(seconds=1))
    asyncio.run(look())
    assert ledger.spend(AUDIT).total.calls == 2
