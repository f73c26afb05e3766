"""What a model is asked to return. Apart from the domain on purpose: no figure and no severity is among it.

What it reads in documents is lists of what is there rather than fields that may be null: the service compiles only a
few unions in one schema.

A change to a schema needs a new version in `OUTPUTS`, for answers in the ledger are bound to it.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WireParameter(_Wire):
    """A parameter, both as text."""

    name: str
    value: str


class WireStep(_Wire):
    """A step of a plan."""

    id: str = Field(pattern=r"^S[0-9]{2,3}$", description="S01, S02, ...")
    procedure: str = Field(description="Id of a procedure of the programme.")
    title: str
    risk: str = Field(description="Id of the programme's risk it answers.")
    why: str = Field(description="Why this step, on these books.")
    parameters: list[WireParameter] = Field(description="Only those that differ from the default.")
    depends_on: list[str] = Field(description="Ids of steps it has to wait for.")


class WireMarkedStep(WireStep):
    """A step of a plan that also says what is looked into."""

    investigate: bool = Field(description="Whether what it flags is looked into before findings are drafted.")
    inquiry: str = Field(max_length=2_000, description="What is to be found out; empty where nothing in particular is.")


class WireOmission(_Wire):
    """A procedure left out."""

    procedure: str
    reason: str


class WirePlan(_Wire):
    """A plan."""

    summary: str = Field(description="The plan in two or three sentences.")
    steps: list[WireStep]
    omitted: list[WireOmission]
    answers: list[str] = Field(description="What was done about each reviewer comment; empty without comments.")


class WireMarkedPlan(WirePlan):
    """A plan that marks what is looked into."""

    steps: list[WireMarkedStep]  # type: ignore[assignment]


class WireQuery(_Wire):
    """A test the catalogue lacks."""

    title: str = Field(min_length=1, max_length=200)
    risk: str = Field(pattern=r"^R[0-9]{1,2}$", description="Id of the programme's risk it answers.")
    table: str = Field(description="The canonical table whose rows are flagged.")
    sql: str = Field(
        min_length=1, max_length=4_000, description="One SELECT in DuckDB's dialect over the tables of the books."
    )
    means: str = Field(min_length=1, max_length=1_000, description="What it means when a row is flagged.")


class WireQueriedPlan(WireMarkedPlan):
    """A plan that may propose tests of its own."""

    queries: list[WireQuery] = Field(max_length=5, description="Tests the catalogue lacks; usually empty.")


class WireFinding(_Wire):
    """The words of a finding."""

    title: str
    condition: str
    criteria: str
    cause: str
    consequence: str
    corrective_action: str
    answer: str = Field(description="What was done about reviewers' comments; empty without.")


class WireSummary(_Wire):
    """The words of a summary."""

    paragraphs: list[str]


class WireQuoted(_Wire):
    """A value, and the words of one piece that say it."""

    value: str
    quotation: str = Field(description="Copied exactly from the piece.")
    piece: int = Field(description="The number of the piece or picture.")


class WireFound(WireQuoted):
    """A field that the document states."""

    field: Literal[
        "kind",
        "supplier",
        "supplier_tax_id",
        "customer",
        "customer_tax_id",
        "invoice_number",
        "order_number",
        "invoice_date",
        "due_date",
        "currency",
        "net",
        "tax",
        "total",
        "terms",
    ]


class WireCell(WireQuoted):
    """A cell of a line that is charged."""

    column: Literal["description", "quantity", "unit_price", "amount"]


class WireLine(_Wire):
    """A line that is charged."""

    cells: list[WireCell]


class WireReply(WireQuoted):
    """The answer to a question."""

    question: int = Field(description="The number of the question, from 1.")


class WireDocument(_Wire):
    """What a document says; what it does not say is left out."""

    found: list[WireFound]
    lines: list[WireLine]
    answers: list[WireReply]


class WireToolCall(_Wire):
    """A tool and its arguments."""

    tool: str = Field(description="Name of a tool.")
    arguments: list[WireParameter]


class WireStatement(_Wire):
    """A sentence and what it rests on."""

    text: str
    citations: list[str] = Field(description="Exceptions, rows of the books, results or pages that show it.")


class WireConclusion(_Wire):
    """How the investigation ends."""

    judgement: Literal["confirmed", "explained", "undetermined"]
    statements: list[WireStatement]
    explained: list[str] = Field(description="Exceptions that are explained although others are not; else empty.")


class WireTurn(_Wire):
    """One turn: either tool calls, or a conclusion."""

    note: str = Field(description="What is looked for and why, in one or two sentences.")
    calls: list[WireToolCall] = Field(description="Empty in the turn that concludes.")
    conclusion: WireConclusion | None = Field(description="Null as long as tools are called.")


OUTPUTS: Mapping[str, type[BaseModel]] = {
    "plan/1": WirePlan,
    "plan/2": WireMarkedPlan,
    "plan/3": WireQueriedPlan,
    "finding/1": WireFinding,
    "summary/1": WireSummary,
    "document/1": WireDocument,
    "turn/1": WireTurn,
}
