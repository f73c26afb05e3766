"""What travels between a worker and the gateway besides calls and answers: failures, and where things stand."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from http import HTTPStatus

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import BatchId
from audit_agent.domain.record import Record
from audit_agent.llm.errors import (
    BudgetReachedError,
    ModelAnswerCutError,
    ModelBusyError,
    ModelKeyRejectedError,
    ModelRefusedError,
    ModelRequestRefusedError,
    ModelRetryableError,
    ModelUnavailableError,
)

ASK, COUNT, BATCHES, STATUS, HEALTH = "/ask", "/count", "/batches", "/status", "/healthz"
AUDIT_HEADER = "x-audit"
"""Who asks, so that the gateway can refuse an audit that asks too much before it reads what."""


class BatchVerb(StrEnum):
    """What can be asked of a batch: a method of `llm.batches.port.BatchDesk`."""

    CREATE = "create"
    POLL = "poll"
    COLLECT = "collect"
    CANCEL = "cancel"
    ATTEND = "attend"


class BatchAsked(Record):
    """Which batch."""

    id: BatchId


_KINDS: dict[str, type[AuditAgentError]] = {
    kind.__name__: kind
    for kind in (
        ModelBusyError,
        ModelUnavailableError,
        ModelKeyRejectedError,
        ModelRequestRefusedError,
        ModelRefusedError,
        ModelAnswerCutError,
        BudgetReachedError,
    )
}


class Failure(Record):
    """A failed call, so that the worker raises what the gateway caught."""

    kind: str
    message: str
    advice: str = ""
    retry_after: timedelta | None = None

    @classmethod
    def of(cls, error: AuditAgentError) -> "Failure":
        """What to send; a failure that is no model's, such as a database that is away, is worth another attempt."""
        kind = type(error).__name__
        wait = error.retry_after if isinstance(error, ModelRetryableError) else None
        return cls(
            kind=kind if kind in _KINDS else ModelUnavailableError.__name__,
            message=error.message,
            advice=error.advice,
            retry_after=wait,
        )

    def error(self) -> AuditAgentError:
        """What to raise."""
        kind = _KINDS.get(self.kind, ModelUnavailableError)
        if issubclass(kind, ModelRetryableError):
            return kind(self.message, self.advice, self.retry_after)
        return kind(self.message, self.advice)

    @property
    def status(self) -> int:
        """The HTTP status that says the same to whoever reads no body."""
        if issubclass(_KINDS[self.kind], ModelRetryableError):
            return HTTPStatus.SERVICE_UNAVAILABLE
        if issubclass(_KINDS[self.kind], BudgetReachedError):
            return HTTPStatus.PAYMENT_REQUIRED
        return HTTPStatus.UNPROCESSABLE_ENTITY


class Counted(Record):
    """Tokens of what a call sends."""

    tokens: int


class LaneStatus(Record):
    """How one model is called at the moment."""

    model: str
    in_flight: int
    waiting: int
    limit: int
    """Calls that may be in flight at a time; it adapts to what the service takes."""
    paused_seconds: int
    """For how long the service has asked us to wait, from now on."""


class GatewayStatus(Record):
    """Where a gateway stands."""

    lanes: tuple[LaneStatus, ...]
    waiting_bytes: int
    unknown_calls: int
    """Calls of all audits whose outcome cannot be known."""
    exposure: Decimal | None
    """US dollars at most for those; None where a model's price is not known."""
