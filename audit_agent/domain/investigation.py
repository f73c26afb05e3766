"""Investigations: what is looked into, with which means and within which limits, and how it ends."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from audit_agent.domain.evidence_request import Question
from audit_agent.domain.ids import StepId
from audit_agent.domain.record import Digest, Record

MOST_EXCEPTIONS = 10
"""Exceptions of one lead; what a group has beyond them is confirmed or explained by another lead, or not at all."""

_ASKS = re.compile(
    r"(?:please\s+)?investigate\s+(?P<target>[A-Z][A-Z0-9]*-\d{2,}|S\d{2,3})\b(?:\s*[:,-]?\s+(?P<why>.+))?",
    re.IGNORECASE,
)


class InvestigationLimits(Record):
    """How far an investigation may go. Whatever is reached first ends it; what is not known then is undetermined."""

    turns: int = Field(default=12, ge=1, le=100)
    calls: int = Field(default=30, ge=1, le=400)
    """Tool calls in all."""
    tokens: int = Field(default=400_000, ge=1)
    dollars: Decimal = Field(default=Decimal("2.00"), gt=0)
    seconds: int = Field(default=3_600, ge=1)
    """Time at work; waiting for a process owner does not count."""
    leads_a_step: int = Field(default=3, ge=1, le=50)
    leads_an_audit: int = Field(default=16, ge=1, le=200)


class Lead(Record):
    """Exceptions of one step that belong together, and what is asked about them."""

    id: str = Field(pattern=r"^S[0-9]{2,3}-I[0-9]{2,3}$")
    step: StepId
    procedure: str
    title: str
    """What holds them together, such as `Supplier 0070034`."""
    exceptions: tuple[str, ...] = Field(min_length=1, max_length=MOST_EXCEPTIONS)
    questions: tuple[str, ...] = ()
    """What the programme or reviewers want to know besides whether there is an innocent explanation, oldest first."""


class Judgement(StrEnum):
    """How an investigation ends."""

    CONFIRMED = "confirmed"
    """The exceptions stand."""
    EXPLAINED = "explained"
    """There is an innocent explanation for every one of them."""
    UNDETERMINED = "undetermined"
    """Neither could be shown; the exceptions stand."""


class InvestigationState(StrEnum):
    """Where an investigation stands."""

    WORKING = "working"
    ASKS = "asks a process owner"
    """It goes on once the owner has answered, or the time to do so is over."""
    OUT_OF_BUDGET = "out of budget"
    """It goes on once people have decided about the budget."""
    CONCLUDED = "concluded"


class Statement(Record):
    """A sentence of a conclusion, and what it rests on."""

    text: str = Field(min_length=1, max_length=1_000)
    citations: tuple[str, ...] = Field(max_length=20)
    """See `domain.citation`."""


class Conclusion(Record):
    """What came out. Figures in it are found in what it cites: code has checked that."""

    judgement: Judgement
    statements: tuple[Statement, ...] = Field(min_length=1, max_length=20)
    explained: tuple[str, ...] = ()
    """The exceptions with an innocent explanation: all of the lead's, or some where the rest is not explained."""
    by: str
    """Who concluded: `offline-rules/1`, a model's name, or `rule` where limits or checks did."""


class ToolUse(Record):
    """A tool call that was carried out, by the digest of its result."""

    ref: str
    """Like `T03`, unique within the investigation."""
    tool: str
    result: Digest
    rows: int


class TakenTurn(Record):
    """A turn that was taken, by the digest of what was said in it."""

    number: int
    turn: Digest
    calls: int
    uses: tuple[ToolUse, ...] = ()


class Course(Record):
    """How far an investigation has come: references only, so that it is small however much was read."""

    turns: tuple[TakenTurn, ...] = ()
    began_at: datetime
    """When the run under way began."""
    worked: int = 0
    """Seconds at work in the runs before it; a question that follows a conclusion has the whole time again."""
    since: int = 0
    """Turns taken before the latest question; limits count from there."""
    asked: tuple[Question, ...] = ()
    """What process owners were asked, in order."""

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """Every result so far, oldest first."""
        return tuple(use for turn in self.turns for use in turn.uses)

    @property
    def unused(self) -> TakenTurn | None:
        """The last turn while calls of it are still to be carried out."""
        last = self.turns[-1] if self.turns else None
        return last if last is not None and len(last.uses) < last.calls else None

    def kept(self, at: datetime, *, concluded: bool) -> "Course":
        """As it goes into a paper at that time: without the time of day, and once concluded without its duration.

        So the same investigation leaves the same bytes, whenever and among whatever crashes it ran.
        """
        worked = 0 if concluded else self.worked + int((at - self.began_at).total_seconds())
        return self.model_copy(update={"began_at": datetime.fromtimestamp(0, UTC), "worked": worked})

    def with_turn(self, turn: TakenTurn) -> "Course":
        """One turn further."""
        return self.model_copy(update={"turns": (*self.turns, turn)})

    def with_use(self, use: ToolUse) -> "Course":
        """One result further, in the turn under way."""
        last = self.turns[-1]
        return self.model_copy(
            update={"turns": (*self.turns[:-1], last.model_copy(update={"uses": (*last.uses, use)}))}
        )

    def next_ref(self) -> str:
        """What the next result is called."""
        return f"T{len(self.uses) + 1:02d}"

    def turns_left(self, limits: InvestigationLimits) -> int:
        """How many more turns it may take."""
        return max(0, limits.turns - (len(self.turns) - self.since))

    def calls_left(self, limits: InvestigationLimits) -> int:
        """How many more tool calls it may make."""
        recent = sum(turn.calls for turn in self.turns[self.since :])
        return max(0, limits.calls - recent)


class FollowUp(Record):
    """A reviewer's words: look into this finding, step or procedure, and what for."""

    target: str
    question: str


def follow_up(text: str) -> FollowUp | None:
    """`investigate F-02: why twice?`, `investigate S03` or `investigate P2P-01`; None for other words."""
    match = _ASKS.fullmatch(text.strip().rstrip("."))
    return FollowUp(target=match["target"].upper(), question=(match["why"] or "").strip()) if match else None


def follow_ups(comments: tuple[str, ...]) -> tuple[FollowUp, ...]:
    """What reviewers want looked into. A question is the rest of its line, with its semicolons."""
    lines = (line for comment in comments for line in comment.splitlines())
    parts = (part for line in lines for part in ([line] if follow_up(line) else line.split(";")))
    return tuple(asked for asked in map(follow_up, parts) if asked is not None)


def undetermined(why: str) -> Conclusion:
    """The conclusion by rule, where an investigation ends without one of its own."""
    statement = Statement(text=why, citations=())
    return Conclusion(judgement=Judgement.UNDETERMINED, statements=(statement,), by="rule")
