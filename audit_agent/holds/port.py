"""The port to whatever can hold a payment."""

from typing import Protocol

from audit_agent.domain.errors import AuditAgentError, BadInputError
from audit_agent.domain.finding import Hold


class PaymentSystemUnavailableError(AuditAgentError):
    """The payment system did not answer, or failed; trying again can help."""


class HoldRefusedError(BadInputError):
    """The payment system does not accept the request; trying again cannot help."""


class PaymentSystem(Protocol):
    """Holds payments. Both calls may be repeated with the same key: the second time changes nothing."""

    def place(self, key: str, hold: Hold) -> str:
        """Hold a payment; returns the system's own reference.

        Raises PaymentSystemUnavailableError or HoldRefusedError.
        """
        ...

    def release(self, key: str) -> None:
        """Let a payment go that was held under this key, or was never held.

        Raises PaymentSystemUnavailableError or HoldRefusedError.
        """
        ...


class RegisterOnly:
    """No payment system is connected: the hold register is what clerks look at before they pay."""

    def place(self, key: str, hold: Hold) -> str:
        """Nothing to do beyond the register's own row."""
        return "register"

    def release(self, key: str) -> None:
        """Nothing to do beyond the register's own row."""
