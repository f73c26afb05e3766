"""The way from a surface to a running audit: the port, and Temporal behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.evidence_request import Reply
from audit_agent.domain.ids import AuditId
from audit_agent.domain.review import Decision, Receipt
from audit_agent.temporal.errors import TemporalUnavailableError

DECISION_REFUSED = "DecisionRefused"
"""Type of the error by which the workflow's validator refuses a decision; its detail is the Receipt."""

ANSWER_WITHIN = timedelta(seconds=2)
"""A worker answers in about 10 ms; who waits longer than this at a surface has no worker."""

Said = TypeVar("Said", bound=Decision | Reply)
"""A person's word to a running audit: a decision on a review, or a reply to an evidence request."""
Said_contra = TypeVar("Said_contra", bound=Decision | Reply, contravariant=True)

_UPDATES: dict[type[object], str] = {Decision: "decide", Reply: "answer_request"}
"""The workflow's Update that takes it; its Signal has the same name with `_later`."""


class NoWorkerError(AuditAgentError):
    """Temporal is there, but no worker answered in time."""


class AuditGoneError(AuditAgentError):
    """The audit's workflow is closed, or Temporal does not know it."""


class TemporalAwayError(AuditAgentError):
    """Temporal cannot be reached, so nothing can be handed over."""


class Delivery(Protocol[Said_contra]):
    """Hands things over to running audits."""

    async def decide(self, decision: Said_contra, /) -> Receipt:
        """Hand over a decision, or a reply to an evidence request, and wait for its answer.

        Raises NoWorkerError, AuditGoneError or TemporalAwayError.
        """
        ...

    async def decide_later(self, decision: Said_contra, /) -> None:
        """Leave it with the audit, to be taken when a worker runs.

        Raises AuditGoneError or TemporalAwayError.
        """
        ...


class TemporalDelivery:
    """Delivery by Update, and by Signal where nobody answers an Update."""

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        """Take how a client is had; asked for at the first delivery, so that a decision is kept before Temporal is."""
        self._connect = connect
        self._client: Client | None = None

    async def decide(self, decision: Said) -> Receipt:
        """Update with its id, so that a repeated delivery is answered once."""
        handle = await self._handle(decision.audit)
        try:
            # The SDK polls anew when the server answers "not accepted yet", each time with the RPC timeout.
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                receipt: Receipt = await handle.execute_update(
                    _UPDATES[type(decision)], decision, id=decision.id, rpc_timeout=ANSWER_WITHIN, result_type=Receipt
                )
                return receipt
        except WorkflowUpdateFailedError as error:
            return _refusal(error)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise NoWorkerError(f"No worker answered for {decision.audit} in time.") from error
        except RPCError as error:
            raise in_words(error, decision.audit) from error

    async def decide_later(self, decision: Said) -> None:
        """Signal, which Temporal keeps until a worker runs."""
        handle = await self._handle(decision.audit)
        try:
            await handle.signal(f"{_UPDATES[type(decision)]}_later", decision, rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            raise in_words(error, decision.audit) from error

    async def _handle(self, audit: AuditId) -> WorkflowHandle[object, object]:
        if self._client is None:
            try:
                self._client = await self._connect()
            except TemporalUnavailableError as error:
                raise TemporalAwayError(error.message, error.advice) from error
        return self._client.get_workflow_handle(audit)


def in_words(error: RPCError, audit: AuditId) -> AuditAgentError:
    """What a failed call to Temporal means for an audit."""
    if error.status is RPCStatusCode.NOT_FOUND:
        return AuditGoneError(f"{audit} is not running any more.", f"See `audit-agent status {audit}`.")
    return TemporalAwayError(
        f"Temporal did not take the message for {audit}: {error.message}.",
        "Start it with `audit-agent up`, or check TEMPORAL_ADDRESS with `audit-agent doctor`.",
    )


def _refusal(error: WorkflowUpdateFailedError) -> Receipt:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == DECISION_REFUSED and cause.details:
        return Receipt.model_validate(cause.details[0])
    raise error
