"""A workflow that does nothing but reach its budget, several times at once, as reading and investigating do."""

import asyncio

from temporalio import workflow

from audit_agent.domain.audit import AuditRequest, AuditResult, Phase
from audit_agent.domain.review import Decision, Receipt
from audit_agent.workflows.budgeting import Budgeting, Raised, WithoutModel
from audit_agent.workflows.desk import DecisionDesk
from audit_agent.workflows.stop import AuditStoppedError


@workflow.defn(name="spending")
class Spending:
    """Three kinds of work reach the budget at once; once they are answered, one of them reaches it again."""

    @workflow.init
    def __init__(self, request: AuditRequest) -> None:
        self._desk = DecisionDesk()
        self._budget = Budgeting(request, self._desk, self._enter)

    @workflow.run
    async def run(self, request: AuditRequest) -> AuditResult:
        """Say how each was answered."""
        scribe = asyncio.ensure_future(self._desk.write_down())
        try:
            first = await asyncio.gather(*(self._budget.settle(f"work {number}") for number in range(3)))
            again = await self._budget.settle("work 1")
            await workflow.wait_condition(workflow.all_handlers_finished)
            words = ", ".join(_in_words(answer) for answer in (*first, again))
            return AuditResult(audit=request.audit, phase=Phase.FINISHED, reason=words)
        except AuditStoppedError as stopped:
            await workflow.wait_condition(workflow.all_handlers_finished)
            return AuditResult(audit=request.audit, phase=stopped.phase, reason=stopped.reason)
        finally:
            scribe.cancel()

    @workflow.update
    async def decide(self, decision: Decision) -> Receipt:
        """As an audit takes decisions."""
        receipt = self._desk.take(decision)
        await self._desk.until_written()
        return receipt

    async def _enter(self, phase: Phase, detail: str) -> None:
        workflow.set_current_details(f"{phase.value} {detail}")


def _in_words(answer: Raised | WithoutModel) -> str:
    return "raised" if isinstance(answer, Raised) else "without a model"
