"""Reviews, decisions and their answers as they travel. `review_state` has the rules that make an outcome of them."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from audit_agent.domain.directory import Standing
from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId
from audit_agent.domain.money import Money
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import Digest, Record


class Verdict(StrEnum):
    """What a person may say."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request-changes"
    REJECT = "reject"
    UNDO = "undo"
    """Take back one's own decision, as long as the policy lets one."""


class Outcome(StrEnum):
    """How a review ended."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """The audit ended for another reason while the review was open."""


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
    amounts: tuple[Money, ...] = ()
    """What is at stake, one amount a currency; they have chosen the policy's tier."""
    requester: Person
    preparers: tuple[Person, ...] = ()
    """Whose requested changes this version carries."""
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
    standing: Standing | None = None
    """What the directory said of the person then; the handoff adds it on the way to the audit."""

    @property
    def bare(self) -> "Decision":
        """The decision as the person made it, without what the directory said."""
        return self if self.standing is None else self.model_copy(update={"standing": None})


class Receipt(Record):
    """The answer to one decision."""

    decision: DecisionId
    answer: Answer
    message: str
    outcome: Outcome | None = None
    """Set when this decision settled the review."""
    on_behalf_of: Person | None = None
    """For whom the person decided, if by a delegation."""
    undo_until: datetime | None = None
    """Until when the person can undo it; None when they cannot."""
    undid: DecisionId | None = None
    """The decision this one took back."""


class Nudge(StrEnum):
    """What time does to an open review."""

    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    SETTLE = "settle"
    """The time to undo is over; the outcome is final."""


class NextNudge(NamedTuple):
    """The next thing time does, and when."""

    kind: Nudge
    at: datetime
