"""Files that ship beside the code: in a checkout next to the package, in a wheel inside it."""

from pathlib import Path

from audit_agent.domain.errors import AuditAgentError

_PACKAGE = Path(__file__).resolve().parent


class ResourcesMissingError(AuditAgentError):
    """The installation lacks files that belong to it."""


def prompts_folder() -> Path:
    """The folder of versioned prompt templates; raises ResourcesMissingError."""
    return _folder("prompts")


def migrations_folder() -> Path:
    """The folder of Alembic migrations; raises ResourcesMissingError."""
    return _folder("migrations")


def _folder(name: str) -> Path:
    for place in (_PACKAGE / f"_{name}", _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise ResourcesMissingError(
        f"The {name} that belong to Audit Agent are missing from {_PACKAGE}.", "Install the package again."
    )
