"""The button of an evidence request."""

import asyncio

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.errors import NotFoundError
from audit_agent.slack.actions.opening import open_modal
from audit_agent.slack.blocks.request import answer_modal
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import Asking
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, content_in, person_in, value_in
from audit_agent.slack.tell import tell
from audit_agent.store.requests import EvidenceRequests


class RequestButtons:
    """Answer opens a modal; whether the person may answer is decided when they send it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def answer(self, ack: AsyncAck, body: Body) -> None:
        """Ask for the answer, or say that it is too late for one."""
        asking = content_in(Asking, value_in(body))
        await ack()
        try:
            status = await asyncio.to_thread(EvidenceRequests(self._office.database).status, asking.request)
        except NotFoundError as error:
            await tell(self._office.api, person_in(body), channel_in(body), escape(error.message))
            return
        if status.outcome is not None:
            text = f"Too late: this request is already {status.outcome.value}."
            await tell(self._office.api, person_in(body), channel_in(body), text)
            return
        await open_modal(self._office, body, answer_modal(status))
