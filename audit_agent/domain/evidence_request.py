"""Evidence requests: a question of a plan's step to a process owner, what they reply, and what became of both."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from audit_agent.domain.directory import Standing
from audit_agent.domain.ids import AuditId, DecisionId, Person, RequestId, StepId
from audit_agent.domain.policy import Escalation, GatePolicy
from audit_agent.domain.record import Digest, Record

MOST_A_STEP = 5
"""Questions one step may ask; more are a second step, or a meeting."""

LONGEST_TEXT = 3_000
"""Characters of an answer in words; what is longer is given as a file."""

DUE_IN_DAYS = 7
"""Where nobody says until when."""


class Question(Record):
    """What a step of a plan wants to know from whom."""

    owner: Person = Field(pattern=r"^(user:\S+|slack:[A-Z0-9]+/[A-Z0-9]+)$", max_length=100)
    """The process owner."""
    question: str = Field(min_length=1, max_length=2_000)
    expected: str = Field(default="", max_length=500)
    """What answers it, such as `the signed contract`."""
    due_in_days: int = Field(default=DUE_IN_DAYS, ge=1, le=365)
    """Days from when it is asked; a plan does not know when people will agree to it."""

    @property
    def in_a_line(self) -> str:
        """For whoever reads the plan."""
        expected = f" Expected: {self.expected}." if self.expected else ""
        return f"asks {self.owner} within {self.due_in_days} days: {self.question}{expected}"


class EvidenceRequest(Record):
    """One question as it is asked."""

    id: RequestId
    audit: AuditId
    step: StepId
    owner: Person
    question: str
    expected: str
    requester: Person
    """Who asked for the audit; told when the question is escalated, together with whom the policy names."""
    policy: GatePolicy
    """The plan's gate: its rhythm of reminders and escalation holds for the questions of the plan."""
    asked_at: datetime
    due: datetime

    @property
    def levels(self) -> tuple[Escalation, ...]:
        """Whom to tell, and when, that the owner has not answered."""
        return self.policy.levels

    def told_at(self, level: int) -> tuple[Person, ...]:
        """Whom the escalation to a level (1-based) is told to. They are told; only the owner can answer."""
        return tuple(dict.fromkeys((self.requester, *self.levels[level - 1].addressees())))


class RequestOutcome(StrEnum):
    """How a request ended; one without an outcome is open."""

    ANSWERED = "answered"
    EXPIRED = "expired"
    """The due date passed; the step went on without an answer."""
    WITHDRAWN = "withdrawn"
    """The audit stopped, so nobody needs the answer any more."""


class Attachment(Record):
    """A file in the evidence, with what its owner called it."""

    digest: Digest
    name: str = Field(max_length=255)
    media_type: str
    """What its bytes are, not what its name says."""
    size: int


class Reply(Record):
    """What somebody answers to a request."""

    id: DecisionId
    request: RequestId
    audit: AuditId
    person: Person
    text: str = Field(default="", max_length=LONGEST_TEXT)
    file: Attachment | None = None
    surface: str
    made_at: datetime
    standing: Standing | None = None
    """What the directory said of the person then; the handoff adds it on the way to the audit."""

    @property
    def bare(self) -> "Reply":
        """The reply as the person gave it, without what the directory said."""
        return self if self.standing is None else self.model_copy(update={"standing": None})


class AskedEvidence(Record):
    """What a workpaper says of one request: what was asked of whom, and what came of it."""

    request: RequestId
    owner: Person
    question: str
    expected: str
    asked_at: datetime
    due: datetime
    outcome: RequestOutcome
    answered_by: Person | None = None
    answered_at: datetime | None = None
    text: str = ""
    file: Attachment | None = None
    evidence: Digest | None = None
    """Of the whole reply, as it is kept in the evidence."""


def request_id(audit: AuditId, step: StepId, number: int) -> RequestId:
    """The id of a step's question, numbered from 1."""
    return RequestId(f"{audit}/{step}/{number}")


def due_date(question: Question, asked_at: datetime) -> datetime:
    """When the answer to a question asked then is due."""
    return asked_at + timedelta(days=question.due_in_days)
