"""The plan: what will be done, at which materiality, and whether it can be done at all."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from pydantic import Field

from audit_agent.domain.books import BooksProfile
from audit_agent.domain.catalogue import Catalogue, ProcedureMeta
from audit_agent.domain.evidence_request import MOST_A_STEP, Question
from audit_agent.domain.ids import StepId
from audit_agent.domain.program import Program
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.record import Record
from audit_agent.domain.spend import SpendEstimate
from audit_agent.domain.suppression import Suppression

VOUCHING = "DOC-01"
"""The procedure that reads documents; code puts it into the plan of every audit that has some."""


class StepKind(StrEnum):
    """How a step is carried out."""

    PROCEDURE = "procedure"
    DOCUMENTS = "documents"


class Materiality(Record):
    """Amounts that decide what matters (ISA 320, ISA 450.5), in the books' currency."""

    basis: str
    basis_amount: Decimal
    percent: Decimal
    overall: Decimal
    performance: Decimal
    trivial: Decimal
    currency: str


class PlanStep(Record):
    """One unit of work with its own workpaper. Parameters are text; the procedure parses them."""

    id: StepId
    procedure: str
    title: str
    risk: str
    why: str
    parameters: dict[str, str] = {}
    depends_on: tuple[StepId, ...] = ()
    requests: tuple[Question, ...] = Field(default=(), max_length=MOST_A_STEP, exclude_if=lambda asked: not asked)
    """What process owners are asked before it is carried out; left out of the plan's bytes where there is nothing."""
    investigate: bool = Field(default=False, exclude_if=lambda marked: not marked)
    """Whether what it flags is looked into before findings are drafted."""
    inquiry: str = Field(default="", max_length=2_000, exclude_if=lambda asked: not asked)
    """What is to be found out besides whether there is an innocent explanation."""
    query: QueryTest | None = Field(default=None, exclude_if=lambda query: query is None)
    """The test itself, where it is none of the catalogue; `procedure` is then its id."""
    suppressions: tuple[Suppression, ...] = Field(default=(), exclude_if=lambda applied: not applied)
    """What earlier reviewers dismissed, and is dismissed here again."""

    @property
    def kind(self) -> StepKind:
        """Whether books or documents are tested."""
        return StepKind.DOCUMENTS if self.procedure == VOUCHING else StepKind.PROCEDURE


class OmittedProcedure(Record):
    """A procedure of the programme that will not be carried out, and why."""

    procedure: str
    reason: str


class Plan(Record):
    """An audit plan. Its digest is what people agree to."""

    version: int = Field(ge=1)
    program: str
    summary: str
    materiality: Materiality
    steps: tuple[PlanStep, ...]
    omitted: tuple[OmittedProcedure, ...] = ()
    drafted_by: str
    """The analyst: `offline-rules/1`, or a model's name."""
    estimate: SpendEstimate | None = Field(default=None, exclude_if=lambda estimate: estimate is None)
    """What reading the documents with a model will cost; left out of the bytes where no model reads any."""
    answers: tuple[str, ...] = ()
    """What the analyst did with each reviewer comment."""


def plan_problems(plan: Plan, program: Program, catalogue: Catalogue, profile: BooksProfile) -> tuple[str, ...]:
    """Everything that keeps a plan from being carried out, in words; empty for a valid plan."""
    known = {meta.id: meta for meta in catalogue.procedures()}
    allowed = {entry.id for entry in program.procedures}
    risks = {risk.id for risk in program.risks}
    problems: list[str] = []
    if not plan.steps:
        problems.append("The plan has no steps.")
    for step in plan.steps:
        if step.query is not None:
            problems += _query_problems(step, step.query, risks, profile)
            continue
        meta = known.get(step.procedure)
        if meta is None:
            problems.append(f"{step.id}: there is no procedure {step.procedure!r} in the catalogue.")
            continue
        if step.procedure not in allowed:
            problems.append(f"{step.id}: programme {program.id!r} does not use {step.procedure}.")
        if step.risk not in risks:
            problems.append(f"{step.id}: programme {program.id!r} has no risk {step.risk!r}.")
        problems += (f"{step.id}: {text}" for text in missing_inputs(meta, profile))
        problems += (f"{step.id}: {text}" for text in catalogue.parameter_problems(meta.id, step.parameters))
    problems += _order_problems(plan.steps)
    return tuple(problems)


def _query_problems(step: PlanStep, query: QueryTest, risks: set[str], profile: BooksProfile) -> Iterator[str]:
    if step.procedure != query.id:
        yield f"{step.id}: its test is {query.id}, not {step.procedure}."
    if step.risk not in risks:
        yield f"{step.id}: the programme has no risk {step.risk!r}."
    if profile.table(query.table) is None:
        yield f"{step.id}: {query.id} flags rows of {query.table}, which the books do not carry."


def missing_inputs(meta: ProcedureMeta, profile: BooksProfile) -> tuple[str, ...]:
    """Which tables or columns the books lack for a procedure, in words."""
    missing: list[str] = []
    for need in meta.inputs:
        if not need.required:
            continue
        table = profile.table(need.table)
        if table is None:
            missing.append(f"{meta.id} needs the table {need.table}, which the books do not carry.")
            continue
        absent = [name for name in need.columns if name not in table.columns or name in table.empty_columns]
        if absent:
            missing.append(f"{meta.id} needs {need.table}.{', '.join(absent)}, which the books leave empty.")
    return tuple(missing)


def _order_problems(steps: Iterable[PlanStep]) -> list[str]:
    steps = tuple(steps)
    ids = [step.id for step in steps]
    problems = [f"Step id {name} is used twice." for name in sorted({name for name in ids if ids.count(name) > 1})]
    for step in steps:
        problems += (f"{step.id}: depends on {name}, which is no step." for name in step.depends_on if name not in ids)
    try:
        tuple(TopologicalSorter({step.id: step.depends_on for step in steps}).static_order())
    except CycleError as error:
        problems.append(f"Steps wait for each other in a circle: {' -> '.join(error.args[1])}.")
    return problems


def plan_changes(old: Plan, new: Plan) -> tuple[str, ...]:
    """What a revision changed, a line each: `+` added, `-` removed, `~` altered."""
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    lines = [f"- {step.id} {step.procedure} {step.title}" for id_, step in before.items() if id_ not in after]
    lines += (f"+ {step.id} {step.procedure} {step.title}" for id_, step in after.items() if id_ not in before)
    for id_ in before.keys() & after.keys():
        lines += _step_changes(before[id_], after[id_])
    if old.materiality != new.materiality:
        lines.append(f"~ materiality {old.materiality.overall} -> {new.materiality.overall}")
    return tuple(sorted(lines, key=lambda line: line[2:]))


def _step_changes(old: PlanStep, new: PlanStep) -> list[str]:
    changes = []
    if old.query is not None and new.query is not None and old.query.sql != new.query.sql:
        changes.append(f"~ {new.id} {new.procedure} has another query")
    for field in ("procedure", "title", "risk", "why", "depends_on"):
        was, is_ = getattr(old, field), getattr(new, field)
        if was != is_:
            changes.append(f"~ {new.id} {field}: {was} -> {is_}")
    for name in sorted(old.parameters.keys() | new.parameters.keys()):
        was, is_ = old.parameters.get(name, "default"), new.parameters.get(name, "default")
        if was != is_:
            changes.append(f"~ {new.id} {new.procedure} {name}: {was} -> {is_}")
    if (old.investigate, old.inquiry) != (new.investigate, new.inquiry):
        asked = f": {new.inquiry}" if new.inquiry else ""
        changes.append(f"~ {new.id} is {'' if new.investigate else 'not '}investigated{asked}")
    changes += (f"~ {new.id} suppresses {one.in_a_line}" for one in new.suppressions if one not in old.suppressions)
    changes += (f"~ {new.id} no longer has {one.id}" for one in old.suppressions if one not in new.suppressions)
    for one in old.requests:
        if one not in new.requests:
            changes.append(f"~ {new.id} no longer {one.in_a_line}")
    changes += (f"~ {new.id} {one.in_a_line}" for one in new.requests if one not in old.requests)
    return changes
