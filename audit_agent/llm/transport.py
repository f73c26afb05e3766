"""The wire to a model: one attempt, and whether it was billed when it fails."""

from enum import StrEnum
from typing import Protocol

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.record import Record
from audit_agent.domain.spend import Tokens
from audit_agent.llm.call import ModelCall


class Delivered(Record):
    """An answer as it came over the wire. It is billed, whatever it says."""

    text: str
    stop_reason: str
    stop_detail: str = ""
    model: str
    tokens: Tokens
    request_id: str


class Billed(StrEnum):
    """Whether a failed attempt costs money."""

    NO = "no"
    """The service said no, or never heard of it."""
    UNKNOWN = "unknown"
    """It was sent, and no answer came back."""


class NotDelivered(AuditAgentError):
    """An attempt without an answer: the failure to report, and whether it is billed."""

    def __init__(self, failure: AuditAgentError, billed: Billed) -> None:
        super().__init__(failure.message, failure.advice)
        self.failure = failure
        self.billed = billed


class Transport(Protocol):
    """Sends a call exactly once."""

    async def send(self, call: ModelCall) -> Delivered:
        """One attempt; raises NotDelivered."""
        ...

    async def count(self, call: ModelCall) -> int:
        """Tokens of what a call sends, by the service's own count, which is free; raises NotDelivered."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
