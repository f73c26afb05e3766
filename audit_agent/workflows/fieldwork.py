"""Carrying out a plan: steps in dependency order, independent ones at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow

from audit_agent.activities.contract import StepDone, StepRef
from audit_agent.domain.ids import StepId

IN_FLIGHT = 8
"""Steps running at once; more would only queue on the workers."""

Perform = Callable[[StepRef, str], Awaitable[StepDone]]
"""Performs a step; the text says why it cannot be done at all, then it is only recorded."""


async def carry_out(steps: tuple[StepRef, ...], perform: Perform) -> tuple[StepDone, ...]:
    """Perform every step after those it depends on; results in the plan's order.

    A step that could not be done keeps those that depend on it from being done, with the reason.
    The first error ends all others and is raised.
    """
    waiting = {step.id: step for step in steps}
    done: dict[StepId, StepDone] = {}
    running: dict[asyncio.Task[StepDone], StepId] = {}
    try:
        while waiting or running:
            for step in _ready(waiting, done)[: IN_FLIGHT - len(running)]:
                del waiting[step.id]
                running[asyncio.ensure_future(perform(step, _unable(step, done)))] = step.id
            if running:
                finished, _ = await workflow.wait(list(running), return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    done[running.pop(task)] = task.result()
    finally:
        for task in running:
            task.cancel()
    return tuple(done[step.id] for step in steps)


def _ready(waiting: dict[StepId, StepRef], done: dict[StepId, StepDone]) -> list[StepRef]:
    return [step for step in waiting.values() if all(name in done for name in step.depends_on)]


def _unable(step: StepRef, done: dict[StepId, StepDone]) -> str:
    failed = [name for name in step.depends_on if done[name].workpaper is None]
    return f"It builds on {', '.join(failed)}, which could not be done." if failed else ""
