"""The app's manifest: everything an administrator must allow, taken from what the code uses."""

from typing import Any

from audit_agent.slack.api import SCOPES
from audit_agent.slack.names import APP_HOME_OPENED, COMMAND

EVENTS = (APP_HOME_OPENED,)
COMMAND_SCOPE = "commands"
PATH = "/slack/events"


def scopes() -> list[str]:
    """The bot scopes of every method we call, and of having a command."""
    return sorted({scope for needed in SCOPES.values() for scope in needed} | {COMMAND_SCOPE})


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP where `url` says where this deployment is reached."""
    address = {"url": f"{url.rstrip('/')}{PATH}"} if url else {}
    request_url = {"request_url": address["url"]} if url else {}
    command = {
        "command": COMMAND,
        **address,
        "description": "Start, follow and decide audits",
        "usage_hint": "help | start | status ID | list | reviews | report ID | cancel ID | schedule list"
        " | delegate @user FROM TO",
        "should_escape": True,
    }
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {"name": "Audit Agent", "description": "Audits, and the decisions they wait for"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "audit-agent", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }
