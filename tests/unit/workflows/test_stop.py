"""Why an audit stopped, in the words of whoever knew."""

from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from audit_agent.domain.audit import Phase
from audit_agent.workflows.stop import explain


def activity_failed(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=5,
        started_event_id=6,
        identity="worker",
        activity_type="draft_plan",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = cause
    return error


def test_the_reason_is_what_the_activity_said_not_what_a_library_said_beneath_it() -> None:
    ours = ApplicationError("The key is rejected. Set another.", type="RefusedError", non_retryable=True)
    ours.__cause__ = ApplicationError("Error code: 401 - {'type': 'error'}", type="AuthenticationError")

    assert explain(activity_failed(ours)) == (Phase.FAILED, "The key is rejected. Set another.")


def test_an_error_nobody_foresaw_keeps_its_kind() -> None:
    unforeseen = ApplicationError("division by zero", type="ZeroDivisionError")

    assert explain(activity_failed(unforeseen)) == (Phase.FAILED, "ZeroDivisionError: division by zero")
