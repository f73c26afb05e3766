"""Everything about a given set of documents that a person can mend."""

from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, BadInputError


class DocumentsPathError(BadInputError):
    """What was given for the documents does not exist, cannot be read, or is no set."""


class DocumentListError(BadInputError):
    """A list of documents is malformed as a whole, so that no line of it can be trusted."""


class EmptySetError(BadInputError):
    """Nothing that was given is a document."""


class ObjectStoreError(AuditAgentError):
    """The object store does not list what was asked for."""


class ExtraMissingError(BadInputError):
    """A part that is installed only on request is not there."""


def unreadable(path: Path, error: OSError) -> DocumentsPathError:
    """The error for a file or folder the operating system does not let us read."""
    return DocumentsPathError(
        f"{path} cannot be read: {error.strerror or error}.", "Check that it exists and that you may read it."
    )
