"""Undoing for an audit whose own workflow can no longer do it, because it was terminated from outside."""

from temporalio import workflow

from audit_agent.activities.contract import END_AUDIT, STANDING_EFFECTS, Ending, UndoRequest
from audit_agent.domain.audit import AuditResult
from audit_agent.workflows.call import call
from audit_agent.workflows.saga import Saga


@workflow.defn(name="undo")
class UndoWorkflow:
    """Undo whatever the store says an audit has done, newest first. Its workflow id is `undo/` + the audit's id."""

    @workflow.init
    def __init__(self, request: UndoRequest) -> None:
        self._saga = Saga(request.audit)

    @workflow.run
    async def run(self, request: UndoRequest) -> AuditResult:
        """Undo, then record how the audit ended."""
        effects = await call(STANDING_EFFECTS, request)
        for kind in effects.kinds:
            self._saga.register(kind)
        await self._saga.compensate(request.reason)
        await call(END_AUDIT, Ending(audit=request.audit, phase=request.phase, reason=request.reason))
        return AuditResult(audit=request.audit, phase=request.phase, reason=request.reason)

    @workflow.signal
    async def retry_compensations(self) -> None:
        """Try stuck compensations again, because a person has mended the cause."""
        self._saga.retry()
