"""The run behind a report: ids, times and spend. Two runs over the same content differ here and nowhere else."""

from datetime import datetime
from decimal import Decimal

from audit_agent.domain.audit import EffectKind
from audit_agent.domain.budget import BudgetRaise
from audit_agent.domain.ids import AuditId, DecisionId, Person, ReviewId, StepId
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Answer, Outcome, Verdict
from audit_agent.domain.spend import SpendEstimate, SpendLine, SpendSummary


class StepTime(Record):
    """How long one step took, in seconds."""

    step: StepId
    seconds: Decimal


class ReviewTime(Record):
    """One opened gate, from opening to end."""

    review: ReviewId
    gate: Gate
    version: int
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: Outcome | None = None


class DecisionTaken(Record):
    """A decision as it arrived, and the answer it got."""

    id: DecisionId
    review: ReviewId
    gate: Gate
    version: int
    person: Person
    verdict: Verdict
    reason: str
    subject: Digest
    surface: str
    made_at: datetime
    answer: Answer
    message: str


class Compensation(Record):
    """An effect that was undone, or should have been."""

    effect: EffectKind
    reason: str
    at: datetime
    undone: bool
    """False: it keeps failing and needs a person."""


class Run(Record):
    """One run. `published` tells a signed, published report from a draft."""

    audit: AuditId
    published: bool
    content: Digest
    """SHA-256 of the canonical JSON of the report's deterministic part: what was signed."""
    requester: Person
    requested_at: datetime
    drafted_at: datetime
    published_at: datetime | None = None
    books: str
    """Where the books were read from."""
    budget: Decimal | None = None
    """US dollars as asked for; None for no limit."""
    raises: tuple[BudgetRaise, ...] = ()
    estimate: SpendEstimate | None = None
    """What reading the documents with a model was to cost, as the plan said."""
    spend: SpendSummary | None = None
    by_finding: tuple[SpendLine, ...] = ()
    """What each finding cost, and last what is for the audit as a whole; adds up to the spend's total."""
    saved: Decimal | None = None
    """US dollars the service's prompt cache saved; None where a price is not known, or no model was called."""
    step_times: tuple[StepTime, ...] = ()
    reviews: tuple[ReviewTime, ...] = ()
    decisions: tuple[DecisionTaken, ...] = ()
    compensations: tuple[Compensation, ...] = ()
    agent_version: str
    log_head: Digest | None = None
    """Newest entry of the hash-chained audit log when this report was written."""
