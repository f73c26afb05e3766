"""What can go wrong with a schedule in Temporal."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.service import RPCError, RPCStatusCode

from audit_agent.domain.errors import BadInputError, NotFoundError
from audit_agent.temporal.errors import TemporalUnavailableError


class ScheduleNotFoundError(NotFoundError):
    """There is no schedule of that name."""


class ScheduleExistsError(BadInputError):
    """The name belongs to another schedule."""


class ScheduleRefusedError(BadInputError):
    """Temporal cannot make times of what was written."""


@contextmanager
def in_words(name: str) -> Iterator[None]:
    """Tell what a failed call about a schedule means."""
    try:
        yield
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise ScheduleNotFoundError(
                f"There is no schedule {name}.", "`audit-agent schedule list` shows them all."
            ) from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise ScheduleRefusedError(
                f"The schedule {name} cannot be used: {error.message}.", "Mend its `cron` or `time_zone`."
            ) from error
        raise TemporalUnavailableError(
            f"Temporal did not answer about the schedule {name}: {error.message}.",
            "Start it with `audit-agent up`, or check TEMPORAL_ADDRESS with `audit-agent doctor`.",
        ) from error
