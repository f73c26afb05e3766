"""Buttons."""

from collections.abc import Awaitable, Callable, Mapping

from audit_agent.slack.actions.audits import AuditButtons
from audit_agent.slack.actions.requests import RequestButtons
from audit_agent.slack.actions.reviews import ReviewButtons
from audit_agent.slack.names import Action
from audit_agent.slack.office import Office

Listener = Callable[..., Awaitable[None]]


def actions(office: Office) -> Mapping[Action, Listener]:
    """The listener of each button."""
    review, audit, request = ReviewButtons(office), AuditButtons(office), RequestButtons(office)
    return {
        Action.APPROVE: review.approve,
        Action.APPROVE_WITH_REASON: review.approve_with_reason,
        Action.REQUEST_CHANGES: review.request_changes,
        Action.REJECT: review.reject,
        Action.UNDO: review.undo,
        Action.DETAILS: review.details,
        Action.DETAILS_PAGE_BACK: review.turn_page,
        Action.DETAILS_PAGE_ON: review.turn_page,
        Action.STATUS: audit.status,
        Action.FOLLOW: audit.follow,
        Action.ANSWER: request.answer,
    }
