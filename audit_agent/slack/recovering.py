"""What a process that died between doing something in Slack and noting it left there."""

from audit_agent.slack.api import SlackApi
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.store.slack_messages import Posted

METADATA = "audit_agent_message"


async def found_message(api: SlackApi, posted: Posted, thread: str | None) -> str | None:
    """The message, if Slack has it; raises SlackBusyError, SlackAwayError."""
    about = {
        "channel": posted.channel,
        "oldest": f"{posted.reserved_at.timestamp() - 5:.6f}",
        "limit": 100,
        "include_all_metadata": "true",
    }
    try:
        if thread is None:
            answer = await api.ask("conversations.history", **about)
        else:
            answer = await api.ask("conversations.replies", ts=thread, **about)
    except SlackRefusedError:
        # An app that may not read the channel posts once more rather than never.
        return None
    for message in answer.get("messages") or []:
        if ((message.get("metadata") or {}).get("event_payload") or {}).get("key") == posted.key:
            return str(message["ts"])
    return None


async def is_shared(api: SlackApi, file: str) -> bool:
    """Whether Slack has shared a file; one that it has not is deleted. Raises SlackBusyError, SlackAwayError."""
    try:
        answer = await api.ask("files.info", file=file)
        if any((answer["file"].get("shares") or {}).values()):
            return True
        # Slack can promise to share a file and do so later; by then there would be another one.
        await api.call("files.delete", file=file)
    except SlackRefusedError:
        # Slack knows no such file; or an app that may not look shares once more rather than never.
        return False
    return False
