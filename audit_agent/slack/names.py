"""The names by which Slack tells us which button, modal or command was used."""

from enum import StrEnum

COMMAND = "/audit"
APP_HOME_OPENED = "app_home_opened"


class Action(StrEnum):
    """Buttons."""

    APPROVE = "review_approve"
    APPROVE_WITH_REASON = "review_approve_with_reason"
    REQUEST_CHANGES = "review_request_changes"
    REJECT = "review_reject"
    DETAILS = "review_details"
    DETAILS_PAGE_BACK = "review_details_back"
    DETAILS_PAGE_ON = "review_details_on"
    STATUS = "audit_status"
    FOLLOW = "audit_follow"
    UNDO = "review_undo"
    ANSWER = "request_answer"


class Modal(StrEnum):
    """Modals."""

    REASON = "review_reason"
    DETAILS = "review_details"
    START = "audit_start"
    CANCEL = "audit_cancel"
    STATUS = "audit_status"
    ANSWER = "request_answer"


SUBMITTED = (Modal.REASON, Modal.START, Modal.CANCEL, Modal.ANSWER)
"""Modals that can be submitted; the others only show something."""
