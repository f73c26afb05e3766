"""What people do in the workspace, as Slack delivers it."""

import json
import time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from audit_agent.slack.names import COMMAND
from audit_agent.slack.rehearsal.workspace import TEAM, Said, Workspace
from audit_agent.slack.signature import sign

FORM = "application/x-www-form-urlencoded"


class Delivery(NamedTuple):
    """One signed request."""

    body: bytes
    headers: dict[str, str]


def signed(body: bytes, secret: str, content_type: str = FORM, at: float | None = None) -> Delivery:
    """The body as Slack signs it."""
    timestamp = str(int(time.time() if at is None else at))
    headers = {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": sign(secret, timestamp, body),
    }
    return Delivery(body, headers)


def interaction(payload: dict[str, Any], secret: str) -> Delivery:
    """A click or a submitted modal."""
    return signed(urlencode({"payload": json.dumps(payload)}).encode(), secret)


def button_of(blocks: list[dict[str, Any]], action: str) -> dict[str, Any]:
    """The button of that action; raises LookupError where there is none."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if element.get("action_id") == action:
                found: dict[str, Any] = element
                return found
    raise LookupError(f"there is no button {action}")


def press(workspace: Workspace, said: Said, action: str, user: str, team: str = TEAM) -> dict[str, Any]:
    """The payload of somebody pressing a button of a message."""
    button = button_of(said.blocks, action)
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "rehearsal"},
        "user": {"id": user, "username": user.lower(), "team_id": team},
        "channel": {"id": said.channel, "name": "audits"},
        "container": {"type": "message", "message_ts": said.ts, "channel_id": said.channel},
        "trigger_id": workspace.trigger(),
        "actions": [
            {
                "type": "button",
                "action_id": action,
                "block_id": "b",
                "value": button.get("value", ""),
                "action_ts": f"{time.time():.6f}{uuid4().hex[:4]}",
            }
        ],
    }


def press_in_view(workspace: Workspace, view: dict[str, Any], action: str, user: str) -> dict[str, Any]:
    """The payload of somebody pressing a button of a modal or of the Home."""
    button = button_of(view["blocks"], action)
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "container": {"type": "view", "view_id": view.get("id", "")},
        "view": {"id": view.get("id", ""), "callback_id": view.get("callback_id", "")},
        "trigger_id": workspace.trigger(),
        "actions": [
            {
                "type": "button",
                "action_id": action,
                "block_id": "b",
                "value": button.get("value", ""),
                "action_ts": f"{time.time():.6f}{uuid4().hex[:4]}",
            }
        ],
    }


def submission(view: dict[str, Any], values: dict[str, Any], user: str) -> dict[str, Any]:
    """The payload of somebody submitting a modal; texts, or what Slack puts into the state of other inputs."""
    state = {
        block: {block: {"type": "plain_text_input", "value": value} if isinstance(value, str) else value}
        for block, value in values.items()
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "trigger_id": uuid4().hex,
        "view": {
            "id": view["id"],
            "type": "modal",
            "callback_id": view["callback_id"],
            "private_metadata": view.get("private_metadata", ""),
            "state": {"values": state},
        },
    }


def command(workspace: Workspace, text: str, user: str, channel: str) -> dict[str, str]:
    """The fields of somebody using the slash command."""
    return {
        "command": COMMAND,
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "channel_id": channel,
        "trigger_id": workspace.trigger(),
        "response_url": "",
    }


def home_opened(user: str) -> dict[str, Any]:
    """The event of somebody opening the app's Home."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{uuid4().hex[:8]}",
        "event": {"type": "app_home_opened", "user": user, "tab": "home"},
    }
