"""What can go wrong in the store, each with what to do about it."""

from audit_agent.domain.errors import AuditAgentError, BadInputError, NotFoundError, RefusedError


class DatabaseUrlError(BadInputError):
    """The database's address cannot be used."""


class DatabaseUnavailableError(AuditAgentError):
    """No answer from the database."""


class DatabaseBusyError(AuditAgentError):
    """Another process has held the database for too long."""


class DatabaseNotWrittenError(AuditAgentError):
    """The database can be read, but takes no changes: read-only, or its disk is full."""


class DatabaseNotMigratedError(AuditAgentError):
    """The database lacks tables this version needs."""


class DatabaseTooNewError(AuditAgentError):
    """A later version of Audit Agent has migrated the database."""


class DatabaseDamagedError(AuditAgentError):
    """The file is no database, or a damaged one."""


class AuditNotFoundError(NotFoundError):
    """No audit has that id."""


class LogConflictError(RefusedError):
    """An entry of the audit log was to be told differently the second time."""


class AuditExistsError(RefusedError):
    """Another request already has that audit's id."""


class DecisionChangedError(RefusedError):
    """A decision came again with other content under the same id."""


class EffectUndoneError(RefusedError):
    """What the effect did is being undone, or is undone: it must not be done any more."""


class NoSuchRunError(NotFoundError):
    """The step reads no documents, or has not begun to."""
