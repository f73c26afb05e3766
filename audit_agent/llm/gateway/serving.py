"""Serving the gateway's application on a listening socket until told to stop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_IDLE_SECONDS = 75
"""Longer than callers keep an idle connection, so that none is closed under a request."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the process."""
        yield


async def serve(app: ASGIApp, listener: socket.socket, stop: asyncio.Event, closing: Callable[[], None]) -> None:
    """Serve until `stop` is set; then call `closing`, take no further request, and finish those in hand."""
    server = _Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", lifespan="off", timeout_keep_alive=_IDLE_SECONDS
        )
    )
    serving = asyncio.ensure_future(server.serve([listener]))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    closing()
    server.should_exit = True
    await serving
