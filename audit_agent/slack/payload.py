"""What listeners need of Slack's payloads, which have passed `inbound` or come over our own socket."""

from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from audit_agent.domain.ids import Person
from audit_agent.domain.record import Record
from audit_agent.slack.inbound import MalformedRequestError
from audit_agent.slack.people import person_of
from audit_agent.store.clicks import Click
from audit_agent.store.slack_words import ClickKind

Body = dict[str, Any]
Content = TypeVar("Content", bound=Record)


def person_in(body: Body) -> Person:
    """Who clicked, by the workspace they belong to: in a shared channel that is not always ours."""
    if "user_id" in body:
        return person_of(str(body["team_id"]), str(body["user_id"]))
    if "event" in body:
        return person_of(str(body["team_id"]), str(body["event"].get("user")))
    user, team = body["user"], body.get("team") or {}
    return person_of(str(user.get("team_id") or team.get("id") or "UNKNOWN"), str(user["id"]))


def channel_in(body: Body) -> str:
    """Where it was clicked; empty in modals and the Home."""
    channel = body.get("channel")
    if isinstance(channel, dict):
        return str(channel.get("id") or "")
    return str((body.get("container") or {}).get("channel_id") or body.get("channel_id") or "")


def key_of(body: Body) -> str:
    """What names this click, however often it is delivered."""
    person = person_in(body)
    if body.get("type") == "view_submission":
        return f"view/{person}/{body['view']['id']}"
    if "command" in body:
        return f"command/{person}/{body.get('trigger_id', '')}"
    action = body["actions"][0]
    message = (body.get("container") or {}).get("message_ts") or (body.get("view") or {}).get("id") or ""
    return f"action/{person}/{message}/{action['action_id']}/{action.get('action_ts') or body.get('trigger_id', '')}"


def value_in(body: Body) -> str:
    """The value of the button that was pressed."""
    return str(body["actions"][0].get("value") or "")


def click_of(body: Body, kind: ClickKind, content: Record, at: datetime, channel: str | None = None) -> Click:
    """The click to keep."""
    return Click(
        key=key_of(body),
        kind=kind,
        person=person_in(body),
        channel=channel_in(body) if channel is None else channel,
        content=content.model_dump_json(),
        received_at=at,
    )


def content_in(kind: type[Content], text: str) -> Content:
    """What we put into a button or modal, come back; raises MalformedRequestError for what we did not put there."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise MalformedRequestError("The request does not carry what our buttons carry.") from error
