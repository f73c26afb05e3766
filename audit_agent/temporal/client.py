"""One way to a Temporal client: the cluster the environment names, or the server of this home."""

import asyncio
import os
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from audit_agent.settings import Settings
from audit_agent.temporal.errors import TemporalStartingError, TemporalUnavailableError

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.envconfig import ClientConnectConfig

DEADLINE_SECONDS = 3.0
NAMESPACE = "default"
_LOOK_AGAIN_SECONDS = 0.05
_REMOTE_VARIABLES = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")


def remote_configured(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the environment names a Temporal cluster of its own, so that no server is embedded."""
    variables = os.environ if environ is None else environ
    return any(variables.get(name) for name in _REMOTE_VARIABLES)


async def connect(settings: Settings) -> "Client":
    """A client to the configured cluster, or to the embedded server of this home.

    Raises TemporalUnavailableError within DEADLINE_SECONDS when none answers.
    """
    if remote_configured():
        return await _connect(_remote_config(), "Check TEMPORAL_ADDRESS and the other TEMPORAL_* settings.")
    return await connect_to(embedded_address(settings))


async def connect_once_started(settings: Settings, seconds: float) -> "Client":
    """Like `connect`, but an embedded server that is still starting is waited for, at most so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await connect(settings)
        except TemporalStartingError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def connect_to(address: str) -> "Client":
    """A client to an embedded server at `host:port`."""
    config: ClientConnectConfig = {"target_host": address, "namespace": NAMESPACE, "tls": False}
    return await _connect(config, "Look into logs/temporal.log in the home, and start `audit-agent up` again.")


def embedded_address(settings: Settings) -> str:
    """Where the embedded server of this home listens; raises TemporalUnavailableError when none runs."""
    from audit_agent.temporal.runstate import running_state

    state = running_state(settings.home)
    if state is None or state.address is None:
        condition, kind = (
            ("is still starting", TemporalStartingError) if state else ("does not run", TemporalUnavailableError)
        )
        raise kind(
            f"The Temporal server of {settings.home} {condition}.",
            "Start `audit-agent up` in another terminal, or set TEMPORAL_ADDRESS to a cluster.",
        )
    return state.address


def remote_address() -> str:
    """The address the TEMPORAL_* settings name."""
    return _remote_config().get("target_host", "localhost:7233")


def _remote_config() -> "ClientConnectConfig":
    from temporalio.envconfig import ClientConfig

    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise TemporalUnavailableError(
            f"The TEMPORAL_* settings cannot be used: {error}.", "Correct them, or unset them for the embedded server."
        ) from error
    config.setdefault("target_host", "localhost:7233")
    return config


async def _connect(config: "ClientConnectConfig", advice: str) -> "Client":
    from temporalio.client import Client
    from temporalio.contrib.pydantic import pydantic_data_converter

    try:
        return await asyncio.wait_for(
            Client.connect(**config, data_converter=pydantic_data_converter), timeout=DEADLINE_SECONDS
        )
    except (RuntimeError, TimeoutError, OSError) as error:
        reason = f"no answer within {DEADLINE_SECONDS:g} s" if isinstance(error, TimeoutError) else _plainly(error)
        raise TemporalUnavailableError(
            f"Temporal at {config['target_host']} cannot be reached: {reason}.", advice
        ) from error


def _plainly(error: Exception) -> str:
    """The operating system's own words, where the SDK quotes them amid its internals."""
    quoted = re.findall(r'message: "([^"]+)"', str(error))
    return quoted[-1] if quoted else str(error)
