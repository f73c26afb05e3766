"""Keeps Slack showing what the store says: one process at a time, at most a message a second to a channel."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import uuid4

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest
from audit_agent.slack.commands.report import rendered
from audit_agent.slack.errors import SlackAwayError, SlackBusyError, SlackRefusedError
from audit_agent.slack.office import Office
from audit_agent.slack.pace import Pace
from audit_agent.slack.people import member_of
from audit_agent.slack.recovering import METADATA, found_message, is_shared
from audit_agent.slack.shown import Message, messages_of
from audit_agent.slack.tell import direct
from audit_agent.store.audits import Audits
from audit_agent.store.slack_messages import Posted, SlackMessages

LOOK_EVERY_SECONDS = 0.25
LOOK_BACK = timedelta(days=2)
"""Audits that moved since then are looked at when a process starts; older ones show what they showed."""
LEAD, LEASE = "projector", timedelta(seconds=15)

_logger = logging.getLogger(__name__)


class Projector:
    """Posts and updates the messages of every audit: in its channel if it has one, and to single people."""

    def __init__(self, office: Office, pace: Pace | None = None) -> None:
        self._office = office
        self._pace = pace or Pace()
        self._messages = SlackMessages(office.database)
        self._me = uuid4().hex
        self._lead_until: datetime | None = None
        self._since = office.clock() - LOOK_BACK
        self._heads: dict[AuditId, Digest] = {}
        self._channels: dict[AuditId, str | None] = {}
        self._pending: dict[AuditId, list[Message]] = {}
        self._unusable: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Project, round after round, until told to stop."""
        failure = ""
        while not stop.is_set():
            try:
                await self.round()
                failure = ""
            except AuditAgentError as error:
                if type(error).__name__ != failure:
                    _logger.warning("Slack is not up to date: %s", error.message)
                failure = type(error).__name__
            await _until(stop, self._office.changed, LOOK_EVERY_SECONDS)
        try:
            await asyncio.to_thread(self._messages.resign, LEAD, self._me)
        except AuditAgentError as error:
            _logger.warning("Another process shows audits only after %s: %s", LEASE, error.message)

    async def round(self) -> int:
        """Look what changed and write as much as the pace allows; how many messages were written."""
        if not await self._leads():
            return 0
        await self._look()
        written = 0
        for place in dict.fromkeys(place for place, _, _ in self._waiting()):
            if self._pace.wait(place) == 0 and await self._write_one(place):
                written += 1
        return written

    @property
    def is_up_to_date(self) -> bool:
        """Whether nothing was left to write at the last look."""
        return not any(self._pending.values())

    async def _leads(self) -> bool:
        """Only one process posts: two would post everything twice."""
        now = self._office.clock()
        if self._lead_until is not None and now < self._lead_until - LEASE / 2:
            return True
        leads = await asyncio.to_thread(self._messages.lead, LEAD, self._me, now, LEASE)
        self._lead_until = now + LEASE if leads else None
        return leads

    async def _look(self) -> None:
        self._office.changed.clear()
        heads = await asyncio.to_thread(self._messages.heads, self._since)
        for audit, head in heads.items():
            if self._heads.get(audit) == head:
                continue
            self._channels[audit] = await self._channel(audit)
            self._pending[audit] = await asyncio.to_thread(self._stale, audit)
            self._heads[audit] = head

    async def _channel(self, audit: AuditId) -> str | None:
        if audit not in self._channels:
            request = await asyncio.to_thread(Audits(self._office.database).request, audit)
            return request.channel or self._office.config.channel
        return self._channels[audit]

    def _stale(self, audit: AuditId) -> list[Message]:
        posted = self._messages.of(audit)
        return [
            message
            for message in messages_of(self._office, audit, self._channels[audit], self._office.clock())
            if message.key not in self._unusable
            and self._place(audit, message)
            and _is_stale(message, posted.get(message.key))
        ]

    def _place(self, audit: AuditId, message: Message) -> str | None:
        """Where a message goes, a channel or a person; None for what has no place in Slack."""
        if message.to is None:
            return self._channels[audit]
        return message.to if member_of(message.to) else None

    def _waiting(self) -> list[tuple[str, AuditId, Message]]:
        return [
            (place, audit, message)
            for audit, messages in self._pending.items()
            for message in messages
            if (place := self._place(audit, message))
        ]

    async def _write_one(self, place: str) -> bool:
        """Write the most urgent message of a channel or to a person."""
        waiting = [(audit, message) for where, audit, message in self._waiting() if where == place]
        if not waiting:
            return False
        audit, message = min(waiting, key=lambda one: one[1].rank)
        try:
            await self._write(audit, await self._channel_at(place), message)
        except SlackBusyError as busy:
            self._pace.hold(place, busy.seconds)
            return False
        except SlackAwayError:
            self._pace.hold(place, 2.0)
            raise
        except SlackRefusedError as error:
            _logger.warning("Slack does not show %s: %s", message.key, error.code)
            self._unusable.add(message.key)
        self._pace.wrote(place)
        self._pending[audit].remove(message)
        return True

    async def _channel_at(self, place: str) -> str:
        member = member_of(Person(place))
        return await direct(self._office.api, member.user) if member else place

    async def _write(self, audit: AuditId, channel: str, message: Message) -> None:
        at = self._office.clock()
        posted = await asyncio.to_thread(self._messages.reserve, message.key, audit, channel, at)
        thread = await self._thread(audit, message)
        if posted.ts is None and posted.reserved_at < at and not message.form:
            posted = posted._replace(ts=await found_message(self._office.api, posted, thread))
        if message.form:
            ts = await self._share(audit, posted, thread, message)
        elif posted.ts is not None:
            content = {"text": message.text, "blocks": message.blocks}
            await self._office.api.call("chat.update", channel=posted.channel, ts=posted.ts, **content)
            ts = posted.ts
        else:
            ts = await self._post(channel, thread, message)
        await asyncio.to_thread(self._messages.shows, message.key, ts, message.shown, self._office.clock())

    async def _share(self, audit: AuditId, posted: Posted, thread: str | None, message: Message) -> str:
        """Share the report, once: the file is noted before Slack may share it."""
        api = self._office.api
        if posted.ts is not None and await is_shared(api, posted.ts):
            return posted.ts
        file = await asyncio.to_thread(rendered, self._office, audit, message.form)
        place = await api.place(file.name, len(file.content))
        await asyncio.to_thread(self._messages.uploads, message.key, place.file, self._office.clock())
        await api.fill(place, file.content)
        await api.share(place.file, message.text, posted.channel, thread)
        return place.file

    async def _post(self, channel: str, thread: str | None, message: Message) -> str:
        answer = await self._office.api.call(
            "chat.postMessage",
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            thread_ts=thread,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": METADATA, "event_payload": {"key": message.key}},
        )
        return str(answer["ts"])

    async def _thread(self, audit: AuditId, message: Message) -> str | None:
        if message.thread is None:
            return None
        posted = await asyncio.to_thread(self._messages.of, audit)
        card = posted.get(message.thread)
        return card.ts if card else None


def _is_stale(message: Message, posted: Posted | None) -> bool:
    if posted is None or posted.shown is None:
        return True
    return message.updates and posted.shown != message.shown


async def _until(stop: asyncio.Event, changed: asyncio.Event, seconds: float) -> None:
    """Return when told to stop, when something changed, or after some seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, changed)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
