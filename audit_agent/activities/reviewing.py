"""Reviews as people see them: opened, nudged, decided, closed."""

from audit_agent.activities.contract import (
    CLOSE_REVIEW,
    NUDGE_REVIEW,
    OPEN_REVIEW,
    RECORD_DECISION,
    Done,
    Opened,
    ReviewEnd,
    ReviewNudge,
    TakenDecision,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.reminding import Course, expanded, reminders
from audit_agent.activities.services import Services
from audit_agent.domain.review import Nudge, Review
from audit_agent.store.decisions import Decisions
from audit_agent.store.people import People
from audit_agent.store.reviews import Reviews


class ReviewActivities:
    """The workflow holds the review; the store shows it."""

    def __init__(self, services: Services) -> None:
        self._reviews = Reviews(services.database)
        self._decisions = Decisions(services.database)
        self._people = People(services.database)
        self._notifier = services.notifier
        self._clock = services.clock

    @implements(OPEN_REVIEW)
    def open_review(self, review: Review) -> Opened:
        """People are asked."""
        self._reviews.open(review, self._clock())
        text = f"{review.title} waits for a decision until {review.expires_at:%Y-%m-%d %H:%M} UTC."
        addressees = expanded(review.policy.circle(0).addressees(), self._people)
        self._notifier.send("review.opened", review.audit, addressees, text, key=f"{review.id}/opened")
        course = Course(review.policy, review.policy.circle(0).addressees(), review.opened_at, review.expires_at)
        return Opened(reminders=reminders(course, self._people))

    @implements(NUDGE_REVIEW)
    def nudge_review(self, nudge: ReviewNudge) -> Done:
        """People are reminded, or others are asked too."""
        self._reviews.nudge(nudge.review, nudge.kind, nudge.number, nudge.to, self._clock())
        to = expanded(nudge.to, self._people)
        kind = "review.reminded" if nudge.kind is Nudge.REMIND else "review.escalated"
        text = f"{nudge.review} still waits for a decision."
        key = f"{nudge.review}/{nudge.kind.value}/{nudge.number}"
        self._notifier.send(kind, nudge.audit, to, text, key=key)
        return Done()

    @implements(RECORD_DECISION)
    def record_decision(self, taken: TakenDecision) -> Done:
        """A decision was taken or refused by the workflow."""
        self._decisions.answer(taken.decision, taken.receipt, self._clock())
        return Done()

    @implements(CLOSE_REVIEW)
    def close_review(self, end: ReviewEnd) -> Done:
        """The review is settled, or nobody decided in time."""
        self._reviews.close(end.review, end.outcome, self._clock())
        return Done()
