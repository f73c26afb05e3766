"""Reviews and decisions: the rules by which people's decisions become one outcome. Pure; the caller has the clock."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.policy import ANYONE, Gate, GatePolicy
from audit_agent.domain.record import Digest, Record, short
from audit_agent.domain.wording import counted


class Verdict(StrEnum):
    """What a person may say."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request-changes"
    REJECT = "reject"


class Outcome(StrEnum):
    """How a review ended."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The audit ended for another reason while the review was open."""


_IN_WORDS = {
    Outcome.APPROVED: "approved",
    Outcome.CHANGES_REQUESTED: "sent back for changes",
    Outcome.REJECTED: "rejected",
}


class Answer(StrEnum):
    """What became of a decision."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    TOO_LATE = "too-late"
    NOT_YOURS = "not-yours"
    STALE = "stale"
    REASON_MISSING = "reason-missing"


class Review(Record):
    """One opened gate. `subject` is the digest of exactly what people are shown."""

    id: ReviewId
    audit: AuditId
    gate: Gate
    round: int
    subject: Digest
    title: str
    highlights: tuple[str, ...] = ()
    """What a reviewer must know at a glance; at most 20 lines."""
    requester: Person
    policy: GatePolicy
    opened_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the review ends by itself, undecided."""
        return self.opened_at + self.policy.expire_after


class Decision(Record):
    """A person's word on a review, bound to the digest of what was shown."""

    id: DecisionId
    review: ReviewId
    audit: AuditId
    gate: Gate
    subject: Digest
    person: Person
    verdict: Verdict
    reason: str = ""
    surface: str
    """Where it was made: `terminal`, later `slack` or `web`."""
    made_at: datetime


class Receipt(Record):
    """The answer to one decision."""

    decision: DecisionId
    answer: Answer
    message: str
    outcome: Outcome | None = None
    """Set when this decision settled the review."""


class Nudge(StrEnum):
    """What time does to an open review."""

    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"


class NextNudge(NamedTuple):
    """The next thing time does, and when."""

    kind: Nudge
    at: datetime


@dataclass
class ReviewState:
    """One review and what was said so far. The same decision id is answered the same way twice."""

    review: Review
    receipts: dict[DecisionId, Receipt] = field(default_factory=dict)
    approvals: dict[Person, Decision] = field(default_factory=dict)
    settled_by: Decision | None = None
    outcome: Outcome | None = None
    reminded: int = 0
    escalated: bool = False

    def refusal(self, decision: Decision, now: datetime) -> Receipt | None:
        """Why a decision cannot be taken, or None when it can. Changes nothing."""
        review = self.review
        if decision.id in self.receipts:
            return None
        if self.outcome is not None or now >= review.expires_at:
            ended = self.outcome or Outcome.EXPIRED
            return _refuse(decision, Answer.TOO_LATE, f"Too late: this review is already {ended.value}.")
        if decision.gate is not review.gate:
            return _refuse(
                decision,
                Answer.TOO_LATE,
                f"Too late: no review of the {decision.gate.value} is open any more; the audit waits for a decision "
                f"on the {review.gate.value}.",
            )
        if decision.review != review.id or decision.subject != review.subject:
            return _refuse(
                decision,
                Answer.STALE,
                f"What you were shown ({short(decision.subject)}) is not what is up for decision now "
                f"({short(review.subject)}). Look again, then decide.",
            )
        if not self.may_decide(decision.person):
            return _refuse(decision, Answer.NOT_YOURS, f"{decision.person} is not among those who decide here.")
        if decision.verdict is Verdict.APPROVE and self._is_own(decision.person):
            return _refuse(
                decision,
                Answer.NOT_YOURS,
                f"{decision.person} asked for this audit; the policy wants somebody else to approve it.",
            )
        if decision.verdict is not Verdict.APPROVE and not decision.reason.strip():
            return _refuse(decision, Answer.REASON_MISSING, "Give a reason, so that others can act on it.")
        return None

    def record(self, decision: Decision, now: datetime) -> Receipt:
        """Take a decision; the receipt says what became of it. A repeated decision id gets its first receipt."""
        if first := self.receipts.get(decision.id):
            return first.model_copy(update={"answer": Answer.DUPLICATE}) if _was_taken(first) else first
        receipt = self.refusal(decision, now) or self._take(decision)
        self.receipts[decision.id] = receipt
        return receipt

    def may_decide(self, person: Person) -> bool:
        """Whether the policy, with its escalation, lets this person decide at all."""
        eligible = set(self.review.policy.eligible)
        if self.escalated:
            eligible |= set(self.review.policy.escalate_to)
        return ANYONE in eligible or person in eligible

    def next_nudge(self) -> NextNudge:
        """What time will do next to this open review."""
        policy, opened = self.review.policy, self.review.opened_at
        nudges = [NextNudge(Nudge.EXPIRE, self.review.expires_at)]
        if self.reminded < policy.reminders:
            nudges.append(NextNudge(Nudge.REMIND, opened + policy.remind_every * (self.reminded + 1)))
        if policy.escalate_after is not None and not self.escalated:
            nudges.append(NextNudge(Nudge.ESCALATE, opened + policy.escalate_after))
        return min(nudges, key=lambda nudge: (nudge.at, nudge.kind is not Nudge.EXPIRE))

    def apply(self, nudge: Nudge) -> None:
        """Let time do this to the review."""
        match nudge:
            case Nudge.REMIND:
                self.reminded += 1
            case Nudge.ESCALATE:
                self.escalated = True
            case Nudge.EXPIRE:
                self.outcome = Outcome.EXPIRED

    def _is_own(self, person: Person) -> bool:
        return person == self.review.requester and not self.review.policy.requester_may_approve

    def _take(self, decision: Decision) -> Receipt:
        match decision.verdict:
            case Verdict.REJECT:
                return self._settle(decision, Outcome.REJECTED)
            case Verdict.REQUEST_CHANGES:
                return self._settle(decision, Outcome.CHANGES_REQUESTED)
            case Verdict.APPROVE:
                self.approvals[decision.person] = decision
                missing = self.review.policy.quorum - len(self.approvals)
                if missing <= 0:
                    return self._settle(decision, Outcome.APPROVED)
                return Receipt(
                    decision=decision.id,
                    answer=Answer.RECORDED,
                    message=f"Recorded. {counted(missing, 'more approval')} needed.",
                )

    def _settle(self, decision: Decision, outcome: Outcome) -> Receipt:
        self.outcome = outcome
        self.settled_by = decision
        return Receipt(
            decision=decision.id,
            answer=Answer.RECORDED,
            message=f"Recorded. The {self.review.gate.value} {self.review.gate.verb} {_IN_WORDS[outcome]}.",
            outcome=outcome,
        )


def _refuse(decision: Decision, answer: Answer, message: str) -> Receipt:
    return Receipt(decision=decision.id, answer=answer, message=message)


def _was_taken(receipt: Receipt) -> bool:
    return receipt.answer in (Answer.RECORDED, Answer.DUPLICATE)
