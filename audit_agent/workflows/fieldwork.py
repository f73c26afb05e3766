"""Carrying out a plan: steps in dependency order, independent ones at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Container
from typing import Any

from temporalio import workflow

from audit_agent.activities.contract import StepDone, StepRef
from audit_agent.domain.ids import StepId

IN_FLIGHT = 8
"""Steps running at once; more would only queue on the workers."""

Perform = Callable[[StepRef, str], Awaitable[StepDone]]
"""Performs a step; the text says why it cannot be done at all, then it is only recorded."""


Ask = Callable[[StepRef], Awaitable[None]]
"""Asks what a step wants to know; returns when it is answered or nobody will answer in time."""


async def carry_out(steps: tuple[StepRef, ...], perform: Perform, ask: Ask) -> tuple[StepDone, ...]:
    """Perform every step after those it depends on; results in the plan's order.

    Questions are asked at once. Only the step that asks waits for the answers, and it takes no other's place meanwhile.

    A step that could not be done keeps those that depend on it from being done, with the reason.
    The first error ends all others and is raised.
    """
    waiting = {step.id: step for step in steps}
    done: dict[StepId, StepDone] = {}
    asking = {step.id: asyncio.ensure_future(ask(step)) for step in steps if step.requests}
    running: dict[asyncio.Task[StepDone], StepId] = {}
    try:
        while waiting or running:
            for step in _ready(waiting, done, asking)[: IN_FLIGHT - len(running)]:
                del waiting[step.id]
                running[asyncio.ensure_future(perform(step, _unable(step, done)))] = step.id
            tasks: list[asyncio.Task[Any]] = [*running, *asking.values()]
            if tasks:
                await workflow.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in running if task.done()]:
                    done[running.pop(task)] = task.result()
                for answered in [name for name, asked in asking.items() if asked.done()]:
                    asking.pop(answered).result()
    finally:
        for left in (*running, *asking.values()):
            left.cancel()
    return tuple(done[step.id] for step in steps)


def _ready(waiting: dict[StepId, StepRef], done: dict[StepId, StepDone], asking: Container[StepId]) -> list[StepRef]:
    return [
        step for step in waiting.values() if step.id not in asking and all(name in done for name in step.depends_on)
    ]


def _unable(step: StepRef, done: dict[StepId, StepDone]) -> str:
    failed = [name for name in step.depends_on if done[name].workpaper is None]
    return f"It builds on {', '.join(failed)}, which could not be done." if failed else ""
