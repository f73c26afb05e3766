"""What can go wrong between this process and Temporal."""

from audit_agent.domain.errors import AuditAgentError


class TemporalUnavailableError(AuditAgentError):
    """No Temporal server answers where one is expected."""


class TemporalStartingError(TemporalUnavailableError):
    """The embedded server does not answer yet: its supervisor is starting it."""


class TemporalBinaryMissingError(AuditAgentError):
    """The `temporal` program is not installed in this environment."""


class ServerNotStartedError(AuditAgentError):
    """The embedded server was started and did not become healthy."""


class AlreadyRunningError(AuditAgentError):
    """Another process supervises this home."""


class HomeNotWritableError(AuditAgentError):
    """The home folder cannot be made or written."""


class SearchAttributesError(AuditAgentError):
    """The server refuses the search attributes that audits are found by."""


class ChildKeepsEndingError(AuditAgentError):
    """A supervised process ends again and again soon after it was started."""
