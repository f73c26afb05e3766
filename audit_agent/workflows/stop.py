"""Why an audit stops before its report."""

import asyncio

from temporalio import exceptions

from audit_agent.domain.audit import Phase


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
    cause = error
    while isinstance(cause, exceptions.FailureError) and cause.cause is not None:
        cause = cause.cause
    return Phase.FAILED, str(cause)
