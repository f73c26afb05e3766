"""Why an audit stops before its report."""

import asyncio

from temporalio import exceptions

from audit_agent.domain.audit import Phase
from audit_agent.temporal.retry import NEVER


class AuditStoppedError(Exception):
    """People or policy ended the audit; everything it did is to be undone."""

    def __init__(self, phase: Phase, reason: str) -> None:
        super().__init__(reason)
        self.phase = phase
        self.reason = reason


STOPPING = (AuditStoppedError, exceptions.FailureError, asyncio.CancelledError)
"""What ends an audit in an orderly way. Anything else is a defect: the workflow task fails and is tried again
until corrected code is deployed, so that no place is lost."""


def explain(error: BaseException) -> tuple[Phase, str]:
    """The end phase and the reason, in words, for one of `STOPPING`."""
    if isinstance(error, AuditStoppedError):
        return error.phase, error.reason
    if exceptions.is_cancelled_exception(error):
        return Phase.CANCELLED, "The audit was cancelled."
    return Phase.FAILED, _in_words(error)


def _in_words(error: BaseException) -> str:
    """What the activity said. What lies beneath it is a library's wording, which says neither where nor what to do."""
    cause = error
    while isinstance(cause, exceptions.ActivityError | exceptions.ChildWorkflowError) and cause.cause is not None:
        cause = cause.cause
    if isinstance(cause, exceptions.ApplicationError) and cause.type in NEVER:
        return cause.message
    return str(cause)
