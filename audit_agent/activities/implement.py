"""Tying a method to its contract: the registered name, heartbeats, and errors that Temporal understands."""

import asyncio
import contextvars
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from temporalio import activity
from temporalio.exceptions import ApplicationError

from audit_agent.activities.contract import Activity
from audit_agent.domain.errors import AuditAgentError, BadInputError, NotFoundError, RefusedError
from audit_agent.domain.record import Record

Method = TypeVar("Method", bound=Callable[..., Any])
Input = TypeVar("Input", bound=Record)
Output = TypeVar("Output", bound=Record)

FINAL = (BadInputError, NotFoundError, RefusedError)
"""What no retry mends; `temporal.retry.NEVER` names the same."""


def implements(contract: Activity[Input, Output]) -> Callable[[Method], Method]:
    """Register a method, sync or async, as the activity of this contract.

    It beats while it works, so that the death of its worker is noticed; an AuditAgentError fails it in words.
    A sync method runs in a thread and is never interrupted: what it must not do any more is fenced in the store.
    """

    def decorate(method: Method) -> Method:
        wrapped = _async(method, contract) if inspect.iscoroutinefunction(method) else _sync(method, contract)
        named = functools.update_wrapper(wrapped, method)
        return cast(Method, activity.defn(name=contract.name, no_thread_cancel_exception=True)(named))

    return decorate


def _async(method: Callable[..., Any], contract: Activity[Input, Output]) -> Callable[..., Any]:
    async def work(self: object, argument: Input) -> Output:
        with _beating(contract.heartbeat), _in_words():
            result: Output = await method(self, argument)
            return result

    return work


def _sync(method: Callable[..., Any], contract: Activity[Input, Output]) -> Callable[..., Any]:
    def work(self: object, argument: Input) -> Output:
        with _beating(contract.heartbeat), _in_words():
            result: Output = method(self, argument)
            return result

    return work


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except AuditAgentError as error:
        final = next((kind for kind in FINAL if isinstance(error, kind)), None)
        raise ApplicationError(
            str(error),
            type=(final or type(error)).__name__,
            non_retryable=final is not None,
            next_retry_delay=getattr(error, "retry_after", None),
        ) from error


@contextmanager
def _beating(timeout: timedelta) -> Iterator[None]:
    """Heartbeat five times per time-out from a thread of its own, as long as the work goes on."""
    over = threading.Event()
    beat = _beat_of_this_activity()
    pause = timeout.total_seconds() / 5

    def keep_beating() -> None:
        while not over.wait(pause):
            beat()

    thread = threading.Thread(target=keep_beating, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_of_this_activity() -> Callable[[], object]:
    context = contextvars.copy_context()
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return lambda: context.run(activity.heartbeat)
    # An async activity may send a heartbeat from its loop's own thread only.
    return lambda: loop.call_soon_threadsafe(activity.heartbeat, context=context)
