"""What can go wrong between us and Slack."""

from audit_agent.domain.errors import AuditAgentError


class SlackRefusedError(AuditAgentError):
    """Slack does not do what was asked; `code` is its word for why."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(
            f"Slack refused {method}: {code}.", "See docs/how-to/slack.md; `not_in_channel` means: invite the app."
        )
        self.code = code


class SlackBusyError(AuditAgentError):
    """Slack takes no more of these for a while."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(f"Slack takes no {method} for {seconds:g} s.")
        self.seconds = seconds


class SlackAwayError(AuditAgentError):
    """Slack cannot be reached."""


class SlackNotConfiguredError(AuditAgentError):
    """A token or secret for Slack is missing."""

    exit_code = 2
