"""The app's Home: what one person may decide, what they are asked, and the audits they follow."""

import asyncio

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.ids import Person
from audit_agent.domain.policy import ANYONE
from audit_agent.domain.review import Review
from audit_agent.slack.blocks.lists import home_view
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body
from audit_agent.slack.people import member_of, person_of
from audit_agent.store.delegations import Delegations
from audit_agent.store.requests import EvidenceRequests
from audit_agent.store.reviews import Reviews
from audit_agent.store.slack_messages import SlackMessages
from audit_agent.store.summaries import list_audits

LOOKED_AT = 1_000


class Home:
    """Published each time somebody opens it, so it is never older than their look."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def opened(self, ack: AsyncAck, body: Body) -> None:
        """Publish the Home of whoever opened it."""
        await ack()
        event = body["event"]
        if event.get("tab", "home") == "home" and event.get("user"):
            await self.publish(person_of(str(body["team_id"]), str(event["user"])))

    async def publish(self, person: Person) -> None:
        """Publish one person's Home."""
        member = member_of(person)
        if member is None:
            return
        view = await asyncio.to_thread(self._view, person)
        await self._office.api.call("views.publish", user_id=member.user, view=view)

    def _view(self, person: Person) -> dict[str, object]:
        reviews = Reviews(self._office.database).open_reviews()
        mine = [one for one in reviews if _may_concern(one, person)]
        followed = set(SlackMessages(self._office.database).followed_by(person))
        audits = list_audits(self._office.database, LOOKED_AT)
        mentioned = [one for one in audits if one.id in followed or one.requester == person]
        now = self._office.clock()
        delegations = [
            one
            for one in Delegations(self._office.database).all()
            if person in (one.delegator, one.delegate) and one.withdrawn_at is None and one.ends_at > now
        ]
        stood_in_for = {one.delegator for one in delegations if one.delegate == person and one.in_force(now)}
        open_requests = EvidenceRequests(self._office.database).open_requests()
        asked = [one for one in open_requests if one.request.owner in {person, *stood_in_for}]
        return home_view(mine, asked, mentioned, delegations)


def _may_concern(review: Review, person: Person) -> bool:
    """Whether somebody may be among those who decide. Roles and groups are looked up when they do, not for a list."""
    circle = review.policy.circle(0)
    return ANYONE in circle.people or person in circle.people or bool(circle.roles or circle.user_groups)
