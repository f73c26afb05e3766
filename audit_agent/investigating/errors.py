"""Why a tool gives no result. Whoever investigates is told, and goes on with other means."""

from audit_agent.domain.errors import BadInputError, RefusedError


class ToolArgumentError(BadInputError):
    """A tool is called with something it cannot work with."""


class QueryRefusedError(RefusedError):
    """A query is more than one SELECT over the canonical tables."""


class QueryFailedError(BadInputError):
    """A query is wrong, takes too long or needs too much memory."""
