"""Work that is done again and again beside a worker, whatever goes wrong in one round."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from temporalio.service import RPCError

from audit_agent.domain.errors import AuditAgentError

log = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[object]], stop: asyncio.Event, failed: str) -> None:
    """Do `work` round after round until told to stop.

    A round that fails is logged with the words `failed`, and the next one tries; the same failure is logged once.
    """
    last_failure = ""
    while not stop.is_set():
        try:
            await work()
            last_failure = ""
        except (AuditAgentError, RPCError) as error:
            if str(error) != last_failure:
                log.warning("%s: %s", failed, error)
            last_failure = str(error)
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            continue
