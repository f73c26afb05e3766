"""The investigations of one audit: which there are, what they wait for, and the papers they leave."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow

from audit_agent.activities.contract import FrozenBooks, StepRef
from audit_agent.activities.contract_investigations import (
    PICK_LEADS,
    InvestigationDone,
    InvestigationRun,
    InvestigationTask,
    Leads,
    LeadsTask,
    PickedLead,
)
from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.ids import StepId
from audit_agent.domain.investigation import InvestigationState
from audit_agent.domain.record import Digest
from audit_agent.workflows.call import call
from audit_agent.workflows.investigation import InvestigationWorkflow

IN_FLIGHT = 4
"""Investigations at once; each has one call in flight."""

Ask = Callable[[StepRef], Awaitable[None]]
"""Asks process owners; returns when each question is answered or its time is over."""

OutOfBudget = Callable[[str], Awaitable[bool]]
"""Asks people for more money for what is named; whether the model may go on."""


class Investigating:
    """Has leads looked into, one child workflow each, and keeps the newest paper of each."""

    def __init__(self, request: AuditRequest, ask: Ask, out_of_budget: OutOfBudget) -> None:
        self._request = request
        self._ask = ask
        self._out_of_budget = out_of_budget
        self._without_model = False
        self._answers = 0
        """How often people were asked for money; whoever was refused before the last time only tries again."""
        self._asking_for_money = asyncio.Lock()
        self._papers: dict[str, Digest] = {}

    @property
    def papers(self) -> tuple[Digest, ...]:
        """The paper of every lead that was looked into, by lead."""
        return tuple(self._papers[lead] for lead in sorted(self._papers))

    async def look_into(self, picking: LeadsTask, books: FrozenBooks) -> None:
        """Pick leads and look into each; a lead that was looked into before goes on from there."""
        found = await call(PICK_LEADS, picking)
        slots = asyncio.Semaphore(IN_FLIGHT)

        async def one(picked: PickedLead) -> InvestigationDone:
            async with slots:
                return await self._conclude(self._task(picked, found, books))

        running = [asyncio.ensure_future(one(picked)) for picked in found.leads]
        try:
            for task in running:
                done = await task
                self._papers[done.lead] = done.digest
        finally:
            for task in running:
                task.cancel()

    async def _conclude(self, task: InvestigationTask) -> InvestigationDone:
        while True:
            answers = self._answers
            done = await _run(task)
            match done.ended:
                case InvestigationState.CONCLUDED:
                    return done
                case InvestigationState.ASKS:
                    await self._ask(_asking(task, done))
                case InvestigationState.OUT_OF_BUDGET:
                    await self._ask_for_money(answers)
            task = task.model_copy(update={"resume": done.digest, "without_model": self._without_model})

    async def _ask_for_money(self, answers: int) -> None:
        async with self._asking_for_money:
            if answers == self._answers:
                self._without_model = not await self._out_of_budget("investigations")
                self._answers += 1

    def _task(self, picked: PickedLead, found: Leads, books: FrozenBooks) -> InvestigationTask:
        return InvestigationTask(
            audit=self._request.audit,
            books=books.digest,
            workpaper=picked.workpaper,
            period=self._request.period,
            currency=books.currency,
            lead=picked.lead,
            limits=found.limits,
            owners=found.owners,
            resume=picked.paper,
            without_model=self._without_model,
        )


async def _run(task: InvestigationTask) -> InvestigationDone:
    return await workflow.execute_child_workflow(
        InvestigationWorkflow.run,
        InvestigationRun(task=task),
        id=f"{task.audit}/investigation/{task.lead.id}",
        static_summary=f"{task.lead.id} {task.lead.title}",
    )


def _asking(task: InvestigationTask, done: InvestigationDone) -> StepRef:
    """The questions as a step asks them; under the lead's name, so that they are told apart from the step's own."""
    return StepRef(id=StepId(task.lead.id), procedure=task.lead.procedure, title=task.lead.title, requests=done.asked)
