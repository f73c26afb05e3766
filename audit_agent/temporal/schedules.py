"""Schedules in Temporal: made, changed, listed, paused, triggered, backfilled and deleted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleBackfill,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from audit_agent.domain.record import Digest, Record
from audit_agent.domain.schedule import Overlap, ScheduleDefinition, read_definition
from audit_agent.temporal.schedule_errors import ScheduleExistsError, ScheduleNotFoundError, in_words
from audit_agent.temporal.schedule_runs import PastRun, outcome_of
from audit_agent.temporal.schedule_spec import digest_of_times

__all__ = ["PastRun", "ScheduleStanding", "Schedules", "Wanted"]

WORKFLOW = "scheduled-audit"
ANSWER_WITHIN = timedelta(seconds=5)

_OVERLAP = {
    Overlap.ALLOW_ALL: ScheduleOverlapPolicy.ALLOW_ALL,
    Overlap.BUFFER_ALL: ScheduleOverlapPolicy.BUFFER_ALL,
    Overlap.BUFFER_ONE: ScheduleOverlapPolicy.BUFFER_ONE,
    Overlap.SKIP: ScheduleOverlapPolicy.SKIP,
}


class ScheduleStanding(Record):
    """A schedule as Temporal has it."""

    definition: ScheduleDefinition
    times: Digest
    paused: bool
    note: str
    next_runs: tuple[datetime, ...]
    last_runs: tuple[PastRun, ...]
    """Newest first."""
    missed: int
    """Times that passed while the server was away for longer than the catch-up window."""
    left_out: int
    """Times left out because the audit before was still running."""


class Wanted(NamedTuple):
    """A definition, and the times it comes to."""

    definition: ScheduleDefinition
    spec: ScheduleSpec


class Schedules:
    """The schedules of one installation, which its task queue tells apart from others on the cluster.

    Every method raises TemporalUnavailableError; those that name a schedule raise ScheduleNotFoundError.
    """

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._queue = task_queue
        self._prefix = f"{task_queue}/schedule/"

    async def create(self, wanted: Wanted, note: str) -> None:
        """Make a schedule; raises ScheduleExistsError and ScheduleRefusedError."""
        name = wanted.definition.name
        schedule = self._schedule(wanted, ScheduleState(note=note))
        with in_words(name):
            try:
                await self._client.create_schedule(self._prefix + name, schedule, rpc_timeout=ANSWER_WITHIN)
            except ScheduleAlreadyRunningError as error:
                raise ScheduleExistsError(
                    f"There is a schedule {name} already.",
                    f"Choose another name, or delete it first: audit-agent schedule delete {name}",
                ) from error

    async def change(self, wanted: Wanted) -> tuple[str, ...]:
        """Make a schedule as wanted, paused or not as it is; the fields that were otherwise before."""
        changed: tuple[str, ...] = ()

        async def compare(current: ScheduleUpdateInput) -> ScheduleUpdate | None:
            nonlocal changed
            schedule = current.description.schedule
            changed = await self._differences(wanted, schedule)
            # An update makes Temporal forget times it has yet to catch up with, so there is none without a change.
            return ScheduleUpdate(self._schedule(wanted, schedule.state)) if changed else None

        with in_words(wanted.definition.name):
            await self._handle(wanted.definition.name).update(compare, rpc_timeout=ANSWER_WITHIN)
        return changed

    async def standing(self, name: str) -> ScheduleStanding:
        """One schedule."""
        with in_words(name):
            found = await self._handle(name).describe(rpc_timeout=ANSWER_WITHIN)
        return await self._standing(found)

    async def all(self) -> tuple[ScheduleStanding, ...]:
        """Every schedule, by name."""
        found = await asyncio.gather(*[self._if_still_there(name) async for name in self._names()])
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.definition.name))

    async def pause(self, name: str, note: str) -> None:
        """No more runs by the clock until resumed; what runs goes on."""
        with in_words(name):
            await self._handle(name).pause(note=note, rpc_timeout=ANSWER_WITHIN)

    async def resume(self, name: str, note: str) -> None:
        """Run by the clock again, from the next time on."""
        with in_words(name):
            await self._handle(name).unpause(note=note, rpc_timeout=ANSWER_WITHIN)

    async def trigger(self, name: str) -> None:
        """Run once, now. Whoever asks for it wants it even while another audit of the schedule runs."""
        with in_words(name):
            await self._handle(name).trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL, rpc_timeout=ANSWER_WITHIN)

    async def due_between(self, name: str, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """The times the schedule names from `start` to `end`."""
        request = ListScheduleMatchingTimesRequest(namespace=self._client.namespace, schedule_id=self._handle(name).id)
        request.start_time.FromDatetime(start)
        request.end_time.FromDatetime(end)
        with in_words(name):
            found = await self._client.workflow_service.list_schedule_matching_times(request, timeout=ANSWER_WITHIN)
        return tuple(moment.ToDatetime(UTC) for moment in found.start_time)

    async def backfill(self, name: str, start: datetime, end: datetime) -> None:
        """Run for every time from `start` to `end` as if it came now; none is left out for overlapping."""
        standing = await self.standing(name)
        together = standing.definition.overlap is Overlap.ALLOW_ALL
        overlap = ScheduleOverlapPolicy.ALLOW_ALL if together else ScheduleOverlapPolicy.BUFFER_ALL
        span = ScheduleBackfill(start_at=start, end_at=end, overlap=overlap)
        with in_words(name):
            await self._handle(name).backfill(span, rpc_timeout=ANSWER_WITHIN)

    async def outcome(self, run: PastRun) -> str:
        """What became of a run, in a few words."""
        return await outcome_of(self._client, run)

    async def delete(self, name: str) -> None:
        """No more runs; audits it made go on."""
        with in_words(name):
            await self._handle(name).delete(rpc_timeout=ANSWER_WITHIN)

    async def _names(self) -> AsyncIterator[str]:
        with in_words("list"):
            async for entry in await self._client.list_schedules(rpc_timeout=ANSWER_WITHIN):
                if entry.id.startswith(self._prefix):
                    yield entry.id.removeprefix(self._prefix)

    async def _if_still_there(self, name: str) -> ScheduleStanding | None:
        try:
            return await self.standing(name)
        except ScheduleNotFoundError:
            # The list is a few moments behind deletions.
            return None

    def _handle(self, name: str) -> ScheduleHandle:
        return self._client.get_schedule_handle(self._prefix + name)

    def _schedule(self, wanted: Wanted, state: ScheduleState) -> Schedule:
        definition = wanted.definition
        action = ScheduleActionStartWorkflow(
            WORKFLOW,
            _argument(wanted),
            id=self._prefix + definition.name,
            task_queue=self._queue,
            static_summary=f"Audit of {definition.program} by the schedule {definition.name}",
        )
        return Schedule(action, wanted.spec, _policy(definition), state)

    async def _differences(self, wanted: Wanted, schedule: Schedule) -> tuple[str, ...]:
        has, wants = await self._argument_of(schedule), _argument(wanted)
        fields = [name for name, value in wants["definition"].items() if has["definition"].get(name) != value]
        if has["times"] != wants["times"] and not {"when", "cron", "time_zone"} & set(fields):
            fields.append("times")
        if schedule.policy != _policy(wanted.definition) and not {"overlap", "catch_up"} & set(fields):
            fields.append("policy in Temporal")
        return tuple(fields)

    async def _argument_of(self, schedule: Schedule) -> dict[str, Any]:
        action = schedule.action
        assert isinstance(action, ScheduleActionStartWorkflow), "schedules start workflows only"
        payloads: Sequence[Any] = action.args
        decoded: list[dict[str, Any]] = await self._client.data_converter.decode(payloads)
        return decoded[0]

    async def _standing(self, found: ScheduleDescription) -> ScheduleStanding:
        argument = await self._argument_of(found.schedule)
        runs = [
            PastRun(
                scheduled_at=done.scheduled_at,
                started_at=done.started_at,
                workflow=getattr(done.action, "workflow_id", ""),
                run=getattr(done.action, "first_execution_run_id", ""),
            )
            for done in reversed(found.info.recent_actions)
        ]
        return ScheduleStanding(
            definition=read_definition(argument["definition"]),
            times=argument["times"],
            paused=found.schedule.state.paused,
            note=found.schedule.state.note or "",
            next_runs=() if found.schedule.state.paused else tuple(found.info.next_action_times),
            last_runs=tuple(runs),
            missed=found.info.num_actions_missed_catchup_window,
            left_out=found.info.num_actions_skipped_overlap,
        )


def _argument(wanted: Wanted) -> dict[str, Any]:
    """A `workflows.scheduled.ScheduledRun`, as the JSON that is sent and read back."""
    return {
        "definition": wanted.definition.model_dump(mode="json"),
        "holds_on": wanted.definition.overlap is not Overlap.ALLOW_ALL,
        "times": digest_of_times(wanted.spec),
    }


def _policy(definition: ScheduleDefinition) -> SchedulePolicy:
    return SchedulePolicy(overlap=_OVERLAP[definition.overlap], catchup_window=definition.catch_up)
