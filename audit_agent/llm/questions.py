"""Questions to process owners in plans: the programme and reviewers ask them, whoever drafts the plan."""

from collections.abc import Sequence

from audit_agent.domain.evidence_request import MOST_A_STEP
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.llm.comments import AskOwner, plan_instructions
from audit_agent.llm.contexts import PlanningContext


def asked_in(steps: Sequence[PlanStep], instruction: AskOwner) -> tuple[list[PlanStep], str]:
    """The steps with one more question, or as they were, and what to answer the reviewer."""
    found = [step for step in steps if instruction.target in (step.id, step.procedure)]
    if len(found) != 1:
        return list(steps), f"the plan has {len(found) or 'no'} steps {instruction.target}; name one."
    requests = (*found[0].requests, instruction.question)
    if len(requests) > MOST_A_STEP:
        return list(steps), f"not done: a step may ask {MOST_A_STEP} questions."
    asking = found[0].model_copy(update={"requests": requests})
    return [asking if step is found[0] else step for step in steps], f"{asking.id} {instruction.question.in_a_line}"


def with_questions(plan: Plan, previous: Plan | None, context: PlanningContext, comments: tuple[str, ...]) -> Plan:
    """A model's plan with the questions of the version before, or of the programme, and those reviewers ask for."""
    always = {entry.id: entry.requests for entry in context.program.procedures}
    steps = []
    for step in plan.steps:
        same = _same_step(step, plan, previous) if previous else None
        requests = always.get(step.procedure, ()) if same is None else same.requests
        steps.append(step.model_copy(update={"requests": requests}))
    answers = list(plan.answers)
    for instruction in plan_instructions(comments):
        if isinstance(instruction, AskOwner):
            steps, answer = asked_in(steps, instruction)
            answers.append(f"{instruction.text}: {answer}")
    return plan.model_copy(update={"steps": tuple(steps), "answers": tuple(answers)})


def _same_step(step: PlanStep, plan: Plan, previous: Plan) -> PlanStep | None:
    """The step as it was: that of the same id, or where ids have moved the only one of its procedure then and now."""
    before = [one for one in previous.steps if one.procedure == step.procedure]
    now = [one for one in plan.steps if one.procedure == step.procedure]
    if len(before) == len(now) == 1:
        return before[0]
    return next((one for one in before if one.id == step.id), None)


def left_to_the_model(comments: tuple[str, ...]) -> tuple[str, ...]:
    """The comments without questions to process owners, which are put in by code."""
    instructions = plan_instructions(comments)
    if not any(isinstance(one, AskOwner) for one in instructions):
        return comments
    return tuple(one.text for one in instructions if not isinstance(one, AskOwner))
