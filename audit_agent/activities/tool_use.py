"""Carrying out one tool call: over books and documents, from an earlier result, or from what an owner answered."""

from collections.abc import Container

from pydantic import ValidationError

from audit_agent.activities.casefile import CaseFile
from audit_agent.activities.contract_investigations import UseTask
from audit_agent.activities.services import Services
from audit_agent.domain.evidence_request import AskedEvidence, Question, request_id
from audit_agent.domain.ids import Person, StepId
from audit_agent.domain.investigation_paper import ResultRow, ToolCall, ToolResult
from audit_agent.domain.investigation_tools import ASK, RECALL
from audit_agent.investigating.toolbox import Given, Toolbox
from audit_agent.store.requests import EvidenceRequests


class ToolUses:
    """Carries out calls of investigations."""

    def __init__(self, services: Services, files: CaseFile) -> None:
        self._evidence = services.evidence
        self._requests = EvidenceRequests(services.database)
        self._files = files

    def use(self, task: UseTask, call: ToolCall) -> ToolResult:
        """The result of a call; what keeps it from being carried out is told in it."""
        ref = task.course.next_ref()
        if call.tool == RECALL:
            return self._recalled(task, ref, call)
        if call.tool == ASK:
            return self._answered(task, ref, call)
        given = Given(
            manifest=self._files.manifest(task),
            evidence=self._evidence,
            period=task.period,
            currency=task.currency,
            documents=self._files.documents(task.audit),
        )
        return Toolbox(given).use(ref, call)

    def _recalled(self, task: UseTask, ref: str, call: ToolCall) -> ToolResult:
        wanted = call.arguments.get("result", "")
        found = next((result for result in self._files.results(task.course) if result.ref == wanted), None)
        if found is None:
            return ToolResult(ref=ref, call=call, problem=f"There is no result {wanted!r}.")
        return ToolResult(ref=ref, call=call, rows=found.rows, more=found.more, problem=found.problem)

    def _answered(self, task: UseTask, ref: str, call: ToolCall) -> ToolResult:
        question = question_of(call, task.owners)
        if question is None:
            owners = ", ".join(task.owners)
            return ToolResult(ref=ref, call=call, problem=f"Give a question, and as owner one of: {owners}.")
        number = task.course.asked.index(question) + 1
        step = StepId(task.lead.id)
        asked = request_id(task.audit, step, number)
        answer = next(one for one in self._requests.of_step(task.audit, step) if one.request == asked)
        return ToolResult(ref=ref, call=call, rows=(ResultRow(values=_told(answer)),))


def question_of(call: ToolCall, owners: Container[Person]) -> Question | None:
    """What a call asks of whom; None where nobody may be asked that."""
    owner = Person(call.arguments.get("owner", ""))
    if owner not in owners:
        return None
    try:
        return Question(
            owner=owner,
            question=call.arguments.get("question", ""),
            expected=call.arguments.get("expected", ""),
        )
    except ValidationError:
        return None


def _told(answer: AskedEvidence) -> dict[str, str]:
    told = {"owner": answer.owner, "question": answer.question, "outcome": answer.outcome.value}
    if answer.answered_by is not None:
        told |= {"answered by": answer.answered_by, "answer": answer.text}
    return told | ({"file": answer.file.name} if answer.file else {})
