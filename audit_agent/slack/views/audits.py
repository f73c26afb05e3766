"""The modals that start and cancel audits."""

import asyncio
from collections.abc import Callable

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId
from audit_agent.domain.period import parse_period
from audit_agent.handoff.start import parse_budget
from audit_agent.programs import find_program
from audit_agent.slack.blocks.modals import BOOKS, BUDGET, CHANNEL, DOCUMENTS, PERIOD, PROGRAM, REASON, value_of
from audit_agent.slack.contents import ToCancel, ToStart
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, click_of
from audit_agent.slack.settle import settle, take
from audit_agent.slack.starting import place_in
from audit_agent.slack.views.reason import NOT_BLANK
from audit_agent.store.slack_words import ClickKind


class AuditModals:
    """Both check what can be checked while the modal is open, and answer privately afterwards."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def start_submitted(self, ack: AsyncAck, body: Body) -> None:
        """Check every field, keep the wish, start."""
        view = body["view"]
        content = ToStart(
            program=value_of(view, PROGRAM),
            books=value_of(view, BOOKS),
            period=value_of(view, PERIOD),
            documents=value_of(view, DOCUMENTS),
            budget=value_of(view, BUDGET),
            channel=value_of(view, CHANNEL),
        )
        if problems := await asyncio.to_thread(self._problems, content):
            await ack(response_action="errors", errors=problems)
            return
        click = click_of(body, ClickKind.START, content, self._office.clock(), channel="")
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)

    async def cancel_submitted(self, ack: AsyncAck, body: Body) -> None:
        """Keep the wish and ask the audit to stop."""
        view = body["view"]
        audit, _, channel = str(view.get("private_metadata", "")).partition(" ")
        reason = value_of(view, REASON)
        if not reason:
            await ack(response_action="errors", errors={REASON: NOT_BLANK})
            return
        content = ToCancel(audit=AuditId(audit), reason=reason)
        click = click_of(body, ClickKind.CANCEL, content, self._office.clock(), channel=channel)
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)

    def _problems(self, content: ToStart) -> dict[str, str]:
        """What keeps an audit from being started, by field."""
        config = self._office.config
        checks: dict[str, Callable[[], object]] = {
            PROGRAM: lambda: find_program(content.program, config.programs_folder),
            BOOKS: lambda: place_in(config.books_folder, content.books),
            PERIOD: lambda: content.period and parse_period(content.period),
            DOCUMENTS: lambda: content.documents and place_in(config.books_folder, content.documents),
            BUDGET: lambda: content.budget and parse_budget(content.budget),
        }
        problems = {} if content.channel else {CHANNEL: "Choose the channel in which the audit is shown."}
        for field, check in checks.items():
            try:
                check()
            except AuditAgentError as error:
                problems[field] = str(error)
        return problems
