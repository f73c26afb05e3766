"""Telling one person something, where they are or by direct message."""

from collections.abc import Sequence

from audit_agent.domain.ids import Person
from audit_agent.slack.api import SlackApi
from audit_agent.slack.blocks.text import Block, escape, name
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.people import member_of


async def tell(api: SlackApi, person: Person, channel: str, text: str, blocks: Sequence[Block] = ()) -> None:
    """Tell somebody something nobody else sees; `text` is mrkdwn and escaped.

    Raises SlackRefusedError, SlackBusyError or SlackAwayError when they could not be told in any way.
    """
    member = member_of(person)
    if member is None:
        return
    content = {"text": text, "blocks": list(blocks) or None}
    if channel:
        try:
            await api.call("chat.postEphemeral", channel=channel, user=member.user, **content)
            return
        except SlackRefusedError:
            # The app or the person is not in that channel; a direct message reaches them all the same.
            pass
    # Slack would open links in it to show what is there.
    silent = {"unfurl_links": False, "unfurl_media": False}
    await api.call("chat.postMessage", channel=await direct(api, member.user), **silent, **content)


async def direct(api: SlackApi, user: str) -> str:
    """The channel of direct messages between the app and a user."""
    opened = await api.call("conversations.open", users=user)
    return str(opened["channel"]["id"])


def with_names(message: str, *people: Person) -> str:
    """A message of ours as mrkdwn, with the people named in it shown as Slack shows people."""
    text = escape(message)
    for person in people:
        text = text.replace(escape(person), name(person))
    return text
