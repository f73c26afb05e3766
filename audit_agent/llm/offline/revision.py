"""Plans revised by rule: each reviewer comment is carried out, or answered plainly."""

from audit_agent.domain.asked import Asked
from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import OmittedProcedure, Plan, PlanStep
from audit_agent.llm.comments import (
    AddStep,
    AskOwner,
    Investigate,
    NotUnderstood,
    PlanInstruction,
    RemoveStep,
    SetParameter,
    plan_instructions,
)
from audit_agent.llm.contexts import PlanningContext
from audit_agent.llm.offline.plans import entry_of, ordered, step_for, summary_of, why_not
from audit_agent.llm.offline.rules import planning_rules
from audit_agent.llm.questions import asked_in, marked_in

_VOCABULARY = (
    "Write `remove ID: reason`, `add ID`, `ID parameter value`, `ask PERSON in ID: question` or `investigate ID`."
)


def plan_as_asked(plan: Plan, asked: Asked, context: PlanningContext, catalogue: Catalogue) -> Plan:
    """The first version of a plan, as rules understood the request, with an answer to each wish."""
    revision = PlanRevision(context, catalogue, plan, removed_by="Left out")
    revised = revision.apply(asked.instructions, plan.drafted_by)
    unread = (f"{words}: not understood, so nothing was changed." for words in asked.unread)
    return revised.model_copy(
        update={
            "version": plan.version,
            "summary": f"{revised.summary} Asked for: {asked.text}",
            "answers": (*revised.answers, *unread),
        }
    )


class PlanRevision:
    """One revision under way: the steps as they become, and an answer to every instruction."""

    def __init__(
        self, context: PlanningContext, catalogue: Catalogue, plan: Plan, removed_by: str = "Removed by a reviewer"
    ) -> None:
        self._context = context
        self._catalogue = catalogue
        self._plan = plan
        self._removed_by = removed_by
        self._steps = list(plan.steps)
        self._omitted = list(plan.omitted)
        self._answers: list[str] = []

    def apply(self, comments: tuple[str, ...], drafted_by: str) -> Plan:
        """The next version of the plan."""
        for instruction in plan_instructions(comments):
            self._answers.append(f"{instruction.text}: {self._answer(instruction)}")
        return Plan(
            version=self._plan.version + 1,
            program=self._plan.program,
            summary=summary_of(self._context, len(self._steps), len(self._omitted)),
            materiality=self._context.materiality,
            steps=ordered(tuple(self._steps)),
            omitted=tuple(self._omitted),
            drafted_by=drafted_by,
            answers=tuple(self._answers),
        )

    def _answer(self, instruction: PlanInstruction) -> str:
        match instruction:
            case RemoveStep():
                return self._remove(instruction)
            case AddStep():
                return self._add(instruction)
            case SetParameter():
                return self._set(instruction)
            case AskOwner():
                return self._ask(instruction)
            case Investigate():
                self._steps, answer = marked_in(self._steps, instruction)
                return answer
            case NotUnderstood():
                return f"not understood, so nothing was changed. {_VOCABULARY}"

    def _remove(self, instruction: RemoveStep) -> str:
        gone = self._found(instruction.target)
        if not gone:
            return f"the plan has no step {instruction.target}."
        if len(gone) == len(self._steps):
            return "not done, because no step would be left."
        self._steps = [step for step in self._steps if step not in gone]
        reason = instruction.reason or "no reason given"
        left = {step.procedure for step in self._steps}
        for procedure in sorted({step.procedure for step in gone} - left):
            self._omitted.append(OmittedProcedure(procedure=procedure, reason=f"{self._removed_by}: {reason}."))
        return f"removed ({', '.join(step.id for step in gone)})."

    def _add(self, instruction: AddStep) -> str:
        entry = entry_of(instruction.procedure, self._context)
        if entry is None:
            return f"not done: the programme does not use {instruction.procedure}."
        if self._found(entry.id):
            return "it is in the plan already."
        if reason := why_not(entry.id, self._context):
            return f"not done: {reason}"
        step = step_for(entry, self._next_id(), self._context, self._catalogue)
        self._steps.append(step)
        self._omitted = [item for item in self._omitted if item.procedure != entry.id]
        return f"added as {step.id}."

    def _set(self, instruction: SetParameter) -> str:
        found = self._found(instruction.target)
        if not found:
            return f"the plan has no step {instruction.target}."
        said: list[str] = []
        for step in found:
            said.append(self._set_in(step, instruction))
        return " ".join(said)

    def _ask(self, instruction: AskOwner) -> str:
        self._steps, answer = asked_in(self._steps, instruction)
        return answer

    def _set_in(self, step: PlanStep, instruction: SetParameter) -> str:
        aliases = planning_rules().aliases.get(step.procedure, {})
        name = aliases.get(instruction.name, instruction.name)
        parameters = {**step.parameters, name: instruction.value}
        if problems := self._catalogue.parameter_problems(step.procedure, parameters):
            return f"not done: {' '.join(problems)}"
        self._steps[self._steps.index(step)] = step.model_copy(update={"parameters": parameters})
        return f"{step.id} has {name}={instruction.value}."

    def _found(self, target: str) -> list[PlanStep]:
        return [step for step in self._steps if target in (step.id, step.procedure)]

    def _next_id(self) -> StepId:
        taken = [int(step.id[1:]) for step in (*self._steps, *self._plan.steps) if step.id[1:].isdecimal()]
        return StepId(f"S{max(taken, default=0) + 1:02d}")
