"""A worker that kills itself with SIGKILL at named points, each once, and otherwise works as any other.

Points come from CHAOS_POINTS, separated by commas: `before:ACTIVITY`, `mid:ACTIVITY` (when it stores its first
evidence) and `after:ACTIVITY` (its work is done, Temporal does not know it yet). ACTIVITY is a name, or for steps
`perform_step/S03`. CHAOS_FOLDER remembers which points have been used.
"""

import functools
import inspect
import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio import activity

from audit_agent import bootstrap
from audit_agent.domain.record import Digest
from audit_agent.settings import load_settings
from audit_agent.store.evidence import FolderEvidence
from audit_agent.temporal.process import leave
from audit_agent.temporal.worker import Work, run_worker

FOLDER = Path(os.environ["CHAOS_FOLDER"])
POINTS = frozenset(filter(None, os.environ.get("CHAOS_POINTS", "").split(",")))
CURRENT: ContextVar[str] = ContextVar("current activity", default="")


def die_once(point: str) -> None:
    """Kill this process the first time it comes here."""
    if point not in POINTS:
        return
    try:
        os.close(os.open(FOLDER / point.replace("/", "-"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


class DeadlyEvidence(FolderEvidence):
    """Evidence whose storing is a point to die at."""

    def put(self, data: bytes) -> Digest:
        die_once(f"mid:{CURRENT.get()}")
        return super().put(data)

    def put_file(self, path: Path) -> Digest:
        die_once(f"mid:{CURRENT.get()}")
        return super().put_file(path)


def deadly(method: Callable[..., Any]) -> Callable[..., Any]:
    """The activity with a point to die at on either side."""
    definition = activity._Definition.must_from_callable(method)
    name = definition.name
    assert name is not None

    def label(argument: Any) -> str:
        step = getattr(argument, "step", None)
        return f"{name}/{step}" if step else str(name)

    def begin(argument: Any) -> str:
        where = label(argument)
        CURRENT.set(where)
        die_once(f"before:{where}")
        return where

    if inspect.iscoroutinefunction(inspect.unwrap(method)):

        async def work_async(argument: Any) -> Any:
            where = begin(argument)
            result = await method(argument)
            die_once(f"after:{where}")
            return result

        wrapped: Callable[..., Any] = work_async
    else:

        def work(argument: Any) -> Any:
            where = begin(argument)
            result = method(argument)
            die_once(f"after:{where}")
            return result

        wrapped = work
    named = functools.update_wrapper(wrapped, method, updated=())
    return activity.defn(name=name, no_thread_cancel_exception=True)(named)


if __name__ == "__main__":
    settings = load_settings()
    usual = bootstrap.work(settings)
    services = replace(bootstrap.services(settings), evidence=DeadlyEvidence(settings.evidence_folder))
    activities = [deadly(method) for method in bootstrap.activities(services)]
    run_worker(settings, work=Work(activities, usual.companions, usual.close, usual.interceptors))
    leave()
