"""Everything about given books that a person can mend."""

from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, BadInputError


class BooksPathError(BadInputError):
    """The path does not exist, cannot be read, or holds no file at all."""


class DamagedFileError(BadInputError):
    """A file is truncated, corrupt, or not what its name says."""


class UnknownVersionError(BadInputError):
    """A file of a known format is of a version that is not read."""


class NoBooksError(BadInputError):
    """A file that can be read holds no books of any kind; it is left aside with this reason."""


class TooLargeError(BadInputError):
    """A file would take more room than the import allows."""


class DuplicateHeaderError(BadInputError):
    """Two columns of one file have the same name."""


class NothingRecognisedError(BadInputError):
    """None of the files carries a canonical table."""


class MappingFileError(BadInputError):
    """A mapping file is malformed or does not fit the books."""


class EmptyPeriodError(BadInputError):
    """The books hold no rows in the audit's period."""


class BooksNotWrittenError(AuditAgentError):
    """There is no room for the import; nothing half-written is left."""


class ControlTotalsError(AuditAgentError):
    """What was imported and what was rejected do not add up to the source."""


def unreadable(path: Path, error: OSError) -> BooksPathError:
    """The error for a file the operating system does not let us read."""
    return BooksPathError(
        f"{path} cannot be read: {error.strerror or error}.", "Check that it exists and that you may read it."
    )


def not_written(folder: Path, reason: str) -> BooksNotWrittenError:
    """The error for a full or read-only disk."""
    return BooksNotWrittenError(
        f"The import could not write below {folder}: {reason}.",
        "Free space there or set AUDIT_AGENT_HOME to a place that can be written, then start again.",
    )
