"""The rules of one review, without a workflow around them."""

from datetime import UTC, datetime, timedelta

import pytest

from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest
from audit_agent.domain.review import Answer, Decision, Nudge, Outcome, Review, Verdict
from audit_agent.domain.review_state import ReviewState

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA, BERT, CHIEF, REQUESTER = (Person(f"user:{name}") for name in ("anna", "bert", "chief", "requester"))


def state(**rules: object) -> ReviewState:
    review = Review(
        id=ReviewId("AUD-2026-0001/plan/1"),
        audit=AuditId("AUD-2026-0001"),
        gate=Gate.PLAN,
        round=1,
        subject=Digest("a" * 64),
        title="Plan",
        requester=REQUESTER,
        policy=GatePolicy.model_validate(rules),
        opened_at=OPENED,
    )
    return ReviewState(review)


def said(by: Person, verdict: Verdict = Verdict.APPROVE, *, reason: str = "because", id_: str = "") -> Decision:
    return Decision(
        id=DecisionId(id_ or f"{by}-{verdict}"),
        review=ReviewId("AUD-2026-0001/plan/1"),
        audit=AuditId("AUD-2026-0001"),
        gate=Gate.PLAN,
        subject=Digest("a" * 64),
        person=by,
        verdict=verdict,
        reason=reason,
        surface="terminal",
        made_at=OPENED,
    )


def test_one_person_approving_twice_counts_once() -> None:
    review = state(quorum=2)

    review.record(said(ANNA, id_="1"), OPENED + HOUR)
    second = review.record(said(ANNA, id_="2"), OPENED + HOUR)

    assert (second.answer, review.outcome) == (Answer.RECORDED, None)


def test_a_repeated_decision_changes_nothing_and_says_so() -> None:
    review = state(quorum=2)

    first = review.record(said(ANNA), OPENED + HOUR)
    again = review.record(said(ANNA), OPENED + HOUR)

    assert (first.answer, again.answer) == (Answer.RECORDED, Answer.DUPLICATE)
    assert len(review.approvals) == 1


def test_one_rejection_outweighs_approvals() -> None:
    review = state(quorum=2)

    review.record(said(ANNA), OPENED + HOUR)
    review.record(said(BERT, Verdict.REJECT), OPENED + HOUR)

    assert review.outcome is Outcome.REJECTED
    assert review.settled_by is not None
    assert review.settled_by.person == BERT


def test_the_moment_of_expiry_is_too_late() -> None:
    review = state(expire_after=timedelta(days=4))

    refusal = review.refusal(said(ANNA), OPENED + timedelta(days=4))

    assert refusal is not None
    assert refusal.answer is Answer.TOO_LATE


def test_a_decision_on_a_gate_the_audit_has_left_is_too_late() -> None:
    findings = state()
    findings.review = findings.review.model_copy(update={"gate": Gate.FINDINGS, "subject": Digest("b" * 64)})

    refusal = findings.refusal(said(ANNA), OPENED + HOUR)

    assert refusal is not None
    assert (refusal.answer, "the findings" in refusal.message) == (Answer.TOO_LATE, True)


def test_the_requester_may_reject_their_own_audit() -> None:
    review = state()

    review.record(said(REQUESTER, Verdict.REJECT), OPENED + HOUR)

    assert review.outcome is Outcome.REJECTED


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_asking_for_changes_needs_words(reason: str) -> None:
    refusal = state().refusal(said(ANNA, Verdict.REQUEST_CHANGES, reason=reason), OPENED + HOUR)

    assert refusal is not None
    assert refusal.answer is Answer.REASON_MISSING


def test_nudges_come_in_the_order_of_time_and_end_with_expiry() -> None:
    rules = {"remind_every": timedelta(days=2), "reminders": 2, "escalate_after": timedelta(days=3)}
    review = state(**rules, expire_after=timedelta(days=6))
    nudges = []

    while review.outcome is None:
        nudge = review.next_nudge()
        nudges.append((nudge.kind, (nudge.at - OPENED).days))
        review.apply(nudge.kind)

    assert nudges == [(Nudge.REMIND, 2), (Nudge.ESCALATE, 3), (Nudge.REMIND, 4), (Nudge.EXPIRE, 6)]


def test_expiry_comes_before_a_reminder_at_the_same_moment() -> None:
    review = state(remind_every=timedelta(days=4), escalate_after=None, expire_after=timedelta(days=4))

    assert review.next_nudge().kind is Nudge.EXPIRE


def test_escalation_at_or_after_expiry_is_no_policy() -> None:
    with pytest.raises(ValueError, match="escalate_after"):
        GatePolicy(escalate_after=timedelta(days=14), expire_after=timedelta(days=14))


@pytest.mark.parametrize(
    ("gate", "verdict", "message"),
    [
        (Gate.PLAN, Verdict.APPROVE, "Recorded. The plan is approved."),
        (Gate.FINDINGS, Verdict.APPROVE, "Recorded. The findings are approved."),
        (Gate.FINDINGS, Verdict.REQUEST_CHANGES, "Recorded. The findings are sent back for changes."),
        (Gate.REPORT, Verdict.REJECT, "Recorded. The report is rejected."),
    ],
)
def test_the_receipt_says_in_a_sentence_what_was_settled(gate: Gate, verdict: Verdict, message: str) -> None:
    review = ReviewState(state().review.model_copy(update={"gate": gate}))
    decision = said(ANNA, verdict).model_copy(update={"gate": gate})

    assert review.record(decision, OPENED + HOUR).message == message
