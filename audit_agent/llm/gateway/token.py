"""The token that lets a worker spend: a file in the home that only its owner can read."""

from pathlib import Path

from audit_agent.domain.errors import BadInputError
from audit_agent.secret_file import make_secret


class GatewayTokenError(BadInputError):
    """There is no token that gateway and workers could share."""


def token_in(home: Path) -> str:
    """The token kept in a home, made by whoever asks first; raises GatewayTokenError."""
    file = home / "gateway.token"
    try:
        if not file.exists():
            make_secret(file)
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayTokenError(
            f"The gateway's token {file} cannot be read or written: {error}.", "Set AUDIT_AGENT_GATEWAY_TOKEN."
        ) from error
    if not token:
        raise GatewayTokenError(f"The gateway's token {file} is empty.", "Delete the file; a new one is made.")
    return token
