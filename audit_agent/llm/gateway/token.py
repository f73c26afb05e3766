"""The token that lets a worker spend: a file in the home that only its owner can read."""

import os
import secrets
from pathlib import Path

from audit_agent.domain.errors import BadInputError


class GatewayTokenError(BadInputError):
    """There is no token that gateway and workers could share."""


def token_in(home: Path) -> str:
    """The token kept in a home, made by whoever asks first; raises GatewayTokenError."""
    file = home / "gateway.token"
    try:
        if not file.exists():
            _make(file)
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayTokenError(
            f"The gateway's token {file} cannot be read or written: {error}.", "Set AUDIT_AGENT_GATEWAY_TOKEN."
        ) from error
    if not token:
        raise GatewayTokenError(f"The gateway's token {file} is empty.", "Delete the file; a new one is made.")
    return token


def _make(file: Path) -> None:
    """Write it elsewhere and link it into place, so that of several processes one wins and none reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ours = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
            output.write(secrets.token_urlsafe(32) + "\n")
        os.link(ours, file)
    except FileExistsError:
        return
    finally:
        ours.unlink(missing_ok=True)
