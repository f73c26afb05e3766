"""The modal that asks why."""

from slack_bolt.async_app import AsyncAck

from audit_agent.domain.review import Verdict
from audit_agent.slack.blocks.modals import REASON, SET_ASIDE, value_of, values_of
from audit_agent.slack.contents import Asked, ToDecide
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, click_of, content_in
from audit_agent.slack.settle import settle, take
from audit_agent.store.slack_words import ClickKind

NOT_BLANK = "Give a reason, so that others can act on it."


class ReasonModal:
    """A rejection or a request for changes, with its reason."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def submitted(self, ack: AsyncAck, body: Body) -> None:
        """Keep the decision and deliver it; a blank reason is refused in the modal itself."""
        asked = content_in(Asked, body["view"].get("private_metadata", ""))
        reason = value_of(body["view"], REASON)
        if not reason:
            await ack(response_action="errors", errors={REASON: NOT_BLANK})
            return
        content = ToDecide(shown=asked.shown, verdict=asked.verdict, reason=_reason(asked, body, reason))
        click = click_of(body, ClickKind.DECIDE, content, self._office.clock(), channel=asked.channel)
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)


def _reason(asked: Asked, body: Body, reason: str) -> str:
    """The reason in the words in which comments on findings are understood."""
    aside = values_of(body["view"], SET_ASIDE) if asked.verdict is Verdict.REQUEST_CHANGES else []
    why = " ".join(reason.replace(";", ",").split())
    return "\n".join(f"dismiss {ref}: {why}" for ref in aside) or reason
