import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, DecisionId, Person, review_id
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import digest_of
from audit_agent.domain.review import Answer, Decision, Receipt, Verdict
from audit_agent.handoff.decide import submit
from audit_agent.handoff.delivery import AuditGoneError, NoWorkerError, TemporalAwayError
from audit_agent.handoff.relay import deliver_pending, relay

pytestmark = pytest.mark.anyio

AUDIT = AuditId("AUD-2026-0001")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def decision(name: str = "d1") -> Decision:
    return Decision(
        id=DecisionId(name),
        review=review_id(AUDIT, Gate.PLAN, 1),
        audit=AUDIT,
        gate=Gate.PLAN,
        subject=digest_of("the plan"),
        person=Person("user:anna"),
        verdict=Verdict.APPROVE,
        surface="terminal",
        made_at=NOON,
    )


@dataclass
class MemoryInbox:
    """An inbox that lives as long as the test."""

    decisions: dict[DecisionId, Decision] = field(default_factory=dict)
    answers: dict[DecisionId, Receipt] = field(default_factory=dict)

    def receive(self, decision: Decision, at: datetime) -> None:
        self.decisions.setdefault(decision.id, decision)

    def answer(self, decision: Decision, receipt: Receipt, at: datetime) -> None:
        self.answers.setdefault(receipt.decision, receipt)

    def pending(self) -> Sequence[Decision]:
        return [decision for name, decision in self.decisions.items() if name not in self.answers]


@dataclass
class FakeAudit:
    """An audit at the other end: answers, or fails in one of the ways a real one does."""

    inbox: MemoryInbox
    answer: Answer = Answer.RECORDED
    on_update: AuditAgentError | None = None
    on_signal: AuditAgentError | None = None
    updates: list[DecisionId] = field(default_factory=list)
    signals: list[DecisionId] = field(default_factory=list)
    kept_before_delivery: bool = False

    async def decide(self, decision: Decision) -> Receipt:
        self.kept_before_delivery = decision.id in self.inbox.decisions
        self.updates.append(decision.id)
        if self.on_update is not None:
            raise self.on_update
        return Receipt(decision=decision.id, answer=self.answer, message=self.answer.value)

    async def decide_later(self, decision: Decision) -> None:
        if self.on_signal is not None:
            raise self.on_signal
        self.signals.append(decision.id)


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def audit(inbox: MemoryInbox) -> FakeAudit:
    return FakeAudit(inbox)


async def test_a_decision_is_kept_before_it_is_delivered(inbox: MemoryInbox, audit: FakeAudit) -> None:
    await submit(decision(), inbox, audit)

    assert audit.kept_before_delivery


@pytest.mark.parametrize("answer", [each for each in Answer if each is not Answer.DUPLICATE])
async def test_the_audits_answer_is_returned_and_kept(inbox: MemoryInbox, audit: FakeAudit, answer: Answer) -> None:
    audit.answer = answer

    submission = await submit(decision(), inbox, audit)

    assert submission.receipt is not None
    assert submission.receipt.answer is answer
    assert inbox.answers[submission.decision.id].answer is answer


async def test_a_duplicate_leaves_the_first_answer_to_stand(inbox: MemoryInbox, audit: FakeAudit) -> None:
    audit.answer = Answer.DUPLICATE

    await submit(decision(), inbox, audit)

    assert inbox.answers == {}


async def test_without_a_worker_the_decision_is_left_with_the_audit(inbox: MemoryInbox, audit: FakeAudit) -> None:
    audit.on_update = NoWorkerError("nobody answers")

    submission = await submit(decision(), inbox, audit)

    assert submission.on_its_way
    assert audit.signals == [submission.decision.id]
    assert inbox.pending() == [submission.decision]


async def test_a_closed_audit_answers_too_late(inbox: MemoryInbox, audit: FakeAudit) -> None:
    audit.on_update = AuditGoneError("closed")

    submission = await submit(decision(), inbox, audit)

    assert submission.receipt is not None
    assert submission.receipt.answer is Answer.TOO_LATE
    assert inbox.answers[submission.decision.id].answer is Answer.TOO_LATE


async def test_an_audit_that_closes_between_update_and_signal_answers_too_late(
    inbox: MemoryInbox, audit: FakeAudit
) -> None:
    audit.on_update = NoWorkerError("nobody answers")
    audit.on_signal = AuditGoneError("closed")

    submission = await submit(decision(), inbox, audit)

    assert submission.receipt is not None
    assert submission.receipt.answer is Answer.TOO_LATE


async def test_with_temporal_away_the_decision_waits_in_the_inbox(inbox: MemoryInbox, audit: FakeAudit) -> None:
    audit.on_update = TemporalAwayError("refused")

    submission = await submit(decision(), inbox, audit)

    assert submission.on_its_way
    assert inbox.pending() == [submission.decision]


async def test_the_relay_delivers_what_waits(inbox: MemoryInbox, audit: FakeAudit) -> None:
    inbox.receive(decision("d1"), NOON)
    inbox.receive(decision("d2"), NOON)

    answered = await deliver_pending(inbox, audit)

    assert answered == 2
    assert audit.updates == ["d1", "d2"]
    assert inbox.pending() == []


async def test_the_relay_leaves_answered_decisions_alone(inbox: MemoryInbox, audit: FakeAudit) -> None:
    await submit(decision(), inbox, audit)

    await deliver_pending(inbox, audit)

    assert audit.updates == ["d1"]


async def test_the_relay_tries_again_after_a_failed_round(inbox: MemoryInbox, audit: FakeAudit) -> None:
    inbox.receive(decision(), NOON)
    audit.on_update = TemporalAwayError("refused")
    stop = asyncio.Event()
    running = asyncio.create_task(relay(inbox, audit, stop, every_seconds=0.001))
    async with asyncio.timeout(5):
        while len(audit.updates) < 2:
            await asyncio.sleep(0)
        audit.on_update = None
        while inbox.pending():
            await asyncio.sleep(0)
    stop.set()
    await running

    assert inbox.answers[DecisionId("d1")].answer is Answer.RECORDED
