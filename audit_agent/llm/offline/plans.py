"""Plans by rule: every procedure of the programme that the books allow."""

from collections.abc import Mapping

from audit_agent.domain.catalogue import Catalogue, ProcedureMeta
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import OmittedProcedure, Plan, PlanStep, missing_inputs
from audit_agent.domain.program import ProgramProcedure
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.wording import counted
from audit_agent.llm.contexts import PlanningContext
from audit_agent.llm.offline.rules import planning_rules


def plan_by_rule(context: PlanningContext, catalogue: Catalogue, drafted_by: str) -> Plan:
    """The first version of a plan."""
    steps: list[PlanStep] = []
    omitted: list[OmittedProcedure] = []
    for entry in context.program.procedures:
        reason = why_not(entry.id, context)
        if reason:
            omitted.append(OmittedProcedure(procedure=entry.id, reason=reason))
        else:
            steps.append(step_for(entry, StepId(f"S{len(steps) + 1:02d}"), context, catalogue))
    for test in context.program.queries:
        if context.profile.table(test.table) is None:
            reason = f"{test.title} flags rows of {test.table}, which the books do not carry."
            omitted.append(OmittedProcedure(procedure=test.id, reason=reason))
        else:
            steps.append(step_of_query(test, StepId(f"S{len(steps) + 1:02d}")))
    return Plan(
        version=1,
        program=context.program.id,
        summary=summary_of(context, len(steps), len(omitted)),
        materiality=context.materiality,
        steps=ordered(tuple(steps)),
        omitted=tuple(omitted),
        drafted_by=drafted_by,
    )


def step_of_query(test: QueryTest, id_: StepId) -> PlanStep:
    """The step that carries out a test which is a query."""
    return PlanStep(id=id_, procedure=test.id, title=test.title, risk=test.risk, why=test.means, query=test)


def why_not(procedure: str, context: PlanningContext) -> str:
    """Why a procedure cannot be carried out on these books; empty when it can."""
    meta = meta_of(procedure, context)
    if meta is None:
        return f"The catalogue of this version has no procedure {procedure}."
    return " ".join(missing_inputs(meta, context.profile))


def meta_of(procedure: str, context: PlanningContext) -> ProcedureMeta | None:
    """The catalogue's entry for a procedure."""
    return next((meta for meta in context.catalogue if meta.id == procedure), None)


def entry_of(procedure: str, context: PlanningContext) -> ProgramProcedure | None:
    """The programme's entry for a procedure."""
    return next((entry for entry in context.program.procedures if entry.id == procedure), None)


def step_for(entry: ProgramProcedure, id_: StepId, context: PlanningContext, catalogue: Catalogue) -> PlanStep:
    """A step that carries out a procedure, with parameters adapted to the books."""
    meta = meta_of(entry.id, context)
    risk = next((risk for risk in context.program.risks if risk.id == entry.risk), None)
    return PlanStep(
        id=id_,
        procedure=entry.id,
        title=meta.title if meta else entry.id,
        risk=entry.risk,
        why=f"Answers the risk: {risk.text}" if risk else "",
        parameters=_parameters(entry, meta, context, catalogue),
        requests=entry.requests,
        investigate=entry.investigate,
    )


def ordered(steps: tuple[PlanStep, ...]) -> tuple[PlanStep, ...]:
    """The steps, each waiting also for those it makes sense after. Waiting for a step that is gone ends."""
    by_procedure = {step.procedure: step.id for step in steps}
    ids = {step.id for step in steps}
    after = planning_rules().after
    return tuple(
        step.model_copy(
            update={
                "depends_on": (
                    *(id_ for id_ in step.depends_on if id_ in ids),
                    *(
                        by_procedure[name]
                        for name in after.get(step.procedure, ())
                        if name in by_procedure and by_procedure[name] not in step.depends_on
                    ),
                )
            }
        )
        for step in steps
    )


def summary_of(context: PlanningContext, steps: int, omitted: int) -> str:
    """What the plan is, in two sentences."""
    period = f" for {context.period}" if context.period else ""
    left_out = f" {omitted} of the programme's procedures cannot be carried out on these books." if omitted else ""
    return (
        f"{context.program.title}{period}: {counted(steps, 'step')} over books in {context.profile.currency}.{left_out}"
    )


def _parameters(
    entry: ProgramProcedure, meta: ProcedureMeta | None, context: PlanningContext, catalogue: Catalogue
) -> dict[str, str]:
    known = {spec.name for spec in meta.parameters} if meta else set()
    wanted: Mapping[str, str] = planning_rules().parameters.get(entry.id, {})
    adapted = {
        name: f"{getattr(context.materiality, level):f}"
        for name, level in wanted.items()
        if name in known and name not in entry.parameters
    }
    fitting = {name: text for name, text in adapted.items() if not catalogue.parameter_problems(entry.id, {name: text})}
    return {**entry.parameters, **fitting}
