"""What a schedule makes when it is due, late, triggered and backfilled."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from audit_agent.domain.audit import Phase
from audit_agent.domain.ids import Person
from audit_agent.domain.period import Period, parse_period
from audit_agent.handoff.schedules import NothingDueError, ScheduleStatus, backfill_days, schedule_status
from audit_agent.store.audits import Audits
from audit_agent.store.reading import audit_status
from audit_agent.store.scheduled import ScheduledAudits
from audit_agent.store.summaries import AuditSummary
from tests.integration.schedules.conftest import Office, definition, now, runs_ended

Loop = asyncio.AbstractEventLoop
EVERY_SECOND = "* * * * * * *"


def today() -> Period:
    day = now().astimezone(ZoneInfo("Europe/Berlin")).date()
    return Period(start=day.replace(day=1), end=day)


def test_a_backfill_makes_an_audit_of_each_scheduled_time_with_the_period_of_that_time(
    loop: Loop, office: Office
) -> None:
    async def scenario() -> tuple[AuditSummary, ...]:
        when = "quarterly on business day 2 at 07:00 Europe/Berlin"
        await office.has(definition(when=when, time_zone=None, period="previous-quarter", holidays="DE-BY"))
        async with office.working():
            await backfill_days(office.schedules, "monthly-close", date(2026, 1, 1), date(2026, 7, 31), now())
            return await office.made(3)

    made = loop.run_until_complete(scenario())

    assert [str(audit.period) for audit in made] == [
        "2025-10-01 to 2025-12-31",
        "2026-01-01 to 2026-03-31",
        "2026-04-01 to 2026-06-30",
    ]
    assert [audit.scheduled_at for audit in made] == [
        datetime(2026, 1, 5, 6, tzinfo=UTC),
        datetime(2026, 4, 2, 5, tzinfo=UTC),
        datetime(2026, 7, 2, 5, tzinfo=UTC),
    ]


def test_an_audit_begins_with_everything_its_schedule_names_and_says_which_made_it(loop: Loop, office: Office) -> None:
    named = definition(
        documents="/srv/documents", channel="#audit", budget="2.50", period="month to date", requester="anna"
    )

    async def scenario() -> ScheduleStatus:
        await office.has(named)
        async with office.working():
            await office.schedules.trigger("monthly-close")
            (audit,) = await office.made(1)
            await office.running(audit.id)
            await runs_ended(office)
            return await schedule_status(office.schedules, ScheduledAudits(office.database), "monthly-close")

    status = loop.run_until_complete(scenario())
    (audit,) = status.audits
    assert (len(status.standing.last_runs), status.without_audit) == (1, ())
    request = Audits(office.database).request(audit.id)

    assert audit.schedule == "monthly-close"
    assert request.period == today()
    assert (request.documents, request.channel, str(request.budget)) == ("/srv/documents", "#audit", "2.50")
    assert request.requester == Person("user:anna")
    assert audit_status(office.database, audit.id).log[0].data["schedule"] == "monthly-close"


def test_an_audit_due_while_no_worker_ran_covers_the_period_of_the_scheduled_time(loop: Loop, office: Office) -> None:
    async def scenario() -> AuditSummary:
        # Due in the spring, and no worker then: the run waits in Temporal until there is one.
        await office.has(definition())
        await backfill_days(office.schedules, "monthly-close", date(2026, 4, 3), date(2026, 4, 3), now())
        async with office.working():
            (audit,) = await office.made(1)
            return audit

    assert loop.run_until_complete(scenario()).period == parse_period("2026-03")


def test_a_scheduled_time_with_an_audit_gets_no_second_one(loop: Loop, office: Office) -> None:
    async def scenario() -> int:
        await office.has(definition())
        async with office.working():
            for days in ((date(2026, 4, 3), date(2026, 4, 3)), (date(2025, 4, 1), date(2026, 4, 30))):
                await backfill_days(office.schedules, "monthly-close", *days, now())
                await runs_ended(office)
        return len(await office.made(2))

    assert loop.run_until_complete(scenario()) == 2


def test_a_scheduled_time_whose_audit_failed_gets_another(loop: Loop, office: Office) -> None:
    async def scenario() -> list[Phase]:
        await office.has(definition())
        async with office.working():
            day = date(2026, 4, 3)
            await backfill_days(office.schedules, "monthly-close", day, day, now())
            (audit,) = await office.made(1)
            Audits(office.database).end(audit.id, Phase.FAILED, "The books were away.", None, now())
            await runs_ended(office)
            await backfill_days(office.schedules, "monthly-close", day, day, now())
            return [one.phase for one in await office.made(2)]

    assert Phase.FAILED in loop.run_until_complete(scenario())


def test_days_without_a_scheduled_time_are_refused_and_so_is_the_future(loop: Loop, office: Office) -> None:
    async def scenario(first: date, last: date) -> None:
        await backfill_days(office.schedules, "monthly-close", first, last, now())

    loop.run_until_complete(office.has(definition()))
    with pytest.raises(NothingDueError, match="due 0 times"):
        loop.run_until_complete(scenario(date(2026, 5, 1), date(2026, 5, 31)))
    with pytest.raises(NothingDueError, match="due 0 times"):
        loop.run_until_complete(scenario(now().date() + timedelta(days=1), date(2099, 1, 1)))


@pytest.mark.parametrize(("overlap", "begun"), [("skip", 1), ("allow_all", 2)])
def test_the_overlap_policy_decides_what_begins_while_an_audit_runs(
    loop: Loop, office: Office, overlap: str, begun: int
) -> None:
    async def scenario() -> int:
        await office.has(definition(cron=EVERY_SECOND, overlap=overlap))
        async with office.working():
            await office.made(1)
            async with asyncio.timeout(20):
                while not await _more_was_due(office, overlap):
                    await asyncio.sleep(0.05)
            await office.schedules.pause("monthly-close", "enough")
            return len(await office.made(begun))

    made = loop.run_until_complete(scenario())
    assert made >= begun
    assert made == 1 or overlap == "allow_all"


def test_an_audit_that_waits_for_the_one_before_begins_when_that_has_ended(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[int, list[str]]:
        await office.has(definition(overlap="buffer_all"))
        async with office.working():
            await backfill_days(office.schedules, "monthly-close", date(2025, 4, 1), date(2026, 4, 30), now())
            (first,) = await office.made(1)
            await office.running(first.id)
            begun = len(await office.made(1))
            await office.client.get_workflow_handle(first.id).cancel()
            return begun, [str(audit.period) for audit in await office.made(2)]

    assert loop.run_until_complete(scenario()) == (1, ["2025-03-01 to 2025-03-31", "2026-03-01 to 2026-03-31"])


def test_a_paused_schedule_is_not_due_and_a_trigger_works_all_the_same(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[bool, str, int, int]:
        await office.has(definition())
        await office.schedules.pause("monthly-close", "books are being moved")
        paused = await office.schedules.standing("monthly-close")
        async with office.working():
            await office.schedules.trigger("monthly-close")
            made = await office.made(1)
        await office.schedules.resume("monthly-close", "")
        resumed = await office.schedules.standing("monthly-close")
        return paused.paused, paused.note, len(made), len(resumed.next_runs)

    assert loop.run_until_complete(scenario()) == (True, "books are being moved", 1, 10)


def test_a_schedule_shows_when_it_is_due_and_the_audits_it_made(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[datetime, str, list[str]]:
        await office.has(definition())
        async with office.working():
            await backfill_days(office.schedules, "monthly-close", date(2026, 4, 3), date(2026, 4, 3), now())
            await office.made(1)
            await runs_ended(office)
            status = await schedule_status(office.schedules, ScheduledAudits(office.database), "monthly-close")
        last = status.standing.last_runs[0]
        return last.scheduled_at, status.audits[0].id, [str(at) for at in status.standing.next_runs[:1]]

    scheduled, audit, upcoming = loop.run_until_complete(scenario())

    assert scheduled == datetime(2026, 4, 3, 5, tzinfo=UTC)
    assert audit.startswith("AUD-")
    assert upcoming == [f"{_next_april()}-04-03 05:00:00+00:00"]


def _next_april() -> int:
    at = now()
    return at.year + (at > datetime(at.year, 4, 3, 5, tzinfo=UTC))


async def _more_was_due(office: Office, overlap: str) -> bool:
    standing = await office.schedules.standing("monthly-close")
    return standing.left_out >= 1 if overlap == "skip" else len(standing.last_runs) >= 2


def test_a_run_that_can_make_no_audit_says_why(loop: Loop, office: Office) -> None:
    async def scenario() -> tuple[str, str]:
        await office.has(definition(program="closed-down"))
        await backfill_days(office.schedules, "monthly-close", date(2026, 4, 3), date(2026, 4, 3), now())
        waiting = await _outcome(office)
        async with office.working():
            await runs_ended(office)
            return waiting, await _outcome(office)

    waiting, failed = loop.run_until_complete(scenario())

    assert waiting == "waits for a worker"
    assert failed.startswith("failed: There is no programme 'closed-down'.")


async def _outcome(office: Office) -> str:
    async with asyncio.timeout(20):
        while True:
            status = await schedule_status(office.schedules, ScheduledAudits(office.database), "monthly-close")
            if status.without_audit:
                return status.without_audit[0][1]
            await asyncio.sleep(0.02)
