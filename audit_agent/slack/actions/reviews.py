"""Buttons of a review's message."""

import asyncio

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.review import Outcome, Review, Verdict
from audit_agent.slack.actions.opening import open_modal
from audit_agent.slack.blocks.modals import details_modal, reason_modal
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import Asked, Page, Shown, ToDecide
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, click_of, content_in, person_in, value_in
from audit_agent.slack.settle import settle, take
from audit_agent.slack.subjects import Item, items_of
from audit_agent.slack.tell import tell
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_words import ClickKind


class ReviewButtons:
    """Approve and Undo act at once; the others open a modal first."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def approve(self, ack: AsyncAck, body: Body) -> None:
        """Approve exactly what the message shows."""
        await self._decide(ack, body, Verdict.APPROVE)

    async def approve_with_reason(self, ack: AsyncAck, body: Body) -> None:
        """Ask why, because the policy wants approvals to have a reason."""
        await self._ask(ack, body, Verdict.APPROVE)

    async def undo(self, ack: AsyncAck, body: Body) -> None:
        """Take back one's own decision."""
        await self._decide(ack, body, Verdict.UNDO)

    async def request_changes(self, ack: AsyncAck, body: Body) -> None:
        """Ask what should change."""
        await self._ask(ack, body, Verdict.REQUEST_CHANGES)

    async def reject(self, ack: AsyncAck, body: Body) -> None:
        """Ask why."""
        await self._ask(ack, body, Verdict.REJECT)

    async def details(self, ack: AsyncAck, body: Body) -> None:
        """Show everything there is to decide on."""
        shown = content_in(Shown, value_in(body))
        await ack()
        if found := await self._find(body, shown):
            await open_modal(self._office, body, details_modal(found[0], found[1], Page(shown=shown, number=0)))

    async def turn_page(self, ack: AsyncAck, body: Body) -> None:
        """Show another page of it."""
        page = content_in(Page, value_in(body))
        await ack()
        if found := await self._find(body, page.shown):
            view = details_modal(found[0], found[1], page)
            await self._office.api.call("views.update", view_id=body["view"]["id"], view=view)

    async def _decide(self, ack: AsyncAck, body: Body, verdict: Verdict) -> None:
        content = ToDecide(shown=content_in(Shown, value_in(body)), verdict=verdict)
        click = click_of(body, ClickKind.DECIDE, content, self._office.clock())
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)

    async def _ask(self, ack: AsyncAck, body: Body, verdict: Verdict) -> None:
        shown = content_in(Shown, value_in(body))
        await ack()
        found = await self._find(body, shown)
        if found is None:
            return
        if found[2] is not None:
            text = f"Too late: this review is already {found[2].value}."
            await tell(self._office.api, person_in(body), channel_in(body), text)
            return
        asked = Asked(shown=shown, verdict=verdict, channel=channel_in(body))
        await open_modal(self._office, body, reason_modal(found[0], asked, found[1]))

    async def _find(self, body: Body, shown: Shown) -> tuple[Review, tuple[Item, ...], Outcome | None] | None:
        """The review, its items and its outcome; where it is gone, whoever clicked is told."""
        try:
            return await asyncio.to_thread(self._look, shown)
        except NotFoundError as error:
            await tell(self._office.api, person_in(body), channel_in(body), escape(error.message))
            return None

    def _look(self, shown: Shown) -> tuple[Review, tuple[Item, ...], Outcome | None]:
        reviews = Reviews(self._office.database)
        review = reviews.review(shown.review)
        try:
            items = items_of(self._office.evidence, review.gate, shown.subject)
        except NotFoundError as error:
            # Evidence that cannot be read here keeps nobody from deciding; Details says that it is not there.
            items = (Item("What is to be decided cannot be read here", error.message),)
        return review, items, reviews.outcome(review.id)
