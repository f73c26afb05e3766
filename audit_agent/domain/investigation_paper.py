"""What an investigation leaves behind: turns, tool results and the paper that holds them together."""

from pydantic import Field

from audit_agent.domain.investigation import Conclusion, Course, Judgement, Lead
from audit_agent.domain.record import Digest, Record

MOST_CALLS = 4
"""Tool calls of one turn."""


class ToolCall(Record):
    """A tool and its arguments, all as text."""

    tool: str = Field(max_length=40)
    arguments: dict[str, str] = {}


class Turn(Record):
    """What the investigator says: either calls tools or concludes."""

    note: str = Field(max_length=1_000)
    """What it looks for, and why."""
    calls: tuple[ToolCall, ...] = Field(default=(), max_length=MOST_CALLS)
    conclusion: Conclusion | None = None
    by: str


class ResultRow(Record):
    """One row of a result; fields without a value are left out."""

    cite: str = ""
    """How to cite it where it is a row of the books or a page: `GL_Detail:gl.csv:17`, `D12:p2`."""
    values: dict[str, str]


class ToolResult(Record):
    """What a tool call gave. Kept as evidence; its digest is what the workflow carries."""

    ref: str
    call: ToolCall
    rows: tuple[ResultRow, ...] = ()
    more: bool = False
    """Whether there are rows beyond those here."""
    sql: str = ""
    """As it was run."""
    problem: str = ""
    """Why there is no result: a refusal, a time-out, a bad argument."""


class InvestigationPaper(Record):
    """The workpaper of an investigation. Names everything it rests on by digest."""

    lead: Lead
    workpaper: Digest
    course: Course
    queries: tuple[str, ...] = ()
    """Every query as it was run, in order."""
    conclusion: Conclusion | None = None
    """None while the investigation waits for people or for money."""


class Inquiry(Record):
    """An investigation as a finding tells it."""

    lead: str
    title: str
    questions: tuple[str, ...] = ()
    exceptions: tuple[str, ...]
    conclusion: Conclusion
    turns: int
    calls: int
    queries: tuple[str, ...] = ()
    paper: Digest

    @property
    def explained(self) -> tuple[str, ...]:
        """The exceptions that do not count any more."""
        return self.conclusion.explained

    @property
    def in_a_line(self) -> str:
        """At a glance: `S08-I01 Supplier 0070034: explained. The second invoice was credited.`."""
        return f"{self.lead} {self.title}: {self.conclusion.judgement.value}. {self.told}"

    @property
    def told(self) -> str:
        """The conclusion in prose."""
        return " ".join(statement.text for statement in self.conclusion.statements)


def inquiry(paper: InvestigationPaper, digest: Digest) -> Inquiry:
    """A paper as a finding tells it."""
    assert paper.conclusion is not None, "a finding tells concluded investigations only"
    course = paper.course
    return Inquiry(
        lead=paper.lead.id,
        title=paper.lead.title,
        questions=paper.lead.questions,
        exceptions=paper.lead.exceptions,
        conclusion=paper.conclusion,
        turns=len(course.turns),
        calls=len(course.uses),
        queries=paper.queries,
        paper=digest,
    )


def settled(lead: Lead, conclusion: Conclusion) -> Conclusion:
    """The conclusion with `explained` as its judgement says; what is no exception of the lead is left out."""
    everything = conclusion.judgement is Judgement.EXPLAINED
    explained = tuple(ref for ref in lead.exceptions if everything or ref in conclusion.explained)
    # A lead whose every exception is explained is explained, whatever it is called.
    judgement = Judgement.EXPLAINED if explained == lead.exceptions else conclusion.judgement
    return conclusion.model_copy(update={"explained": explained, "judgement": judgement})
