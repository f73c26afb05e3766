"""The keys that sign links: from the setting, or made once and kept in the home."""

from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, BadInputError
from audit_agent.secret_file import make_secret

SHORTEST_KEY = 32


class LinkKeysError(BadInputError):
    """Keys for signing links are missing or cannot be used."""


class LinkKeysNotKeptError(AuditAgentError):
    """The file of keys can be neither read nor written."""


def parse_keys(text: str) -> tuple[str, ...]:
    """Keys as they are set or kept, the newest first; raises LinkKeysError."""
    keys = tuple(text.replace(",", " ").split())
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise LinkKeysError(
            f"Every key that signs links needs {SHORTEST_KEY} characters or more.",
            'Make one with `python -c "import secrets; print(secrets.token_urlsafe(32))"`.',
        )
    return keys


def kept_keys(file: Path) -> tuple[str, ...]:
    """The keys in a file only its owner reads; the first process that asks makes it.

    Raises LinkKeysError, LinkKeysNotKeptError.
    """
    try:
        if not file.exists():
            make_secret(file)
        return parse_keys(file.read_text(encoding="ascii"))
    except OSError as error:
        raise LinkKeysNotKeptError(
            f"The keys that sign links cannot be kept in {file}: {error.strerror or error}.",
            "Let this user write there, or set AUDIT_AGENT_LINK_KEYS.",
        ) from error
