"""What becomes of an audit whose budget is reached: people raise it, let it finish without a model, or stop it."""

import asyncio
from typing import NamedTuple

from audit_agent.activities.contract import DRAFT_BUDGET, RAISE_BUDGET, BudgetDraft, Publication
from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.budget import asked_limit
from audit_agent.domain.ids import Person, StepId
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Outcome
from audit_agent.workflows.agreement import MAX_ROUNDS, Enter
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import DecisionDesk
from audit_agent.workflows.gate import hold_review
from audit_agent.workflows.stop import AuditStoppedError


class Raised(NamedTuple):
    """The budget was raised: go on as before."""


class WithoutModel(NamedTuple):
    """The rest is done by rules."""

    reason: str


class Budgeting:
    """The budget gate of one audit."""

    def __init__(self, request: AuditRequest, desk: DecisionDesk, enter: Enter) -> None:
        self._request = request
        self._desk = desk
        self._enter = enter
        # One review can be open at a time, and one answer serves all who wait for it.
        self._lock = asyncio.Lock()
        self._answers: list[Raised | WithoutModel] = []
        self._version = 0

    async def settle(
        self, left: str, *, step: StepId | None = None, documents: int = 0, during: Phase = Phase.FIELDWORK
    ) -> Raised | WithoutModel:
        """Ask people, since a call was refused. Who finishes without a model once does so to the end.

        `left` says in words what is still to do with a model; `documents` are those of `step` that are not read yet.
        Raises AuditStoppedError when people stop the audit, or nobody decides in time.
        """
        answers_before = len(self._answers)
        async with self._lock:
            is_final = bool(self._answers) and isinstance(self._answers[-1], WithoutModel)
            if not is_final and len(self._answers) == answers_before:
                first = BudgetDraft(audit=self._request.audit, left=left, step=step, documents=documents)
                self._answers.append(await self._ask(first, during))
            return self._answers[-1]

    async def _ask(self, first: BudgetDraft, during: Phase) -> Raised | WithoutModel:
        if Gate.BUDGET not in self._request.program.gates:
            return WithoutModel("The programme has no budget gate.")
        task, preparers = first, tuple[Person, ...]()
        for _ in range(MAX_ROUNDS):
            self._version += 1
            task = task.model_copy(update={"version": self._version})
            draft = await call(DRAFT_BUDGET, task, summary=f"version {self._version}")
            if draft.nothing_to_decide:
                return WithoutModel(draft.title)
            await self._enter(Phase.BUDGET_REVIEW, draft.title)
            settled = await hold_review(self._request, self._desk, Gate.BUDGET, self._version, draft, preparers)
            match settled.outcome:
                case Outcome.APPROVED:
                    await call(RAISE_BUDGET, Publication(audit=self._request.audit, digest=draft.digest))
                    await self._enter(during, "the budget is raised")
                    return Raised()
                case Outcome.CHANGES_REQUESTED if asked_limit(settled.reason) is not None:
                    task = first.model_copy(update={"previous": draft.digest, "comments": (settled.reason,)})
                    preparers += (settled.by,) if settled.by else ()
                case Outcome.CHANGES_REQUESTED:
                    await self._enter(during, "without a model")
                    return WithoutModel(settled.reason)
                case Outcome.REJECTED:
                    raise AuditStoppedError(Phase.REJECTED, f"The budget was rejected: {settled.reason}")
                case _:
                    raise AuditStoppedError(Phase.EXPIRED, "Nobody decided the budget in time.")
        raise AuditStoppedError(Phase.REJECTED, f"{MAX_ROUNDS} versions of the budget found no agreement.")
