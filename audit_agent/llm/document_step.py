"""The step that vouches documents: code puts it into every plan of an audit that has some, whoever drafts the rest."""

from typing import NamedTuple

from audit_agent.domain.catalogue import Catalogue
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import VOUCHING, OmittedProcedure, Plan, PlanStep
from audit_agent.domain.program import Program, ProgramProcedure
from audit_agent.domain.record import Digest, short
from audit_agent.domain.wording import counted
from audit_agent.llm.comments import AddStep, AskOwner, PlanInstruction, RemoveStep, SetParameter, plan_instructions
from audit_agent.llm.questions import asked_in

TITLE = "Vouch documents to the books"
_ASSERTION = "occurrence"
"""What a document handed in speaks for."""
_SUPPORTED = "Invoices_Received"
"""The table whose rows documents support."""


class Documents(NamedTuple):
    """The frozen set of an audit."""

    digest: Digest
    total: int


def without_documents(plan: Plan) -> Plan:
    """The plan as the analyst knows it."""
    return plan.model_copy(
        update={
            "estimate": None,
            "steps": tuple(step for step in plan.steps if step.procedure != VOUCHING),
            "omitted": tuple(one for one in plan.omitted if one.procedure != VOUCHING),
        }
    )


def left_to_the_analyst(comments: tuple[str, ...], previous: Plan) -> tuple[str, ...]:
    """The comments without those on the documents, which are carried out by code."""
    instructions = plan_instructions(comments)
    own = [one for one in instructions if _is_on_documents(one, previous)]
    return tuple(one.text for one in instructions if one not in own) if own else comments


def with_documents(
    plan: Plan,
    previous: Plan | None,
    documents: Documents | None,
    program: Program,
    catalogue: Catalogue,
    comments: tuple[str, ...] = (),
) -> Plan:
    """The analyst's plan with the documents step, as it was or as reviewers want it."""
    if documents is None:
        return plan
    revision = _Revision(plan, previous, documents, program, catalogue)
    for instruction in plan_instructions(comments):
        if previous is not None and _is_on_documents(instruction, previous):
            revision.apply(instruction)
    return revision.plan()


class _Revision:
    """The documents step under way: there with its parameters and questions, or left out with the reason."""

    def __init__(
        self, plan: Plan, previous: Plan | None, documents: Documents, program: Program, catalogue: Catalogue
    ) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._new = _new_step(plan, documents, program, catalogue)
        self._step: PlanStep | None = self._new
        self._omitted: tuple[OmittedProcedure, ...] = ()
        self._answers: list[str] = []
        if previous is not None:
            before = next((step for step in previous.steps if step.procedure == VOUCHING), None)
            self._omitted = tuple(one for one in previous.omitted if one.procedure == VOUCHING)
            self._step = before and before.model_copy(update={"id": _free(before.id, self._new.id, plan)})

    def apply(self, instruction: PlanInstruction) -> None:
        self._answers.append(f"{instruction.text}: {self._answer(instruction)}")

    def plan(self) -> Plan:
        steps = self._plan.steps if self._step is None else (*self._plan.steps, self._step)
        more = "" if self._step is None else f" {self._step.why}"
        return self._plan.model_copy(
            update={
                "summary": self._plan.summary + more,
                "steps": steps,
                "omitted": (*self._plan.omitted, *self._omitted),
                "answers": (*self._plan.answers, *self._answers),
            }
        )

    def _answer(self, instruction: PlanInstruction) -> str:
        match instruction, self._step:
            case AddStep(), None:
                self._step, self._omitted = self._new, ()
                return f"added as {self._new.id}."
            case AddStep(), _:
                return "it is in the plan already."
            case _, None:
                return "the plan has no such step."
            case RemoveStep(reason=reason), step:
                told = f"Removed by a reviewer: {reason or 'no reason given'}."
                self._step, self._omitted = None, (OmittedProcedure(procedure=VOUCHING, reason=told),)
                return f"removed ({step.id})."
            case SetParameter(name=name, value=value), step:
                return self._set(step, name, value)
            case AskOwner(), step:
                (self._step,), answer = asked_in([step], instruction)
                return answer
        return "not understood, so nothing was changed."

    def _set(self, step: PlanStep, name: str, value: str) -> str:
        parameters = {**step.parameters, name: value}
        if problems := self._catalogue.parameter_problems(VOUCHING, parameters):
            return f"not done: {' '.join(problems)}"
        self._step = step.model_copy(update={"parameters": parameters})
        return f"{step.id} has {name}={value}."


def _is_on_documents(instruction: PlanInstruction, previous: Plan) -> bool:
    names = {VOUCHING, *(step.id for step in previous.steps if step.procedure == VOUCHING)}
    match instruction:
        case RemoveStep(target=target) | SetParameter(target=target) | AskOwner(target=target):
            return target in names
        case AddStep(procedure=procedure):
            return procedure == VOUCHING
    return False


def _new_step(plan: Plan, documents: Documents, program: Program, catalogue: Catalogue) -> PlanStep:
    entry = next((one for one in program.procedures if one.id == VOUCHING), None)
    taken = [int(step.id[1:]) for step in plan.steps if step.id[1:].isdecimal()]
    return PlanStep(
        id=StepId(f"S{max(taken, default=0) + 1:02d}"),
        procedure=VOUCHING,
        title=TITLE,
        risk=_risk(entry, program, catalogue),
        why=f"{counted(documents.total, 'document')}, frozen as {short(documents.digest)}, "
        f"{'is' if documents.total == 1 else 'are'} compared with the books.",
        parameters=entry.parameters if entry else {},
        requests=entry.requests if entry else (),
    )


def _risk(entry: ProgramProcedure | None, program: Program, catalogue: Catalogue) -> str:
    """The risk it answers: the programme's own word, or that of a test of what documents support, or a fitting one."""
    if entry is not None:
        return entry.risk
    supported = {
        meta.id
        for meta in catalogue.procedures()
        if any(need.table == _SUPPORTED and need.required for need in meta.inputs)
    }
    tested = (one.risk for one in program.procedures if one.id in supported)
    fitting = (risk.id for risk in program.risks if _ASSERTION in risk.assertions)
    return next(tested, next(fitting, program.risks[0].id))


def _free(wanted: StepId, other: StepId, plan: Plan) -> StepId:
    """The id the step had, unless the analyst has given it to another."""
    return other if any(step.id == wanted for step in plan.steps) else wanted
