"""The shape of what Slack sends, checked before anything else looks at it. Bolt answers a wrong shape with 500."""

import json
from typing import Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit_agent.domain.errors import BadInputError


class MalformedRequestError(BadInputError):
    """A signed request has no shape of Slack's."""


class _Lenient(BaseModel):
    """Slack adds fields at any time."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Named(_Lenient):
    id: str = Field(min_length=1, max_length=64)


class _User(_Named):
    team_id: str | None = None


class _Action(_Lenient):
    action_id: str = Field(min_length=1, max_length=255)
    block_id: str | None = None
    type: str
    action_ts: str = ""
    value: str | None = None


class _Container(_Lenient):
    channel_id: str | None = None
    message_ts: str | None = None


class _State(_Lenient):
    values: dict[str, dict[str, dict[str, Any]]] = {}


class _View(_Lenient):
    id: str
    type: str = "modal"
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None
    team_id: str | None = None
    app_installed_team_id: str | None = None


class _Response(_Lenient):
    response_url: str
    channel_id: str | None = None


class _Interaction(_Lenient):
    team: _Named | None = None
    enterprise: _Named | None = None
    user: _User
    channel: _Named | None = None
    is_enterprise_install: bool | str | None = None
    response_url: str | None = None
    response_urls: list[_Response] | None = None
    message: dict[str, Any] | None = None


class ButtonClick(_Interaction):
    """A button was pressed."""

    type: Literal["block_actions"]
    trigger_id: str = Field("", max_length=200)
    actions: list[_Action] = Field(min_length=1)
    container: _Container | None = None
    view: _View | None = None


class Submission(_Interaction):
    """A modal was submitted or closed."""

    type: Literal["view_submission", "view_closed"]
    view: _View


class Event(_Lenient):
    """Something happened in the workspace."""

    type: Literal["event_callback"]
    team_id: str
    event_id: str
    event: dict[str, Any]
    authorizations: list[dict[str, Any]] | None = None
    enterprise_id: str | None = None
    is_ext_shared_channel: bool | None = None


class Challenge(_Lenient):
    """Slack asks whether this address is the app's."""

    type: Literal["url_verification"]
    challenge: str = Field(max_length=1000)


class Command(_Lenient):
    """A slash command."""

    command: str = Field(min_length=2)
    text: str = ""
    team_id: str = Field(min_length=1)
    user_id: str = Field(min_length=1)
    channel_id: str = ""
    trigger_id: str = Field("", max_length=200)
    response_url: str = ""


_KINDS: dict[str, type[_Lenient]] = {
    "block_actions": ButtonClick,
    "view_submission": Submission,
    "view_closed": Submission,
    "event_callback": Event,
    "url_verification": Challenge,
}


def parse(body: bytes, content_type: str) -> dict[str, Any]:
    """What Slack sends, as the checked shape has it and nothing else; raises MalformedRequestError."""
    try:
        content = _decode(body, content_type)
        kind = _KINDS.get(str(content.get("type"))) if "command" not in content else Command
        if kind is None:
            raise MalformedRequestError("Nothing here takes requests of that type.")
        _check_texts(content)
        parsed = kind.model_validate(content)
    except (ValidationError, ValueError, RecursionError) as error:
        raise MalformedRequestError("The request has no shape of Slack's.") from error
    if isinstance(parsed, Event):
        _check_event(parsed)
    return parsed.model_dump(exclude_none=True)


def _decode(body: bytes, content_type: str) -> dict[str, Any]:
    text = body.decode("utf-8")
    if not content_type.startswith("application/json"):
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
        if "payload" not in fields:
            return dict(fields)
        text = fields["payload"]
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content


def _check_texts(content: dict[str, Any]) -> None:
    """JSON can write texts that no database keeps: half a surrogate pair, and NUL. Raises ValueError."""
    waiting: list[Any] = [content]
    while waiting:
        match waiting.pop():
            case str(text):
                if "\0" in text:
                    raise ValueError("NUL in a text")
                text.encode("utf-8")
            case dict(fields):
                waiting += [*fields, *fields.values()]
            case list(items):
                waiting += items


def _check_event(event: Event) -> None:
    inner = event.event
    names = [inner.get(name) for name in ("type", "user", "channel", "tab")]
    if any(name is not None and not isinstance(name, str) for name in names) or not inner.get("type"):
        raise MalformedRequestError("The event has no shape of Slack's.")
    event.event = {
        name: inner[name] for name in ("type", "user", "channel", "tab", "event_ts") if isinstance(inner.get(name), str)
    }
    event.authorizations = None
