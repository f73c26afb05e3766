"""Investigations: picking leads, taking turns, using tools, and keeping the paper."""

import asyncio

from audit_agent.activities.analysts import analyst_for
from audit_agent.activities.blobs import keep, load
from audit_agent.activities.casefile import CaseFile
from audit_agent.activities.contract_investigations import (
    CLOSE_INVESTIGATION,
    PICK_LEADS,
    REOPEN_INVESTIGATION,
    TAKE_TURN,
    USE_TOOL,
    ClosingTask,
    CourseTask,
    InvestigationDone,
    InvestigationTask,
    Leads,
    LeadsTask,
    TurnTaken,
    UseTask,
)
from audit_agent.activities.implement import implements
from audit_agent.activities.picking import Picking
from audit_agent.activities.services import Services
from audit_agent.activities.tool_use import ToolUses, question_of
from audit_agent.domain.investigation import Conclusion, Course, InvestigationState, TakenTurn, ToolUse, undetermined
from audit_agent.domain.investigation_paper import InvestigationPaper, Turn, settled
from audit_agent.domain.investigation_tools import ASK
from audit_agent.investigating.citations import Citations
from audit_agent.investigating.reader import BooksReader
from audit_agent.llm.errors import (
    BudgetReachedError,
    ModelAnswerCutError,
    ModelAnswerInvalidError,
    ModelRefusedError,
)
from audit_agent.store.investigations import Investigations, Progress

_NO_USE = (ModelRefusedError, ModelAnswerCutError, ModelAnswerInvalidError)
"""Answers that asking again would not better: the investigation ends undetermined."""


class InvestigateActivities:
    """The workflow holds the course; what is said and found is kept as evidence."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._evidence = services.evidence
        self._investigations = Investigations(services.database)
        self._picking = Picking(services)
        self._files = CaseFile(services)
        self._uses = ToolUses(services, self._files)

    @implements(PICK_LEADS)
    def pick_leads(self, task: LeadsTask) -> Leads:
        """What is looked into."""
        return self._picking.pick(task)

    @implements(REOPEN_INVESTIGATION)
    def reopen_investigation(self, task: InvestigationTask) -> Course:
        """How far it had come; after a conclusion the limits count anew, for there is a new question."""
        assert task.resume is not None, "what was never begun is not reopened"
        paper = load(self._evidence, InvestigationPaper, task.resume)
        if paper.conclusion is None:
            return paper.course
        return paper.course.model_copy(update={"since": len(paper.course.turns), "worked": 0})

    @implements(TAKE_TURN)
    async def take_turn(self, task: CourseTask) -> TurnTaken:
        """The next turn; its answer is in the ledger, so that a worker that dies over it is not paid again."""
        if limit := await asyncio.to_thread(self._files.limit_reached, task):
            return TurnTaken(turn=None, ended=limit)
        context = await asyncio.to_thread(self._files.context, task)
        analyst = await asyncio.to_thread(analyst_for, self._services, task.audit)
        if task.without_model:
            analyst = self._services.rules
        elif analyst is not self._services.analyst:
            return TurnTaken(turn=None, out_of_budget=True)
        try:
            turn = await analyst.investigate(context, lambda conclusion: self._problems(task, conclusion))
        except BudgetReachedError:
            return TurnTaken(turn=None, out_of_budget=True)
        except _NO_USE as error:
            return TurnTaken(turn=None, ended=error.message)
        return await asyncio.to_thread(self._keep_turn, task, turn)

    @implements(USE_TOOL)
    def use_tool(self, task: UseTask) -> ToolUse:
        """The result of a call, kept as evidence."""
        last = load(self._evidence, Turn, task.course.turns[-1].turn)
        result = self._uses.use(task, last.calls[task.call])
        return ToolUse(
            ref=result.ref, tool=result.call.tool, result=keep(self._evidence, result), rows=len(result.rows)
        )

    @implements(CLOSE_INVESTIGATION)
    def close_investigation(self, task: ClosingTask) -> InvestigationDone:
        """The paper of how far it has come; with a conclusion where it has one."""
        concluded = task.ended is InvestigationState.CONCLUDED
        course = task.course.kept(task.at, concluded=concluded)
        conclusion = self._conclusion(task) if concluded else None
        results = self._files.results(course)
        paper = InvestigationPaper(
            lead=task.lead,
            workpaper=task.workpaper,
            course=course,
            queries=tuple(result.sql for result in results if result.sql),
            conclusion=conclusion,
        )
        digest = keep(self._evidence, paper)
        progress = Progress(turns=len(course.turns), calls=len(course.uses))
        judgement = conclusion.judgement if conclusion else None
        self._investigations.end(task.audit, task.lead, task.ended, digest, judgement, progress, self._services.clock())
        return InvestigationDone(lead=task.lead.id, ended=task.ended, digest=digest, asked=course.asked)

    def _problems(self, task: CourseTask, conclusion: Conclusion) -> tuple[str, ...]:
        exceptions, results = self._files.exceptions(task), self._files.results(task.course)
        with BooksReader(self._files.manifest(task), self._evidence) as reader:
            documents = self._files.documents(task.audit)
            return Citations(task.lead, exceptions, results, reader, documents).problems(conclusion)

    def _keep_turn(self, task: CourseTask, turn: Turn) -> TurnTaken:
        number = len(task.course.turns) + 1
        taken = TakenTurn(number=number, turn=keep(self._evidence, turn), calls=len(turn.calls))
        progress = Progress(turns=number, calls=len(task.course.uses) + len(turn.calls), note=turn.note)
        self._investigations.work(task.audit, task.lead, progress, self._services.clock())
        asks = (question_of(call, task.owners) for call in turn.calls if call.tool == ASK)
        return TurnTaken(
            turn=taken,
            concluded=turn.conclusion is not None,
            tools=tuple(call.tool for call in turn.calls),
            asks=tuple(one for one in dict.fromkeys(asks) if one is not None and one not in task.course.asked),
        )

    def _conclusion(self, task: ClosingTask) -> Conclusion:
        if task.reason:
            return undetermined(task.reason)
        turn = load(self._evidence, Turn, task.course.turns[-1].turn)
        assert turn.conclusion is not None, "an investigation without a conclusion ends for a reason"
        return settled(task.lead, turn.conclusion)
