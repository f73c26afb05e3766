"""`/audit`: the words after it, and what each does."""

import asyncio
from collections.abc import Mapping, Sequence

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.errors import AuditAgentError
from audit_agent.slack.blocks.lists import audits_blocks, help_blocks, reviews_blocks, standing_blocks
from audit_agent.slack.blocks.modals import View, cancel_modal, start_modal
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.commands.asked import Answer, Asked, Subcommand
from audit_agent.slack.commands.delegate import Delegating
from audit_agent.slack.commands.report import link_to, send_report
from audit_agent.slack.commands.schedule import Scheduling
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, person_in
from audit_agent.slack.starting import books_there, programs
from audit_agent.slack.tell import tell
from audit_agent.store.reading import audit_status
from audit_agent.store.reviews import Reviews
from audit_agent.store.summaries import AuditSummary, list_audits

LISTED = 40


class AuditCommand:
    """Answers `/audit`. Acknowledged before anything is looked up."""

    def __init__(self, office: Office, others: Mapping[str, Subcommand] | None = None) -> None:
        """Take the office, and subcommands that live elsewhere."""
        self._office = office
        self._subcommands: dict[str, Subcommand] = {
            "help": self._help,
            "start": self._start,
            "status": self._status,
            "list": self._list,
            "reviews": self._reviews,
            "report": self._report,
            "cancel": self._cancel,
            "delegate": Delegating(office).delegate,
            "schedule": Scheduling(office).schedule,
            **(others or {}),
        }

    @property
    def names(self) -> frozenset[str]:
        """The words there are."""
        return frozenset(self._subcommands)

    async def used(self, ack: AsyncAck, body: Body) -> None:
        """Do what the first word says and answer privately, whatever comes of it."""
        await ack()
        words = str(body.get("text") or "").split()
        asked = Asked(words[1:], person_in(body), channel_in(body), str(body.get("trigger_id") or ""))
        try:
            answer = await self._do(words[0].lower() if words else "help", asked)
        except AuditAgentError as error:
            answer = Answer(escape(str(error)))
        if answer is not None:
            await tell(self._office.api, asked.person, asked.channel, answer.text, answer.blocks)

    async def _do(self, word: str, asked: Asked) -> Answer | None:
        subcommand = self._subcommands.get(word)
        if subcommand is None:
            return Answer("That is no command.", help_blocks(f"There is no {word[:40]!r}. There is:"))
        return await subcommand(asked)

    async def _help(self, asked: Asked) -> Answer:
        return Answer("What /audit can do", help_blocks())

    async def _start(self, asked: Asked) -> Answer | None:
        config = self._office.config
        if config.books_folder is None:
            return Answer(
                "No audit can be started from Slack here: no folder of books is open to it. "
                "An administrator sets AUDIT_AGENT_SLACK_BOOKS_FOLDER."
            )
        there = await asyncio.to_thread(books_there, config)
        known = await asyncio.to_thread(programs, config)
        return await self._open(asked, start_modal(known, there, asked.channel))

    async def _status(self, asked: Asked) -> Answer:
        if not asked.words:
            running = [one for one in await self._audits() if not one.phase.ended]
            return Answer("Audits that run", audits_blocks(running))
        status = await asyncio.to_thread(audit_status, self._office.database, asked.audit)
        return Answer(escape(f"{asked.audit} is {status.audit.phase.value}."), standing_blocks(status))

    async def _list(self, asked: Asked) -> Answer:
        return Answer("Audits", audits_blocks(await self._audits()))

    async def _reviews(self, asked: Asked) -> Answer:
        reviews = await asyncio.to_thread(Reviews(self._office.database).open_reviews)
        return Answer("What waits for a decision", reviews_blocks(reviews))

    async def _report(self, asked: Asked) -> Answer | None:
        if not asked.words:
            return Answer("Name the audit: `/audit report AUD-2026-0001`.")
        form = asked.words[1].lower() if len(asked.words) > 1 else "html"
        await send_report(self._office, asked.person, asked.audit, form)
        link = await asyncio.to_thread(link_to, self._office, asked.audit, form, asked.person)
        return Answer(f"The report of {escape(asked.audit)} is in your direct messages with this app. {link}".strip())

    async def _cancel(self, asked: Asked) -> Answer | None:
        if not asked.words:
            return Answer("Name the audit: `/audit cancel AUD-2026-0001`.")
        await asyncio.to_thread(audit_status, self._office.database, asked.audit)
        return await self._open(asked, cancel_modal(asked.audit, asked.channel))

    async def _open(self, asked: Asked, view: View) -> Answer | None:
        try:
            await self._office.api.call("views.open", trigger_id=asked.trigger, view=view)
        except SlackRefusedError as error:
            if "trigger" not in error.code:
                raise
            return Answer("That took too long for Slack. Nothing was done; please try again.")
        return None

    async def _audits(self) -> Sequence[AuditSummary]:
        return await asyncio.to_thread(list_audits, self._office.database, LISTED)
