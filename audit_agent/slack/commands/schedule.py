"""`/audit schedule ...`: audits that come again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from audit_agent.domain.directory import AccountKind
from audit_agent.domain.errors import BadInputError, RefusedError
from audit_agent.domain.ids import Person
from audit_agent.domain.policy import ANYONE, Gate
from audit_agent.domain.schedule import ScheduleDefinition
from audit_agent.handoff.policy_file import load_policy
from audit_agent.handoff.schedule_file import definition_from
from audit_agent.handoff.schedules import (
    backfill_days,
    check_references,
    create_schedule,
    schedule_status,
    schedule_statuses,
)
from audit_agent.slack.blocks.schedules import schedule_blocks, schedules_blocks, usage_blocks
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.commands.asked import Answer, Asked
from audit_agent.slack.office import Office
from audit_agent.slack.signature import WINDOW_SECONDS
from audit_agent.slack.starting import place_in
from audit_agent.store.scheduled import ScheduledAudits
from audit_agent.store.slack_messages import SlackMessages
from audit_agent.temporal.schedules import Schedules

Act = Callable[[Schedules, str, Asked, Sequence[str]], Awaitable[str]]
"""Does something with a named schedule, given the words after its name; says what it did."""

_COMES_AGAIN_WITHIN = timedelta(seconds=2 * WINDOW_SECONDS)


class NotYourScheduleError(RefusedError):
    """Only some people may change a schedule."""


class Scheduling:
    """Takes the words after `schedule`. To look is free; to change takes a member the schedule's policy names."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._acts: dict[str, Act] = {
            "pause": self._pause,
            "resume": self._resume,
            "trigger": self._trigger,
            "backfill": self._backfill,
            "delete": self._delete,
        }

    async def schedule(self, asked: Asked) -> Answer:
        """Look at schedules, or change one."""
        word, rest = (asked.words[0].lower(), asked.words[1:]) if asked.words else ("list", ())
        made = ScheduledAudits(self._office.database)
        if word == "list":
            return Answer("Schedules", schedules_blocks(await schedule_statuses(await self._schedules(), made)))
        if word == "show" and rest:
            found = await schedule_status(await self._schedules(), made, rest[0])
            return Answer(escape(f"The schedule {rest[0]}"), schedule_blocks(found))
        if word == "create" and len(rest) > 4:
            return Answer(escape(await self._create(asked, rest)))
        if word in self._acts and rest:
            if not await self._comes_first(asked):
                return Answer("That command came before, and is obeyed once.")
            schedules, name = await self._schedules(), rest[0]
            await self._may_change((await schedules.standing(name)).definition, asked.person)
            return Answer(escape(await self._acts[word](schedules, name, asked, rest[1:])))
        return Answer("How to write it", usage_blocks())

    async def _create(self, asked: Asked, words: Sequence[str]) -> str:
        config, (name, program, books, period, *when) = self._office.config, words
        fields = {
            "name": name,
            "program": program,
            "books": str(place_in(config.books_folder, books)),
            "period": period,
            "when": " ".join(when),
            "channel": asked.channel,
            "requester": asked.person,
        }
        definition = definition_from(fields)
        await asyncio.to_thread(check_references, definition, config.programs_folder)
        await self._may_change(definition, asked.person)
        await create_schedule(await self._schedules(), definition, asked.person, self._office.clock())
        return f"The schedule {name} is made."

    async def _pause(self, schedules: Schedules, name: str, asked: Asked, words: Sequence[str]) -> str:
        await schedules.pause(name, " ".join(["paused by", asked.person, *words]))
        return f"{name} is paused."

    async def _resume(self, schedules: Schedules, name: str, asked: Asked, words: Sequence[str]) -> str:
        await schedules.resume(name, " ".join(["resumed by", asked.person, *words]))
        return f"{name} is resumed."

    async def _trigger(self, schedules: Schedules, name: str, asked: Asked, words: Sequence[str]) -> str:
        await schedules.trigger(name)
        return f"{name} begins an audit."

    async def _backfill(self, schedules: Schedules, name: str, asked: Asked, words: Sequence[str]) -> str:
        try:
            first, last = (date.fromisoformat(word) for word in words)
        except ValueError as error:
            raise BadInputError("Name two days.", f"schedule backfill {name} 2026-01-01 2026-06-30") from error
        due = await backfill_days(schedules, name, first, last, self._office.clock())
        return f"{name} begins the audits of {len(due)} scheduled times."

    async def _delete(self, schedules: Schedules, name: str, asked: Asked, words: Sequence[str]) -> str:
        await schedules.delete(name)
        return f"The schedule {name} is deleted. Audits it made go on."

    async def _comes_first(self, asked: Asked) -> bool:
        """Whether no process has obeyed it: each knows only the signatures that came to itself."""
        once = f"command/{asked.person}/{asked.trigger}"
        lead = SlackMessages(self._office.database).lead
        return await asyncio.to_thread(lead, once, uuid4().hex, self._office.clock(), _COMES_AGAIN_WITHIN)

    async def _schedules(self) -> Schedules:
        return Schedules(await self._office.temporal(), self._office.config.task_queue)

    async def _may_change(self, definition: ScheduleDefinition, person: Person) -> None:
        account = await self._office.people.account(person)
        if account is None or account.kind is not AccountKind.MEMBER:
            raise NotYourScheduleError("Only members of this workspace can change schedules.")
        policy = self._office.config.policy
        if definition.policy is not None:
            policy = await asyncio.to_thread(load_policy, Path(definition.policy))
        named = {one for gate in Gate for one in policy.gate(gate).eligible}
        if not {person, ANYONE} & (named | {definition.asks}):
            raise NotYourScheduleError(
                f"Only whoever asks for the audits of {definition.name}, or somebody its policy names, can change it."
            )
