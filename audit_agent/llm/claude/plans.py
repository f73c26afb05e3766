"""Plans from a model's answer, with everything code knows put in by code."""

from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import OmittedProcedure, Plan, PlanStep
from audit_agent.llm.claude.wire import WireMarkedPlan, WireMarkedStep
from audit_agent.llm.contexts import PlanningContext
from audit_agent.llm.figures import Account
from audit_agent.llm.offline.plans import summary_of, why_not


def plan_from(wire: WireMarkedPlan, context: PlanningContext, version: int, drafted_by: str) -> Plan:
    """The plan a model proposed, with materiality, version and every omission named."""
    steps = tuple(_step(step) for step in wire.steps)
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


def _omitted(
    wire: WireMarkedPlan, steps: tuple[PlanStep, ...], context: PlanningContext
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
