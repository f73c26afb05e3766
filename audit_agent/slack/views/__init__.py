"""Submitted modals."""

from collections.abc import Awaitable, Callable, Mapping

from audit_agent.slack.names import Modal
from audit_agent.slack.office import Office
from audit_agent.slack.views.answer import AnswerModal
from audit_agent.slack.views.audits import AuditModals
from audit_agent.slack.views.reason import ReasonModal

Listener = Callable[..., Awaitable[None]]


def views(office: Office) -> Mapping[Modal, Listener]:
    """The listener of each modal that can be submitted."""
    audits = AuditModals(office)
    return {
        Modal.REASON: ReasonModal(office).submitted,
        Modal.START: audits.start_submitted,
        Modal.CANCEL: audits.cancel_submitted,
        Modal.ANSWER: AnswerModal(office).submitted,
    }
