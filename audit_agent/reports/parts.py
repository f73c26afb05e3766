"""The parts of a report, each with its figures."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from audit_agent.domain.evidence_request import AskedEvidence, Question
from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import Person, StepId
from audit_agent.domain.investigation_paper import Inquiry
from audit_agent.domain.policy import Gate
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Verdict
from audit_agent.domain.suppression import Suppression
from audit_agent.domain.workpaper import SourceRow, TableRead
from audit_agent.reports.figure import Figure, Statistic


class Programme(Record):
    """The audit programme the work followed."""

    id: str
    title: str
    version: str
    objective: str
    standards: tuple[str, ...]


class ScopeTable(Record):
    """One canonical table of the books."""

    name: str
    rows: Figure
    first_date: date | None
    last_date: date | None
    debits: Figure | None
    credits: Figure | None
    digest: Digest


class ScopeSource(Record):
    """One file as given, and whether its control totals agree with what was imported."""

    name: str
    sha256: Digest
    table: str
    rows: Figure
    imported: Figure
    rejected: Figure
    debits_given: Figure | None
    debits_imported: Figure | None
    credits_given: Figure | None
    credits_imported: Figure | None
    differences: tuple[str, ...]
    """Which control totals do not agree, in words; empty when all do."""
    notes: tuple[str, ...]


class Scope(Record):
    """What was audited."""

    currency: str
    tables: tuple[ScopeTable, ...]
    sources: tuple[ScopeSource, ...]
    rejected: Figure


class MaterialityPart(Record):
    """Materiality as agreed with the plan."""

    basis: str
    percent: Decimal
    basis_amount: Figure
    overall: Figure
    performance: Figure
    trivial: Figure


class PlannedStep(Record):
    """One step of the agreed plan."""

    id: StepId
    procedure: str
    title: str
    risk: str
    risk_text: str
    why: str
    parameters: dict[str, str]
    depends_on: tuple[StepId, ...]
    requests: tuple[Question, ...] = Field(default=(), exclude_if=lambda asked: not asked)
    investigate: bool = Field(default=False, exclude_if=lambda marked: not marked)
    inquiry: str = Field(default="", exclude_if=lambda asked: not asked)
    query: QueryTest | None = Field(default=None, exclude_if=lambda query: query is None)
    suppressions: tuple[Suppression, ...] = Field(default=(), exclude_if=lambda applied: not applied)
    done: bool


class PlanPart(Record):
    """The agreed plan."""

    version: int
    summary: str
    steps: tuple[PlannedStep, ...]
    answers: tuple[str, ...]


class ExceptionLine(Record):
    """One exception with the source rows behind it."""

    ref: str
    key: str
    reason: str
    score: Decimal
    amount: Figure | None
    day: date | None
    facts: dict[str, str]
    sources: tuple[SourceRow, ...]
    source_count: int


class SeriesPart(Record):
    """A small table of figures behind a statistic."""

    ref: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class DismissedRule(Record):
    """What one rule dismissed."""

    rule: str
    title: str
    because: str
    exceptions: Figure
    lines: Figure


class DismissedPart(Record):
    """What a step flagged and rules explained away."""

    flagged: Figure
    """The exceptions, and what was dismissed."""
    count: Figure
    rules: tuple[DismissedRule, ...]
    items: Digest
    """Parquet blob with every one of them and its reason."""


class StepResult(Record):
    """What one step did and found."""

    step: StepId
    title: str
    procedure: str
    procedure_version: str
    parameters: dict[str, str]
    reads: tuple[TableRead, ...]
    population: Figure
    exception_count: Figure
    exception_lines: Figure
    exception_amount: Figure | None
    statistics: tuple[Statistic, ...]
    series: tuple[SeriesPart, ...]
    exceptions: tuple[ExceptionLine, ...]
    """The highest by score."""
    more_exceptions: int
    """How many the workpaper holds beyond those listed here."""
    conclusion: str
    sql: str
    asked: tuple[AskedEvidence, ...] = Field(default=(), exclude_if=lambda asked: not asked)
    """What process owners were asked for it, and what they answered."""
    workpaper: Digest
    all_exceptions: Digest
    """Parquet blob with every exception."""
    dismissed: DismissedPart | None = Field(default=None, exclude_if=lambda dismissed: dismissed is None)
    """What its rules dismissed; None where they dismissed nothing."""


class NotDone(Record):
    """Something that was not carried out, and why. A step of the plan, or a procedure left out of it."""

    kind: Literal["step", "procedure"]
    subject: str
    procedure: str
    title: str
    reason: str
    asked: tuple[AskedEvidence, ...] = Field(default=(), exclude_if=lambda asked: not asked)
    """What process owners were asked for it all the same, and what they answered."""


class FindingPart(Record):
    """A finding in the five Cs."""

    ref: str
    step: StepId
    procedure: str
    title: str
    severity: Severity
    condition: str
    criteria: str
    cause: str
    consequence: str
    corrective_action: str
    exception_count: Figure
    amount: Figure | None
    against_materiality: str
    """Where the amount stands against materiality, in words; empty where it cannot be compared."""
    exceptions: tuple[str, ...]
    investigations: tuple[Inquiry, ...] = Field(default=(), exclude_if=lambda looked_into: not looked_into)
    """What was looked into, with citations and queries."""


class HoldPart(Record):
    """One payment hold."""

    ref: str
    finding: str
    item: str
    supplier: str
    amount: Figure
    reason: str


class Holds(Record):
    """Payment holds, and whether they were placed."""

    placed: bool
    holds: tuple[HoldPart, ...]


class Authorship(Record):
    """Which analyst wrote a part. Figures are never among them: code computes those."""

    part: str
    by: str


class Approval(Record):
    """One recorded decision, without its times and ids."""

    gate: Gate
    version: int
    verdict: Verdict
    person: Person
    reason: str
    subject: Digest | None
    """SHA-256 of what was decided on; None for the report itself, whose digest cannot stand inside it."""
