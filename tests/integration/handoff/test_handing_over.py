import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import Client, WorkflowExecutionStatus

from audit_agent.domain.audit import Phase
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.policy import NobodyCanApproveError
from audit_agent.domain.review import Answer, Verdict
from audit_agent.handoff.cancel import AuditEndedError, Cancelling, cancel_audit, undo_workflow_id
from audit_agent.handoff.decide import submit
from audit_agent.handoff.delivery import ANSWER_WITHIN, TemporalDelivery
from audit_agent.handoff.relay import deliver_pending
from audit_agent.handoff.start import BooksNotThereError, Order, start_audit
from audit_agent.handoff.undo import NothingToRetryError, retry_compensations
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.reading import list_audits
from audit_agent.store.words import Event
from audit_agent.temporal.attributes import AUDIT_ID, AUDIT_PROGRAM
from audit_agent.temporal.errors import TemporalUnavailableError
from tests.integration.handoff.conftest import Desk
from tests.workflow.world import REQUESTER, decision, policy, program

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

Play = Callable[[Awaitable[Any]], Any]


@pytest.fixture
def play(loop: asyncio.AbstractEventLoop) -> Play:
    return lambda scenario: loop.run_until_complete(scenario)


def logged(database: Database, audit: AuditId, event: Event) -> list[LogRow]:
    with database.read() as session:
        return list(session.scalars(select(LogRow).where(LogRow.audit == audit, LogRow.event == event)))


def test_a_started_audit_is_recorded_and_its_workflow_bears_its_id(play: Play, desk: Desk) -> None:
    audit = play(desk.start())

    description = play(desk.client.get_workflow_handle(audit).describe())

    assert Audits(desk.database).request(audit).books == str(desk.books)
    assert description.typed_search_attributes[AUDIT_ID] == audit
    assert description.typed_search_attributes[AUDIT_PROGRAM] == "test"
    assert description.status is WorkflowExecutionStatus.RUNNING


def test_missing_books_are_refused_before_anything_is_recorded(play: Play, desk: Desk, tmp_path: Path) -> None:
    order = Order(program=program(), books=tmp_path / "none", requester=REQUESTER)

    with pytest.raises(BooksNotThereError):
        play(start_audit(order, Audits(desk.database), desk.client, desk.queue))

    assert list_audits(desk.database) == ()


def test_a_worker_answers_a_decision_at_once(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            await desk.start()
            said = decision(await desk.review(), Verdict.APPROVE)

            submission = await submit(said, desk.inbox, desk.delivery)

            assert submission.receipt is not None
            assert submission.receipt.answer is Answer.RECORDED
            assert desk.inbox.pending() == ()

    play(scenario())


def test_a_refusal_carries_its_receipt_and_is_kept(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            await desk.start()
            said = decision(await desk.review(), Verdict.APPROVE, by=REQUESTER)

            submission = await submit(said, desk.inbox, desk.delivery)

            assert submission.receipt is not None
            assert submission.receipt.answer is Answer.NOT_YOURS
            assert desk.inbox.receipt(said.id) == submission.receipt

    play(scenario())


def test_without_a_worker_a_decision_is_on_its_way_soon_and_arrives_once(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            await desk.start()
            review = await desk.review()
            # Once this is refused, the workflow rests at the gate and leaves no task half done with its worker.
            await desk.delivery.decide(decision(review, Verdict.REJECT))
            said = decision(review, Verdict.APPROVE)
        begun = asyncio.get_running_loop().time()
        submission = await submit(said, desk.inbox, desk.delivery)
        waited = asyncio.get_running_loop().time() - begun
        async with desk.working():
            async with asyncio.timeout(20):
                while not desk.world.taken:
                    await asyncio.sleep(0.01)
            await deliver_pending(desk.inbox, desk.delivery)

            assert submission.on_its_way
            assert waited < ANSWER_WITHIN.total_seconds() + 1.5
            assert [(taken.decision.id, taken.receipt.answer) for taken in desk.world.taken] == [
                (said.id, Answer.RECORDED)
            ]

    play(scenario())


def test_a_decision_for_a_closed_audit_is_too_late_and_logged(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            audit = await desk.start()
            said = decision(await desk.review(), Verdict.APPROVE)
            await desk.client.get_workflow_handle(audit).terminate()

            submission = await submit(said, desk.inbox, desk.delivery)

            assert submission.receipt is not None
            assert submission.receipt.answer is Answer.TOO_LATE
            assert len(logged(desk.database, audit, Event.DECISION_ANSWERED)) == 1

    play(scenario())


def test_with_temporal_away_a_decision_stays_in_the_inbox(play: Play, desk: Desk) -> None:
    async def away() -> Client:
        raise TemporalUnavailableError("no answer")

    async def scenario() -> None:
        async with desk.working():
            await desk.start()
            said = decision(await desk.review(), Verdict.APPROVE)

            submission = await submit(said, desk.inbox, TemporalDelivery(away))

            assert submission.on_its_way
            assert desk.inbox.pending() == (said,)

    play(scenario())


def test_cancelling_is_logged_with_who_and_why_and_undoes(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            audit = await desk.start()
            await desk.review()

            by = await cancel_audit(desk.database, desk.client, audit, Person("user:ben"), "wrong", NOW, desk.queue)
            async with asyncio.timeout(20):
                while desk.world.ending is None:
                    await asyncio.sleep(0.01)

            entry = logged(desk.database, audit, Event.CANCEL_REQUESTED)[0]
            assert by is Cancelling.BY_ITSELF
            assert (entry.actor, entry.data) == ("user:ben", '{"reason":"wrong"}')
            assert desk.world.ending.phase is Phase.CANCELLED

    play(scenario())


def test_cancelling_an_audit_terminated_from_outside_has_it_undone(play: Play, desk: Desk) -> None:
    async def scenario() -> None:
        async with desk.working():
            audit = await desk.start()
            await desk.review()
            await desk.client.get_workflow_handle(audit).terminate()

            by = await cancel_audit(desk.database, desk.client, audit, REQUESTER, "gone", NOW, desk.queue)
            await desk.client.get_workflow_handle(undo_workflow_id(audit)).result()

            assert by is Cancelling.BY_ANOTHER
            assert desk.world.did("undo") == ["undo published workpapers", "undo books lease"]

    play(scenario())


def test_an_ended_audit_is_not_cancelled(play: Play, desk: Desk) -> None:
    audit = play(desk.start())
    Audits(desk.database).end(audit, Phase.FINISHED, "", None, NOW)

    with pytest.raises(AuditEndedError):
        play(cancel_audit(desk.database, desk.client, audit, REQUESTER, "", NOW, desk.queue))


def test_where_nothing_is_being_undone_there_is_nothing_to_retry(play: Play, desk: Desk) -> None:
    audit = play(desk.start())
    play(desk.client.get_workflow_handle(audit).terminate())

    with pytest.raises(NothingToRetryError):
        play(retry_compensations(desk.database, desk.client, audit, REQUESTER, NOW))


def test_an_audit_nobody_could_approve_is_not_begun(play: Play, desk: Desk) -> None:
    order = Order(program=program(), books=desk.books, requester=REQUESTER, policy=policy(eligible=(REQUESTER,)))

    with pytest.raises(NobodyCanApproveError):
        play(start_audit(order, Audits(desk.database), desk.client, desk.queue))

    assert list_audits(desk.database, 10) == ()


def test_policy_of_the_order_travels_with_the_request(play: Play, desk: Desk) -> None:
    rules = policy(quorum=2)
    order = Order(program=program(), books=desk.books, requester=REQUESTER, policy=rules)
    audits = Audits(desk.database)

    audit = play(start_audit(order, audits, desk.client, desk.queue))

    assert audits.request(audit).policy == rules
