"""One investigation: turns of whoever investigates, tool calls between them, until there is a conclusion."""

from temporalio import workflow

from audit_agent.activities.contract_investigations import (
    CLOSE_INVESTIGATION,
    REOPEN_INVESTIGATION,
    TAKE_TURN,
    USE_TOOL,
    ClosingTask,
    CourseTask,
    InvestigationDone,
    InvestigationRun,
    InvestigationTask,
    UseTask,
)
from audit_agent.domain.investigation import Course, InvestigationState
from audit_agent.workflows.call import call

TURNS_A_RUN = 40
"""Turns after which a run is continued as new, whatever the server suggests: arguments grow with every turn."""


@workflow.defn(name="investigation")
class InvestigationWorkflow:
    """Looks into one lead. Its id is the audit's, `/investigation/` and the lead's.

    All it holds is the course: references to what is kept as evidence. A run that has to wait for people or for money
    returns the course's digest, and the next run goes on from there.
    """

    @workflow.run
    async def run(self, order: InvestigationRun) -> InvestigationDone:
        """Take turns until one concludes, a limit is reached, or people are needed."""
        task = order.task
        course = order.course or await _begun(task)
        first = len(course.turns)
        while True:
            course = await _carry_out(task, course)
            if len(course.turns) - first >= TURNS_A_RUN or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(InvestigationRun(task=task, course=course))
            taken = await call(TAKE_TURN, _at(task, course), summary=f"{task.lead.id} turn {len(course.turns) + 1}")
            if taken.out_of_budget:
                return await _close(task, course, InvestigationState.OUT_OF_BUDGET)
            if taken.turn is None:
                return await _close(task, course, InvestigationState.CONCLUDED, taken.ended)
            course = course.with_turn(taken.turn)
            workflow.set_current_details(f"turn {len(course.turns)}: {', '.join(taken.tools) or 'concludes'}")
            if taken.concluded:
                return await _close(task, course, InvestigationState.CONCLUDED)
            if taken.asks:
                course = course.model_copy(update={"asked": (*course.asked, *taken.asks)})
                return await _close(task, course, InvestigationState.ASKS)


async def _begun(task: InvestigationTask) -> Course:
    if task.resume is None:
        return Course(began_at=workflow.now())
    course = await call(REOPEN_INVESTIGATION, task, summary=task.lead.id)
    return course.model_copy(update={"began_at": workflow.now()})


async def _carry_out(task: InvestigationTask, course: Course) -> Course:
    """Carry out what the last turn still calls for, call by call: each is an activity, so none is done twice."""
    while course.unused is not None:
        place = _at(task, course)
        use = await call(USE_TOOL, UseTask(**dict(place), call=len(course.unused.uses)), summary=course.next_ref())
        course = course.with_use(use)
    return course


async def _close(
    task: InvestigationTask, course: Course, ended: InvestigationState, reason: str = ""
) -> InvestigationDone:
    closing = ClosingTask(**dict(_at(task, course)), ended=ended, reason=reason)
    return await call(CLOSE_INVESTIGATION, closing, summary=f"{task.lead.id} {ended.value}")


def _at(task: InvestigationTask, course: Course) -> CourseTask:
    return CourseTask(**dict(task), course=course, at=workflow.now())
