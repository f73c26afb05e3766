"""The root of every error a caller can act on."""


class AuditAgentError(Exception):
    """Something went wrong that a person can understand and mend.

    The message says what happened and to which thing; `advice` says what to do next.
    The terminal prints both and exits with `exit_code`
    (1 failed, 2 bad usage, 3 not found, 4 refused by policy).
    """

    exit_code: int = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class BadInputError(AuditAgentError):
    """What was given cannot be used as it is."""

    exit_code = 2


class NotFoundError(AuditAgentError):
    """The thing named does not exist."""

    exit_code = 3


class RefusedError(AuditAgentError):
    """A policy does not allow this."""

    exit_code = 4
