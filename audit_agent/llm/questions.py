"""What programme and reviewers put into a plan, whoever drafts it: questions to owners, and what is investigated."""

from collections.abc import Sequence

from audit_agent.domain.evidence_request import MOST_A_STEP
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.llm.comments import AskOwner, Investigate, plan_instructions
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


def marked_in(steps: Sequence[PlanStep], instruction: Investigate) -> tuple[list[PlanStep], str]:
    """The steps with those marked that are to be investigated, and what to answer the reviewer."""
    found = [step for step in steps if instruction.target in (step.id, step.procedure)]
    if not found:
        return list(steps), f"the plan has no step {instruction.target}."
    marks = {"investigate": True, "inquiry": instruction.question}
    marked = [step.model_copy(update=marks) if step in found else step for step in steps]
    return marked, f"what {', '.join(step.id for step in found)} flags is looked into."


def with_questions(plan: Plan, previous: Plan | None, context: PlanningContext, comments: tuple[str, ...]) -> Plan:
    """A model's plan with what the version before, or the programme, asks and investigates, and what reviewers add.

    The model may mark more steps, never fewer.
    """
    always = {entry.id: entry for entry in context.program.procedures}
    steps = []
    for step in plan.steps:
        same = _same_step(step, plan, previous) if previous else None
        given = same or always.get(step.procedure)
        if given is not None:
            marked = given.investigate or step.investigate
            inquiry = (same.inquiry if same else "") or step.inquiry
            put = {"requests": given.requests, "investigate": marked, "inquiry": inquiry}
            step = step.model_copy(update=put)
        steps.append(step)
    answers = list(plan.answers)
    for instruction in plan_instructions(comments):
        if isinstance(instruction, AskOwner):
            steps, answer = asked_in(steps, instruction)
            answers.append(f"{instruction.text}: {answer}")
        elif isinstance(instruction, Investigate):
            steps, answer = marked_in(steps, instruction)
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
    """The comments without what is put in by code: questions to process owners, and what is investigated."""
    instructions = plan_instructions(comments)
    if not any(isinstance(one, AskOwner | Investigate) for one in instructions):
        return comments
    return tuple(one.text for one in instructions if not isinstance(one, AskOwner | Investigate))
