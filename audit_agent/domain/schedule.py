"""Schedules: which audit is made again and again, when, and which period each one covers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person
from audit_agent.domain.period import Period
from audit_agent.domain.plain_schedule import Recurrence, check_cron, check_zone, parse_plain
from audit_agent.domain.record import Record

DEFAULT_CATCH_UP = timedelta(days=7)


class ScheduleInvalidError(BadInputError):
    """A schedule's definition has a field that is unknown, missing or wrong."""


class PeriodRule(StrEnum):
    """Which period an audit covers, counted from the day it was scheduled for."""

    PREVIOUS_MONTH = "previous-month"
    PREVIOUS_QUARTER = "previous-quarter"
    PREVIOUS_YEAR = "previous-year"
    MONTH_TO_DATE = "month-to-date"
    """The first of the month to the scheduled day, both included."""


class Overlap(StrEnum):
    """What happens when an audit is due while the last one of the same schedule still runs.

    A running audit is never ended by a clock: what people decided in it would be lost.
    """

    ALLOW_ALL = "allow_all"
    """They run beside each other; no period goes without its audit."""
    BUFFER_ALL = "buffer_all"
    """Each waits for the one before."""
    BUFFER_ONE = "buffer_one"
    """One waits; further ones are left out."""
    SKIP = "skip"
    """It is left out."""


def period_for(rule: PeriodRule, day: date) -> Period:
    """The period that rule names on a day.

    `day` is the scheduled one in the schedule's time zone, so a late run and a backfill cover what was meant.
    """
    month = day.replace(day=1)
    match rule:
        case PeriodRule.MONTH_TO_DATE:
            return Period(start=month, end=day)
        case PeriodRule.PREVIOUS_MONTH:
            end = month - timedelta(days=1)
            return Period(start=end.replace(day=1), end=end)
        case PeriodRule.PREVIOUS_QUARTER:
            end = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - timedelta(days=1)
            return Period(start=date(end.year, end.month - 2, 1), end=end)
        case PeriodRule.PREVIOUS_YEAR:
            return Period(start=date(day.year - 1, 1, 1), end=date(day.year - 1, 12, 31))


def _absolute(path: str) -> str:
    # Relative paths would mean different files to the deployments that share a definition, and to the workers.
    if not PurePath(path).is_absolute():
        raise ValueError(f"{path!r} must be an absolute path")
    return path


WorkerPath = Annotated[str, Field(min_length=1), AfterValidator(_absolute)]
"""Absolute path of something the workers can read."""


def _documents(text: str) -> str:
    return text if text.startswith(("s3://", "column:")) else _absolute(text)


DocumentsPath = Annotated[str, Field(min_length=1), AfterValidator(_documents)]
"""Documents that the workers can read."""


class ScheduleDefinition(Record):
    """One schedule: what to audit, when, and how. Program and policy are read anew for each audit."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    program: str = Field(min_length=1)
    """Name of a programme, or absolute path of its file."""
    books: WorkerPath
    mapping: WorkerPath | None = None
    documents: DocumentsPath | None = None
    """Absolute path or pattern of documents, `s3://bucket/prefix`, or `column:TABLE.COLUMN` of the books."""
    period: PeriodRule
    budget: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    """US dollars for the model calls of each audit; None for no limit."""
    policy: WorkerPath | None = None
    """The policy file; None for the installation's."""
    channel: str | None = Field(default=None, min_length=1, max_length=80)
    """The Slack channel each audit reports to."""
    when: str | None = None
    """In plain words, such as `monthly on business day 3 at 07:00 Europe/Berlin`."""
    cron: str | None = None
    """Five to seven fields, instead of `when`; needs `time_zone`."""
    time_zone: str | None = None
    """IANA name; may stand in `when` instead."""
    holidays: str | None = None
    """Country, or country and subdivision (`DE`, `DE-BY`), whose public holidays are no business days."""
    overlap: Overlap = Overlap.ALLOW_ALL
    catch_up: timedelta = Field(default=DEFAULT_CATCH_UP, ge=timedelta(minutes=1), le=timedelta(days=366))
    """How late an audit may begin when the server was away at the scheduled time."""
    requester: Person | None = None
    """In whose name audits are asked for; None for the schedule itself, which may then not approve anything."""

    @model_validator(mode="after")
    def _is_due_some_time(self) -> "ScheduleDefinition":
        if (self.when is None) == (self.cron is None):
            raise ValueError("give either `when` in plain words or `cron`")
        if self.cron is not None:
            check_cron(self.cron)
        if self.time_zone is not None:
            check_zone(self.time_zone)
        recurrence = self.recurrence
        named = recurrence.time_zone if recurrence else None
        if named is None and self.time_zone is None:
            raise ValueError("no time zone: write one such as Europe/Berlin after the time, or as `time_zone`")
        if named and self.time_zone and named != self.time_zone:
            raise ValueError(f"`when` names the time zone {named} and `time_zone` {self.time_zone}")
        if recurrence and recurrence.skipped_in(self.zone):
            raise ValueError(
                f"{recurrence.hour:02}:{recurrence.minute:02} is skipped in {self.zone} when clocks go forward; "
                "choose another time, or a day would have no audit"
            )
        if self.holidays is not None and not (recurrence and recurrence.business):
            raise ValueError("`holidays` matters for business days only, and `when` names none")
        return self

    @property
    def recurrence(self) -> Recurrence | None:
        """The plain words, understood; None for cron."""
        return parse_plain(self.when) if self.when is not None else None

    @property
    def zone(self) -> str:
        """The time zone the schedule counts in."""
        recurrence = self.recurrence
        return self.time_zone or (recurrence.time_zone if recurrence else None) or "UTC"

    @property
    def asks(self) -> Person:
        """In whose name audits are asked for."""
        return self.requester or Person(f"schedule:{self.name}")

    def period_at(self, scheduled_at: datetime) -> Period:
        """The period of the audit scheduled for that instant."""
        return period_for(self.period, scheduled_at.astimezone(check_zone(self.zone)).date())


def read_definition(fields: Mapping[str, Any]) -> ScheduleDefinition:
    """A definition from its fields; raises ScheduleInvalidError naming every one that is wrong."""
    try:
        return ScheduleDefinition.model_validate(fields)
    except ValidationError as error:
        problems = "; ".join(_worded(problem) for problem in error.errors())
        raise ScheduleInvalidError(
            f"The schedule {fields.get('name', 'without a name')} cannot be used: {problems}.",
            "Mend the fields named; `audit-agent schedule create --help` explains each.",
        ) from error


def _worded(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    told = "unknown field" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
    return f"{where}: {told}" if where else told
