"""Waiting for a condition instead of sleeping."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

DEADLINE_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.05


def until(condition: Callable[[], bool], what: str) -> None:
    """Return once the condition holds; fails with `what` after DEADLINE_SECONDS."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        pause.wait(_LOOK_AGAIN_SECONDS)


async def until_async(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """The same for a condition to be awaited."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
