"""A file of schedules applied: once, again, changed, and by two deployments."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from audit_agent.domain.ids import Person
from audit_agent.domain.schedule import Overlap, ScheduleDefinition
from audit_agent.handoff.schedules import Change, What, apply_definitions, run_renewal
from audit_agent.temporal.schedule_errors import ScheduleExistsError, ScheduleNotFoundError, ScheduleRefusedError
from audit_agent.temporal.schedules import Schedules, ScheduleStanding
from tests.integration.schedules.conftest import ANNA, NOW, Office, definition

Loop = asyncio.AbstractEventLoop

MONTHLY = definition(when="monthly on business day 3 at 07:00 Europe/Berlin", time_zone=None, holidays="DE-BY")
WEEKLY = definition(name="weekly", when="every Monday at 06:30 UTC", time_zone=None, period="month-to-date")


async def apply(
    schedules: Schedules, *definitions: ScheduleDefinition, prune: bool = False, by: Person = ANNA
) -> list[tuple[str, What]]:
    return _told(await apply_definitions(schedules, definitions, by, NOW, prune=prune))


def test_a_file_makes_its_schedules_and_changes_nothing_the_second_time(loop: Loop, office: Office) -> None:
    async def scenario() -> list[list[tuple[str, What]]]:
        return [await apply(office.schedules, MONTHLY, WEEKLY) for _ in range(2)]

    assert loop.run_until_complete(scenario()) == [
        [("monthly-close", What.CREATED), ("weekly", What.CREATED)],
        [("monthly-close", What.UNCHANGED), ("weekly", What.UNCHANGED)],
    ]


def test_two_deployments_applying_at_the_same_time_end_in_the_same_state(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[list[tuple[ScheduleStanding, ...]], set[What]]:
        address = office.client.service_client.config.target_host
        other = await Client.connect(address, data_converter=pydantic_data_converter)
        deployments = [office.schedules, Schedules(other, office.queue)]
        await office.has(definition(name="left-over"))
        both = [apply(one, MONTHLY, WEEKLY, prune=True, by=Person(f"user:{n}")) for n, one in enumerate(deployments)]
        first = await asyncio.gather(*both)
        await apply(deployments[1], MONTHLY, WEEKLY, prune=True)
        seen = [await one.all() for one in deployments]
        return seen, {what for changes in first for _, what in changes}

    seen, done = loop.run_until_complete(scenario())

    assert seen[0] == seen[1]
    assert [one.definition for one in seen[0]] == [MONTHLY, WEEKLY]
    assert What.UPDATED not in done


def test_an_update_says_which_fields_changed_and_leaves_a_pause_alone(loop: Loop, office: Office) -> None:
    changed = MONTHLY.model_copy(update={"overlap": Overlap.BUFFER_ALL, "books": "/srv/other"})

    async def scenario() -> tuple[tuple[Change, ...], ScheduleStanding]:
        await apply(office.schedules, MONTHLY)
        await office.schedules.pause("monthly-close", "moving")
        changes = await apply_definitions(office.schedules, [changed], ANNA, NOW, prune=False)
        return changes, await office.schedules.standing("monthly-close")

    changes, standing = loop.run_until_complete(scenario())

    assert changes == (Change(name="monthly-close", what=What.UPDATED, fields=("books", "overlap")),)
    assert (standing.definition, standing.paused, standing.note) == (changed, True, "moving")


def test_pruning_deletes_what_the_file_does_not_name_and_nothing_of_other_installations(
    loop: Loop, office: Office
) -> None:
    async def scenario() -> tuple[list[tuple[str, What]], list[str], list[str]]:
        others = Schedules(office.client, f"{office.queue}-of-others")
        await apply(others, WEEKLY)
        await apply(office.schedules, MONTHLY, WEEKLY)
        changes = await apply(office.schedules, MONTHLY, prune=True)
        left = [one.definition.name for one in await office.schedules.all()]
        return changes, left, [one.definition.name for one in await others.all()]

    assert loop.run_until_complete(scenario()) == (
        [("monthly-close", What.UNCHANGED), ("weekly", What.DELETED)],
        ["monthly-close"],
        ["weekly"],
    )


def test_a_written_out_schedule_is_brought_up_to_date_when_its_years_run_out(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[Change, ...]:
        await apply(office.schedules, MONTHLY)
        later = datetime(2031, 1, 1, tzinfo=UTC)
        return await apply_definitions(office.schedules, [MONTHLY], ANNA, later, prune=False)

    (change,) = loop.run_until_complete(scenario())
    assert change.fields == ("times",)


def test_workers_bring_written_out_days_up_to_date(loop: Loop, office: Office) -> None:
    async def scenario() -> None:
        await apply_definitions(office.schedules, [MONTHLY], ANNA, datetime(2020, 1, 1, tzinfo=UTC), prune=False)
        written_in_2020 = (await office.schedules.standing("monthly-close")).times
        stop = asyncio.Event()
        renewal = asyncio.ensure_future(run_renewal(office.client, office.queue, stop))
        async with asyncio.timeout(20):
            while (await office.schedules.standing("monthly-close")).times == written_in_2020:
                await asyncio.sleep(0.05)
        stop.set()
        await renewal

    loop.run_until_complete(scenario())


def test_the_next_times_are_the_business_days_of_the_country(loop: Loop, office: Office) -> None:
    async def scenario() -> Sequence[datetime]:
        await apply(office.schedules, MONTHLY)
        start, end = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 6, 30, tzinfo=UTC)
        return await office.schedules.due_between("monthly-close", start, end)

    # Weekends, New Year, Epiphany (Bavaria), Easter and Labour Day put the third business day off.
    assert [str(at) for at in loop.run_until_complete(scenario())] == [
        "2026-12-03 06:00:00+00:00",
        "2027-01-07 06:00:00+00:00",
        "2027-02-03 06:00:00+00:00",
        "2027-03-03 06:00:00+00:00",
        "2027-04-05 05:00:00+00:00",
        "2027-05-05 05:00:00+00:00",
        "2027-06-03 05:00:00+00:00",
    ]


def test_the_time_of_day_stays_when_clocks_change(loop: Loop, office: Office) -> None:
    daily = definition(when="daily at 07:00 Europe/Berlin", time_zone=None)

    async def scenario() -> Sequence[datetime]:
        await office.has(daily)
        start, end = datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC)
        return await office.schedules.due_between("monthly-close", start, end)

    assert [at.hour for at in loop.run_until_complete(scenario())] == [6, 5]


def test_a_schedule_that_is_there_cannot_be_made_again_and_a_deleted_one_is_gone(loop: Loop, office: Office) -> None:
    loop.run_until_complete(office.has(WEEKLY))
    with pytest.raises(ScheduleExistsError):
        loop.run_until_complete(office.has(WEEKLY))

    loop.run_until_complete(office.schedules.delete("weekly"))
    with pytest.raises(ScheduleNotFoundError):
        loop.run_until_complete(office.schedules.standing("weekly"))


def test_cron_that_names_no_time_is_refused_in_words(loop: Loop, office: Office) -> None:
    with pytest.raises(ScheduleRefusedError, match="Minute is not in range"):
        loop.run_until_complete(office.has(definition(cron="61 * * * *")))


def _told(changes: Sequence[Change]) -> list[tuple[str, What]]:
    return [(change.name, change.what) for change in changes]
