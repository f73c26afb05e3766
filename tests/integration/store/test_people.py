"""Reviews, the inbox of decisions, and notifications."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from audit_agent.domain.audit import Phase
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import AuditId, Person, ReviewId
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Answer, Decision, Nudge, Outcome, Receipt, Review, Verdict
from audit_agent.notify.database import DatabaseNotifier
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.errors import AuditNotFoundError, DecisionChangedError
from audit_agent.store.notifications import Notifications
from audit_agent.store.reading import audit_status
from audit_agent.store.reviews import Reviews

MakeReview = Callable[..., Review]
MakeDecision = Callable[..., Decision]


def _receipt(decision: Decision, answer: Answer = Answer.RECORDED) -> Receipt:
    return Receipt(decision=decision.id, answer=answer, message="Recorded.", outcome=Outcome.APPROVED)


def test_an_audit_waits_for_the_review_that_was_opened(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    review = review_of(audit)
    Reviews(database).open(review, at)

    status = audit_status(database, audit)

    assert status.waiting_for is not None
    assert status.waiting_for.review == review
    assert (status.audit.waiting_since, status.audit.waiting_deadline) == (at, at + timedelta(days=14))


def test_a_review_opened_twice_is_one_review(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    reviews = Reviews(database)
    reviews.open(review_of(audit), at)

    reviews.open(review_of(audit), at + timedelta(minutes=1))

    assert reviews.open_reviews() == (review_of(audit),)


def test_a_closed_review_is_waited_for_no_longer(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    reviews = Reviews(database)
    reviews.open(review_of(audit), at)

    reviews.close(review_of(audit).id, Outcome.APPROVED, at)

    assert audit_status(database, audit).waiting_for is None
    assert reviews.open_reviews(audit) == ()


def test_the_first_outcome_of_a_review_stands(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    reviews = Reviews(database)
    reviews.open(review_of(audit), at)
    reviews.close(review_of(audit).id, Outcome.REJECTED, at)

    reviews.close(review_of(audit).id, Outcome.WITHDRAWN, at)

    assert reviews.outcome(review_of(audit).id) is Outcome.REJECTED


def test_the_current_review_of_a_gate_is_its_latest_round(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    reviews = Reviews(database)
    for round_number in (1, 2):
        reviews.open(review_of(audit, Gate.PLAN, round_number), at)
        reviews.close(review_of(audit, Gate.PLAN, round_number).id, Outcome.CHANGES_REQUESTED, at)

    assert reviews.current(audit, Gate.PLAN) == review_of(audit, Gate.PLAN, 2)
    assert reviews.current(audit, Gate.REPORT) is None


def test_an_unknown_review_is_named(database: Database, at: datetime) -> None:
    with pytest.raises(NotFoundError, match="There is no review AUD-2026-0001/plan/9"):
        Reviews(database).close(ReviewId("AUD-2026-0001/plan/9"), Outcome.APPROVED, at)


def test_reminders_and_escalation_are_shown_once_each(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    reviews, review = Reviews(database), review_of(audit)
    reviews.open(review, at)
    for _ in range(2):
        reviews.nudge(review.id, Nudge.REMIND, 1, review.policy.eligible, at)
        reviews.nudge(review.id, Nudge.ESCALATE, 1, review.policy.escalate_to, at)

    shown = audit_status(database, audit).reviews[0]

    assert (shown.reminders, shown.escalated_at) == (1, at)
    assert shown.waits_for == ("user:omar", "user:partner")


def test_an_audit_that_ends_withdraws_its_open_reviews(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview
) -> None:
    Reviews(database).open(review_of(audit), at)

    Audits(database).end(audit, Phase.CANCELLED, "not needed", None, at)

    assert Reviews(database).outcome(review_of(audit).id) is Outcome.WITHDRAWN


def test_a_decision_is_pending_until_it_is_answered(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    decisions, decision = Decisions(database), decision_on(review_of(audit))

    decisions.receive(decision, at)
    decisions.receive(decision, at + timedelta(seconds=5))
    assert decisions.pending() == (decision,)

    decisions.answer(decision, _receipt(decision), at)
    assert decisions.pending() == ()


def test_pending_decisions_come_oldest_first(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    decisions, review = Decisions(database), review_of(audit)
    for number in (3, 1, 2):
        decisions.receive(decision_on(review, f"d-{number}"), at + timedelta(seconds=number))

    assert [decision.id for decision in decisions.pending()] == ["d-1", "d-2", "d-3"]


def test_a_decision_id_used_for_something_else_is_refused(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    decisions, review = Decisions(database), review_of(audit)
    decisions.receive(decision_on(review), at)

    with pytest.raises(DecisionChangedError, match="said something else"):
        decisions.receive(decision_on(review, verdict=Verdict.REJECT, reason="No."), at)


def test_a_decision_on_an_unknown_audit_is_refused(
    database: Database, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    with pytest.raises(AuditNotFoundError):
        Decisions(database).receive(decision_on(review_of("AUD-2026-0404")), at)


def test_the_first_answer_to_a_decision_stands(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    decisions, decision = Decisions(database), decision_on(review_of(audit))
    decisions.answer(decision, _receipt(decision), at)

    decisions.answer(decision, _receipt(decision, Answer.DUPLICATE), at)

    assert decisions.receipt(decision.id) == _receipt(decision)


def test_a_decision_nobody_answered_has_no_receipt(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    decision = decision_on(review_of(audit))
    Decisions(database).receive(decision, at)

    assert Decisions(database).receipt(decision.id) is None
    assert [entry.id for entry in audit_status(database, audit).undelivered] == [decision.id]


def test_a_status_shows_what_people_said_on_each_review(
    database: Database, audit: AuditId, at: datetime, review_of: MakeReview, decision_on: MakeDecision
) -> None:
    review = review_of(audit)
    Reviews(database).open(review, at)
    Decisions(database).answer(decision_on(review), _receipt(decision_on(review)), at)

    said = audit_status(database, audit).reviews[0].decisions

    assert [(entry.decision.person, entry.answer) for entry in said] == [("user:omar", Answer.RECORDED)]


def test_the_same_notification_sent_again_is_kept_once(database: Database, audit: AuditId, at: datetime) -> None:
    notifier = DatabaseNotifier(database, clock=lambda: at)
    for _ in range(2):
        notifier.send("reminder", audit, (Person("user:omar"),), "The plan waits for you.", key="remind/1")

    told = Notifications(database).of(audit)

    assert [(entry.to, entry.text, entry.at) for entry in told] == [(("user:omar",), "The plan waits for you.", at)]


def test_the_same_words_under_another_key_are_told_again(database: Database, audit: AuditId, at: datetime) -> None:
    notifier = DatabaseNotifier(database, clock=lambda: at)
    for number in (1, 2):
        notifier.send("reminder", audit, (Person("user:omar"),), "The plan waits for you.", key=f"remind/{number}")

    assert len(Notifications(database).of(audit)) == 2
