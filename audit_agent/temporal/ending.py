"""When a process has to end: it is told to, or its supervisor is gone."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def follow(pipe: int, stop: asyncio.Event, afterwards: Callable[[], None] = lambda: None) -> None:
    """End with the supervisor: only its death closes the other end of the pipe.

    `afterwards` is called then, from a thread of its own, once `stop` is being set.
    """
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        os.read(pipe, 1)
        loop.call_soon_threadsafe(stop.set)
        afterwards()

    threading.Thread(target=wait_for_end, name="supervisor-watch", daemon=True).start()
