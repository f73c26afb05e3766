"""Making failed attempts visible while Temporal tries again, which may take minutes."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, is_cancelled_exception
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor
from typing_extensions import override

from audit_agent.clock import Clock
from audit_agent.domain.ids import AuditId
from audit_agent.store.troubles import Troubles

LONGEST_MESSAGE = 500
"""Characters of an error's message that are shown."""
_PATIENCE_SECONDS = 2.0
"""Below every heartbeat time-out: nothing beats while trouble is written down."""

logger = logging.getLogger(__name__)


class ShowTroubles(Interceptor):
    """Writes down for each audit which attempt of which activity failed, and wipes it out when a later one succeeds.

    It never fails an activity: what cannot be written down in time is only logged.
    """

    def __init__(self, troubles: Troubles, clock: Clock) -> None:
        self._troubles = troubles
        self._clock = clock

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand before every activity."""
        return _Watching(next, self._troubles, self._clock)


class _Watching(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, troubles: Troubles, clock: Clock) -> None:
        super().__init__(next)
        self._troubles = troubles
        self._clock = clock

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        argument = input.args[0] if input.args else None
        # An audit is carried by the workflow of its own id; one that is only undone, by another.
        audit = AuditId(getattr(argument, "audit", info.workflow_id or ""))
        own = f"{info.workflow_run_id}/{info.activity_id}"
        try:
            result = await self.next.execute_activity(input)
        except Exception as error:
            if _is_tried_again(error):
                text = f"{_what(info, argument)} failed (attempt {info.attempt}): {_message(error)}"
                await _in_time(self._troubles.record, audit, own, text, self._clock())
            raise
        if info.attempt > 1:
            await _in_time(self._troubles.clear, audit, own)
        return result


def _is_tried_again(error: Exception) -> bool:
    return not is_cancelled_exception(error) and not (isinstance(error, ApplicationError) and error.non_retryable)


def _what(info: activity.Info, argument: object) -> str:
    name = info.activity_type.replace("_", " ")
    step = getattr(argument, "step", "")
    return f"{name} {step}".rstrip()


def _message(error: Exception) -> str:
    told = error.message if isinstance(error, ApplicationError) else f"{type(error).__name__}: {error}"
    return " ".join(told.split())[:LONGEST_MESSAGE]


async def _in_time(write: Callable[..., None], *arguments: object) -> None:
    try:
        await asyncio.wait_for(asyncio.to_thread(write, *arguments), _PATIENCE_SECONDS)
    except Exception:
        # The activity's own result counts, and often the database that is away is what it failed of.
        logger.warning("A failed attempt could not be shown.", exc_info=True)
