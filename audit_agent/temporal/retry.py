"""Retry policies by name, and why each is as it is. Pure: workflows import it."""

from datetime import timedelta

from temporalio.common import RetryPolicy

NEVER = (
    "BadInputError",
    "NotFoundError",
    "RefusedError",
)
"""Error types that no retry mends. Activities raise them with these names (`activities.implement`)."""

DATABASE = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=0,
    non_retryable_error_types=NEVER,
)
"""A database that is away comes back; an audit that waits days for people can wait for it too."""

COMPUTE = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=20),
    maximum_attempts=200,
    non_retryable_error_types=NEVER,
)
"""A worker that dies costs every step it had in hand an attempt, and machines die in rows; an hour outlasts a full disk
or a bad deployment. An error that persists longer is in the computation, and more tries would not help. Meanwhile
surfaces show what fails, and people can cancel."""

MODEL = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=2),
    maximum_attempts=40,
    non_retryable_error_types=NEVER,
)
"""Model services are busy for minutes, sometimes an hour; Retry-After overrides the interval."""

PAGE = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=2),
    maximum_attempts=40,
    non_retryable_error_types=NEVER,
)
"""A page of documents is tried again soon when its worker died, later and later when the model service is busy."""

COMPENSATION = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=1),
    maximum_attempts=8,
)
"""Undoing is tried for a few minutes, whatever the error; then a person is asked."""
