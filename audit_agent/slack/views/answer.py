"""The modal that takes the answer to an evidence request."""

from slack_bolt.async_app import AsyncAck

from audit_agent.slack.blocks.modals import file_of, value_of
from audit_agent.slack.blocks.request import FILE, TEXT
from audit_agent.slack.contents import Asking, ToAnswer
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, click_of, content_in
from audit_agent.slack.settle import settle, take
from audit_agent.store.slack_words import ClickKind

NOT_EMPTY = "Write an answer or give a file."


class AnswerModal:
    """An answer in text, a file, or both."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def submitted(self, ack: AsyncAck, body: Body) -> None:
        """Keep the answer and hand it in; an empty one is refused in the modal itself."""
        view = body["view"]
        asking = content_in(Asking, view.get("private_metadata", ""))
        content = ToAnswer(request=asking.request, text=value_of(view, TEXT), file=file_of(view, FILE))
        if not content.text and not content.file:
            await ack(response_action="errors", errors={TEXT: NOT_EMPTY})
            return
        click = click_of(body, ClickKind.ANSWER, content, self._office.clock(), channel="")
        is_ours = await take(self._office, click)
        await ack()
        if is_ours:
            await settle(self._office, click)
