"""The one registration of every listener, for HTTP and Socket Mode alike."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from audit_agent.slack.actions import actions
from audit_agent.slack.boundary import guarded
from audit_agent.slack.commands.asked import Subcommand
from audit_agent.slack.commands.audit import AuditCommand
from audit_agent.slack.events.home import Home
from audit_agent.slack.names import APP_HOME_OPENED, COMMAND
from audit_agent.slack.office import Office
from audit_agent.slack.quiet import quiet_logger
from audit_agent.slack.views import views


def slack_app(office: Office, subcommands: Mapping[str, Subcommand] | None = None) -> AsyncApp:
    """The app with every listener; `subcommands` are words of `/audit` that live elsewhere.

    Signatures are not its business: `SlackEndpoint` checks them before anything is parsed, and a socket is ours.
    """
    app = _bolt(office)
    app.command(COMMAND)(guarded(office, AuditCommand(office, subcommands).used))
    for action, pressed in actions(office).items():
        app.action(action.value)(guarded(office, pressed))
    for modal, submitted in views(office).items():
        app.view(modal.value)(guarded(office, submitted))
    app.event(APP_HOME_OPENED)(guarded(office, Home(office).opened))
    return app


def _bolt(office: Office) -> AsyncApp:
    logger = quiet_logger()
    # It warns that a token in the environment is not used beside `authorize`, as it should not be.
    logger.setLevel(logging.ERROR)
    try:
        return AsyncApp(
            logger=logger,
            authorize=_authorization(office),
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
    finally:
        logger.setLevel(logging.WARNING)


def _authorization(office: Office) -> Callable[..., Awaitable[AuthorizeResult]]:
    """One workspace with one token: Bolt's own way asks Slack about it before every first acknowledgement."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=office.config.team,
            bot_user_id=office.config.bot_user,
            bot_token=office.api.client.token,
        )

    return authorize
