"""A stand-in for the activities of investigations."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from audit_agent.activities import contract as c
from audit_agent.activities import contract_investigations as ci
from audit_agent.domain.evidence_request import Question
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.investigation import Course, InvestigationLimits, InvestigationState, Lead, TakenTurn, ToolUse
from audit_agent.domain.record import Digest, digest_of
from tests.workflow.world import STEPS

MARKED = (STEPS[0].model_copy(update={"investigate": True}), *STEPS[1:])
LEAD = Lead(id="S01-I01", step=StepId("S01"), procedure="JE-02", title="User A", exceptions=("S01-E00001",))
ASKED = Question(owner=Person("user:owner"), question="Who signed?")


class Detective:
    """Stands in for the activities of investigations: `turns` tool-calling turns, then a conclusion."""

    def __init__(self, turns: int = 2, calls: int = 2) -> None:
        self.turns, self.calls = turns, calls
        self.asks_in: int | None = None
        self.no_money_in: int | None = None
        self.picked: list[ci.LeadsTask] = []
        self.turns_taken: list[tuple[int, bool]] = []
        self.used: list[str] = []
        self.closed: list[ci.ClosingTask] = []
        self.kept: dict[Digest, Course] = {}
        self.concluded: set[Digest] = set()

    def activities(self) -> list[Callable[..., Any]]:
        given: list[tuple[c.Activity[Any, Any], Callable[[Any], Any]]] = [
            (ci.PICK_LEADS, self._pick),
            (ci.REOPEN_INVESTIGATION, self._reopen),
            (ci.TAKE_TURN, self._turn),
            (ci.USE_TOOL, self._use),
            (ci.CLOSE_INVESTIGATION, self._close),
        ]
        return [_stand_in(contract, answer) for contract, answer in given]

    def _pick(self, task: ci.LeadsTask) -> ci.Leads:
        self.picked.append(task)
        paper = self.closed[-1].course if self.closed else None
        digest = digest_of(paper) if paper else None
        picked = ci.PickedLead(lead=LEAD, workpaper=Digest("w" * 64), paper=digest)
        return ci.Leads(leads=(picked,), limits=InvestigationLimits())

    def _reopen(self, task: ci.InvestigationTask) -> Course:
        assert task.resume is not None
        course = self.kept[task.resume]
        done = task.resume in self.concluded
        return course.model_copy(update={"since": len(course.turns)}) if done else course

    def _turn(self, task: ci.CourseTask) -> ci.TurnTaken:
        number = len(task.course.turns) + 1
        self.turns_taken.append((number, task.without_model))
        if number == self.no_money_in and not task.without_model:
            return ci.TurnTaken(turn=None, out_of_budget=True)
        if number - task.course.since > self.turns:
            last = TakenTurn(number=number, turn=digest_of(["turn", number]), calls=0)
            return ci.TurnTaken(turn=last, concluded=True)
        turn = TakenTurn(number=number, turn=digest_of(["turn", number]), calls=self.calls)
        asks = (ASKED,) if number == self.asks_in else ()
        return ci.TurnTaken(turn=turn, tools=("rows",) * self.calls, asks=asks)

    def _use(self, task: ci.UseTask) -> ToolUse:
        ref = task.course.next_ref()
        self.used.append(f"{len(task.course.turns)}.{task.call} {ref}")
        return ToolUse(ref=ref, tool="rows", result=digest_of(ref), rows=1)

    def _close(self, task: ci.ClosingTask) -> ci.InvestigationDone:
        self.closed.append(task)
        digest = digest_of(task.course)
        self.kept[digest] = task.course
        if task.ended is InvestigationState.CONCLUDED:
            self.concluded.add(digest)
        return ci.InvestigationDone(lead=task.lead.id, ended=task.ended, digest=digest, asked=task.course.asked)


def _stand_in(contract: c.Activity[Any, Any], answer: Callable[[Any], Any]) -> Callable[..., Any]:
    async def stand_in(argument: Any) -> Any:
        return answer(argument)

    stand_in.__annotations__ = {"argument": contract.input, "return": contract.output}
    return activity.defn(name=contract.name)(stand_in)


def task() -> ci.InvestigationTask:
    return ci.InvestigationTask(
        audit=AuditId("AUD-2026-0001"),
        books=Digest("b" * 64),
        workpaper=Digest("w" * 64),
        period=None,
        currency="EUR",
        lead=LEAD,
        limits=InvestigationLimits(),
    )
