"""What surfaces do with schedules: make them, bring them to a file's state, show what they made, backfill."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from temporalio.client import Client

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.domain.plain_schedule import check_zone
from audit_agent.domain.record import Record
from audit_agent.domain.schedule import ScheduleDefinition
from audit_agent.handoff.business_calendar import business_calendar
from audit_agent.handoff.policy_file import load_policy
from audit_agent.handoff.rounds import every
from audit_agent.programs import find_program
from audit_agent.store.scheduled import ScheduledAudits
from audit_agent.store.summaries import AuditSummary
from audit_agent.temporal.schedule_errors import ScheduleExistsError, ScheduleNotFoundError
from audit_agent.temporal.schedule_spec import spec_of
from audit_agent.temporal.schedules import PastRun, Schedules, ScheduleStanding, Wanted

RENEW_EVERY_SECONDS = 86_400.0
MOST_BACKFILLED = 100
"""More audits than this at once are a slip of the pen; ask for them in parts."""

SHOWN = 20
"""Audits shown with a schedule; Temporal tells of its last ten runs."""

log = logging.getLogger(__name__)


class NothingDueError(BadInputError):
    """The schedule is not due at any time of the range, or at far too many."""


class What(StrEnum):
    """What applying a file did to one schedule."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    UNCHANGED = "unchanged"


class Change(Record):
    """What became of one schedule."""

    name: str
    what: What
    fields: tuple[str, ...] = ()
    """Those that were otherwise before an update."""


class ScheduleStatus(NamedTuple):
    """A schedule, and the audits it made last, newest scheduled time first."""

    standing: ScheduleStanding
    audits: tuple[AuditSummary, ...]
    without_audit: tuple[tuple[PastRun, str], ...]
    """Its last runs that made none, and what became of them."""


def check_references(definition: ScheduleDefinition, programs_folder: Path | None) -> None:
    """Raise what loading its programme or policy raises, before a clock does so at night."""
    find_program(definition.program, programs_folder)
    if definition.policy is not None:
        load_policy(Path(definition.policy))


def wanted(definition: ScheduleDefinition, at: datetime) -> Wanted:
    """A definition with its times, seen from `at`; raises UnknownCountryError."""
    year = at.year
    return Wanted(definition, spec_of(definition, business_calendar(definition.holidays, year), year))


async def create_schedule(schedules: Schedules, definition: ScheduleDefinition, person: Person, at: datetime) -> None:
    """Make one schedule; raises ScheduleExistsError."""
    await schedules.create(wanted(definition, at), f"made by {person}")


async def apply_definitions(
    schedules: Schedules, definitions: Iterable[ScheduleDefinition], person: Person, at: datetime, *, prune: bool
) -> tuple[Change, ...]:
    """Bring the schedules to these definitions; with `prune` those not among them are deleted.

    Applying the same again changes nothing, and whoever does so at the same time ends in the same state. What is
    paused stays paused.
    """
    all_wanted = [wanted(definition, at) for definition in definitions]
    changes = [await _put(schedules, one, person) for one in all_wanted]
    if prune:
        names = {one.definition.name for one in all_wanted}
        for name in [one.definition.name for one in await schedules.all()]:
            if name not in names and await _delete(schedules, name):
                changes.append(Change(name=name, what=What.DELETED))
    return tuple(changes)


async def backfill_days(schedules: Schedules, name: str, first: date, last: date, at: datetime) -> tuple[datetime, ...]:
    """Run for every scheduled time from the first day to the last, both in the schedule's time zone.

    Returns the times; those that have a running or finished audit get no second one. Raises NothingDueError.
    """
    zone = check_zone((await schedules.standing(name)).definition.zone)
    start = datetime.combine(first, time(), zone)
    end = min(datetime.combine(last + timedelta(days=1), time(), zone) - timedelta(seconds=1), at)
    due = await schedules.due_between(name, start, end) if start <= end else ()
    if not 1 <= len(due) <= MOST_BACKFILLED:
        raise NothingDueError(
            f"From {first} to {last} the schedule {name} was due {len(due)} times.",
            f"Choose days that have passed, with 1 to {MOST_BACKFILLED} scheduled times.",
        )
    await schedules.backfill(name, start, end)
    return due


async def schedule_statuses(schedules: Schedules, made: ScheduledAudits) -> tuple[ScheduleStatus, ...]:
    """Every schedule, and what it made last."""
    return tuple([await _status(schedules, one, made) for one in await schedules.all()])


async def schedule_status(schedules: Schedules, made: ScheduledAudits, name: str) -> ScheduleStatus:
    """One schedule, and what it made last; raises ScheduleNotFoundError."""
    return await _status(schedules, await schedules.standing(name), made)


async def run_renewal(client: Client, task_queue: str, stop: asyncio.Event) -> None:
    """Keep written-out days ahead of time and true to the installed holidays, until `stop` is set."""
    schedules = Schedules(client, task_queue)

    async def renew() -> None:
        for one in await schedules.all():
            fields = await schedules.change(wanted(one.definition, datetime.now(UTC)))
            if fields:
                log.info("The schedule %s was brought up to date: %s.", one.definition.name, ", ".join(fields))

    await every(RENEW_EVERY_SECONDS, renew, stop, "The days of schedules were not brought up to date")


async def _put(schedules: Schedules, one: Wanted, person: Person) -> Change:
    name = one.definition.name
    try:
        await schedules.create(one, f"made by {person}")
    except ScheduleExistsError:
        fields = await schedules.change(one)
        return Change(name=name, what=What.UPDATED if fields else What.UNCHANGED, fields=fields)
    return Change(name=name, what=What.CREATED)


async def _delete(schedules: Schedules, name: str) -> bool:
    try:
        await schedules.delete(name)
    except ScheduleNotFoundError:
        return False
    return True


async def _status(schedules: Schedules, standing: ScheduleStanding, made: ScheduledAudits) -> ScheduleStatus:
    audits = await asyncio.to_thread(made.made_by, standing.definition.name, SHOWN)
    have = {audit.scheduled_at for audit in audits}
    without = [run for run in standing.last_runs if run.scheduled_at.replace(microsecond=0) not in have]
    return ScheduleStatus(standing, audits, tuple([(run, await schedules.outcome(run)) for run in without]))
