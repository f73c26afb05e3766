"""What can be wrong with the database, each with what to do about it."""

from audit_agent.domain.errors import AuditAgentError, BadInputError


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
