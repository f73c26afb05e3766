"""The report model: everything every format shows.

`AuditReport.report` is computed from content alone (books, plan, workpapers, findings, decisions), so the same
content gives the same bytes. Whatever differs from run to run (ids, times, spend) is in `AuditReport.run`.
"""

from enum import StrEnum
from typing import Literal

from audit_agent.domain.finding import Dismissal
from audit_agent.domain.period import Period
from audit_agent.domain.record import Digest, Record
from audit_agent.reports.figure import Figure
from audit_agent.reports.parts import (
    Approval,
    Authorship,
    FindingPart,
    Holds,
    MaterialityPart,
    NotDone,
    PlanPart,
    Programme,
    Scope,
    StepResult,
)
from audit_agent.reports.run import Run


class Level(StrEnum):
    """How the work came out as a whole, most serious first."""

    ACTION_AND_INCOMPLETE = "action and incomplete"
    ACTION = "action"
    INCOMPLETE = "incomplete"
    MINOR = "minor"
    CLEAR = "clear"


class Opinion(Record):
    """The opinion line: computed by code, see `opinion.form_opinion` for the rule."""

    level: Level
    line: str
    basis: tuple[str, ...]
    """What the line rests on, a sentence each."""
    limitations: tuple[str, ...]
    """What keeps the line from saying more, a sentence each."""
    assurance: str
    """What kind of report this is, and what it is not."""


class Digests(Record):
    """SHA-256 of the canonical JSON of each thing the report rests on."""

    books: Digest
    plan: Digest
    findings: Digest
    remediation: Digest | None


class Totals(Record):
    """Sums over the whole report. An item that two procedures flag counts in both."""

    rows: Figure
    steps_planned: Figure
    steps_done: Figure
    exceptions: Figure
    findings: Figure
    high: Figure
    medium: Figure
    low: Figure
    finding_amounts: tuple[Figure, ...]
    """One for each currency."""
    hold_amounts: tuple[Figure, ...]


class Body(Record):
    """What people sign: the deterministic part of a report."""

    title: str
    version: int
    programme: Programme
    period: Period | None
    opinion: Opinion
    summary: str
    totals: Totals
    scope: Scope
    materiality: MaterialityPart
    plan: PlanPart
    findings: tuple[FindingPart, ...]
    answers: tuple[str, ...]
    """What the analyst did with each comment on the findings."""
    results: tuple[StepResult, ...]
    not_done: tuple[NotDone, ...]
    dismissals: tuple[Dismissal, ...]
    holds: Holds | None
    approvals: tuple[Approval, ...]
    authorship: tuple[Authorship, ...]
    digests: Digests


class AuditReport(Record):
    """A report: what people sign, and the run that led to it."""

    schema_version: Literal[1] = 1
    report: Body
    run: Run
