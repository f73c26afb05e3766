"""Wires the gateway and runs it: a process of its own through which model calls go."""

import asyncio
import logging
import os
import socket

from audit_agent.domain.errors import BadInputError
from audit_agent.llm.batches.choose import batch_desk
from audit_agent.llm.choose import paid_calls
from audit_agent.llm.gateway.client import GatewayAddress, gateway_status
from audit_agent.llm.gateway.token import token_in
from audit_agent.settings import GATEWAY_SOCKET_VARIABLE, SUPERVISOR_PIPE_VARIABLE, Settings
from audit_agent.store.batches import Batches
from audit_agent.store.database import connect
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.ledger import DatabaseLedger
from audit_agent.temporal.ending import follow, stop_on_signals

ROOM_BYTES = 256_000_000
"""For requests that wait."""

_BACKLOG = 2048

logger = logging.getLogger(__name__)


class GatewayPortError(BadInputError):
    """The gateway cannot listen where it was told to."""


def gateway_token(settings: Settings) -> str:
    """What a worker has to show; raises GatewayTokenError."""
    return settings.gateway_token.get_secret_value() if settings.gateway_token else token_in(settings.home)


def gateway_address(settings: Settings) -> GatewayAddress | None:
    """The gateway that workers ask; None where they make their calls themselves."""
    if settings.gateway_url is None:
        return None
    return GatewayAddress(settings.gateway_url.rstrip("/"), gateway_token(settings))


def gateway_standing(settings: Settings) -> str:
    """Where the gateway of the settings stands, in words; raises what asking it raises."""
    address = gateway_address(settings)
    if address is None:
        return "no gateway is named"
    status = gateway_status(address)
    in_flight = sum(lane.in_flight for lane in status.lanes)
    waiting = sum(lane.waiting for lane in status.lanes)
    exposure = "an unknown amount" if status.exposure is None else f"at most ${status.exposure:.2f}"
    return f"{in_flight} calls in flight, {waiting} waiting, {status.unknown_calls} of unknown outcome ({exposure})"


def run_gateway(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGTERM, SIGINT or the end of the supervisor, then finish the calls in flight.

    A supervisor hands its listening socket down, which outlives the gateway: callers wait while it is started again.

    Raises GatewayPortError, GatewayTokenError, and ModelKeyRejectedError without a key.
    """
    inherited = os.environ.get(GATEWAY_SOCKET_VARIABLE)
    listener = socket.socket(fileno=int(inherited)) if inherited else _listen(host, port)
    asyncio.run(_serve(settings, listener))


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=_BACKLOG)
    except OSError as error:
        raise GatewayPortError(
            f"The gateway cannot listen at {host}:{port}: {error.strerror or error}.", "Give another one with --port."
        ) from error


async def _serve(settings: Settings, listener: socket.socket) -> None:
    # Workers, which need the address only, shall not load a server.
    from audit_agent.llm.desk import Together
    from audit_agent.llm.gateway.app import Gateway
    from audit_agent.llm.gateway.pace import Pace
    from audit_agent.llm.gateway.room import Room
    from audit_agent.llm.gateway.serving import serve

    stop = stop_on_signals()
    if pipe := os.environ.get(SUPERVISOR_PIPE_VARIABLE):
        follow(int(pipe), stop)
    database = connect(settings.database_url)
    ledger = DatabaseLedger(database)
    pace = Pace(settings.gateway_slots, settings.gateway_calls_per_minute)
    key = settings.anthropic_api_key
    api_key = key.get_secret_value() if key else None
    calls = paid_calls(
        ledger,
        api_key=api_key,
        base_url=settings.anthropic_base_url,
        turns=pace,
        desk=Together(ledger),
    )
    batches = batch_desk(
        Batches(database),
        FolderEvidence(settings.evidence_folder),
        api_key=api_key,
        base_url=settings.anthropic_base_url,
        gateway=None,
    )
    gateway = Gateway(calls, ledger, pace, Room(ROOM_BYTES), gateway_token(settings), batches)
    logger.info("Taking calls at %s:%s.", *listener.getsockname()[:2])
    await serve(gateway.app(), listener, stop, pace.close)
    await calls.close()
    if batches is not None:
        await batches.close()
    database.close()
