"""The keys that sign links: from the setting, or made once and kept in the home."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, BadInputError

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
            _make(file, [secrets.token_urlsafe(SHORTEST_KEY)])
        return parse_keys(file.read_text(encoding="ascii"))
    except OSError as error:
        raise LinkKeysNotKeptError(
            f"The keys that sign links cannot be kept in {file}: {error.strerror or error}.",
            "Let this user write there, or set AUDIT_AGENT_LINK_KEYS.",
        ) from error


def _make(file: Path, keys: Sequence[str]) -> None:
    """Write the file whole or not at all. Of several processes one makes it, and the others read that one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write("".join(f"{key}\n" for key in keys))
            writing.flush()
            os.fsync(writing.fileno())
        try:
            file.hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        temporary.unlink()
