"""Plans from a model's answer, with everything code knows put in by code."""

from collections.abc import Iterator

from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import OmittedProcedure, Plan, PlanStep
from audit_agent.domain.query_test import QueryTest
from audit_agent.llm.claude.wire import WireMarkedStep, WireQueriedPlan
from audit_agent.llm.contexts import PlanningContext
from audit_agent.llm.figures import Account
from audit_agent.llm.offline.plans import step_of_query, summary_of, why_not


def plan_from(wire: WireQueriedPlan, context: PlanningContext, version: int, drafted_by: str) -> Plan:
    """The plan a model proposed, with materiality, version and every omission named."""
    steps = (*(_step(step) for step in wire.steps), *_queries(wire, context))
    return Plan(
        version=version,
        program=context.program.id,
        summary=wire.summary,
        materiality=context.materiality,
        steps=steps,
        omitted=_omitted(wire, steps, context),
        drafted_by=drafted_by,
        answers=tuple(wire.answers),
    )


def prose_problems(plan: Plan, account: Account) -> tuple[str, ...]:
    """Figures in the plan's prose that the data shown does not state."""
    problems = [
        f"The summary states {figure!r}, which the data does not." for figure in account.unaccounted(plan.summary, {})
    ]
    for step in plan.steps:
        stated = account.unaccounted(f"{step.title}. {step.why} {step.inquiry}", {})
        problems += (
            f"{step.id}: title, reason or inquiry states {figure!r}, which the data does not." for figure in stated
        )
    return tuple(problems)


def without_stray_figures(plan: Plan, context: PlanningContext, account: Account) -> Plan:
    """The plan with prose by rule wherever the model's states figures of unknown origin."""
    titles = {meta.id: meta.title for meta in context.catalogue}
    steps = []
    for step in plan.steps:
        title = titles.get(step.procedure, step.procedure) if account.unaccounted(step.title, {}) else step.title
        why = f"Answers the risk {step.risk}." if account.unaccounted(step.why, {}) else step.why
        inquiry = "" if account.unaccounted(step.inquiry, {}) else step.inquiry
        steps.append(step.model_copy(update={"title": title, "why": why, "inquiry": inquiry}))
    summary = plan.summary
    if account.unaccounted(summary, {}):
        summary = summary_of(context, len(plan.steps), len(plan.omitted))
    return plan.model_copy(update={"steps": tuple(steps), "summary": summary})


def _step(wire: WireMarkedStep) -> PlanStep:
    return PlanStep(
        id=StepId(wire.id),
        procedure=wire.procedure,
        title=wire.title,
        risk=wire.risk,
        why=wire.why,
        parameters={item.name: item.value for item in wire.parameters},
        depends_on=tuple(StepId(name) for name in wire.depends_on),
        investigate=wire.investigate,
        inquiry=wire.inquiry.strip() if wire.investigate else "",
    )


def _queries(wire: WireQueriedPlan, context: PlanningContext) -> Iterator[PlanStep]:
    """Steps for the programme's own tests, then for those the model proposes; ids are given by code."""
    own = [test for test in context.program.queries if context.profile.table(test.table) is not None]
    proposed = [
        QueryTest(id=f"Q-{number:02d}", title=one.title, risk=one.risk, table=one.table, sql=one.sql, means=one.means)
        for number, one in enumerate(wire.queries, len(context.program.queries) + 1)
        if one.sql not in {test.sql for test in own}
    ]
    taken = [int(step.id[1:]) for step in wire.steps]
    for number, test in enumerate((*own, *proposed), max(taken, default=0) + 1):
        yield step_of_query(test, StepId(f"S{number:02d}"))


def _omitted(
    wire: WireQueriedPlan, steps: tuple[PlanStep, ...], context: PlanningContext
) -> tuple[OmittedProcedure, ...]:
    planned = {step.procedure for step in steps}
    given = {item.procedure: item.reason for item in wire.omitted}
    return tuple(
        OmittedProcedure(
            procedure=entry.id,
            reason=why_not(entry.id, context) or given.get(entry.id) or "The planner left it out without a reason.",
        )
        for entry in context.program.procedures
        if entry.id not in planned
    )
