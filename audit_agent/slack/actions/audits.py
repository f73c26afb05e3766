"""Buttons of an audit's card."""

import asyncio

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import AuditId
from audit_agent.slack.blocks.lists import standing_blocks
from audit_agent.slack.blocks.modals import showing_modal
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import ToFollow
from audit_agent.slack.names import Modal
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, click_of, person_in, value_in
from audit_agent.slack.settle import settle, take
from audit_agent.slack.tell import tell
from audit_agent.store.reading import audit_status
from audit_agent.store.slack_words import ClickKind


class AuditButtons:
    """What can be done with an audit at any time."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def status(self, ack: AsyncAck, body: Body) -> None:
        """Show every step."""
        await ack()
        audit = AuditId(value_in(body))
        try:
            status = await asyncio.to_thread(audit_status, self._office.database, audit)
        except NotFoundError as error:
            await tell(self._office.api, person_in(body), channel_in(body), escape(error.message))
            return
        view = showing_modal(Modal.STATUS, audit, standing_blocks(status))
        await self._office.api.call("views.open", trigger_id=body.get("trigger_id", ""), view=view)

    async def follow(self, ack: AsyncAck, body: Body) -> None:
        """Show the audit in the person's Home from here on."""
        content = ToFollow(audit=AuditId(value_in(body)))
        click = click_of(body, ClickKind.FOLLOW, content, self._office.clock())
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)
