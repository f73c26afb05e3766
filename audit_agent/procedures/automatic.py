"""Automatic users: whoever enters nearly everything while nobody works is a job, and no person to ask."""

from datetime import time

import ibis

from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Measures

LEFT_OUT = "Lines of automatic users left out"
"""The statistic: how many lines, and whose."""

_MOST_NAMED = 10


class AutomaticUsers(ParameterSet):
    """When a user counts as a job."""

    batch_share: int = parameter(
        90,
        "A user counts as automatic when at least this share of the lines entered from one source falls outside "
        "working time; such lines are counted but not listed. 0 lists them all.",
        unit="percent",
        minimum="0",
        maximum="100",
    )
    batch_lines: int = parameter(
        100,
        "With fewer lines from one source no user counts as automatic.",
        unit="lines",
        minimum="1",
        maximum="1000000000",
    )


def at_night(lines: ibis.Table, start: time, end: time) -> ibis.Value:
    """Whether a line was entered from `start` on and before `end`, over midnight when `end` is the earlier."""
    after = lines.Entered_Time >= ibis.time(start.isoformat())
    before = lines.Entered_Time < ibis.time(end.isoformat())
    return (after | before) if start > end else (after & before)


def automatic_users(lines: ibis.Table, idle: ibis.Value, parameters: AutomaticUsers) -> ibis.Table:
    """Users that are jobs, by source (`job_user`, `job_source`): `idle` tells of a line whether nobody works then.

    By source, so that what somebody enters by hand under a job's name is not left out with the job's own lines.
    """
    told = lines.select(job_user=lines.Entered_By, job_source=lines.Source.fill_null(""), job_idle=idle)
    told = told.filter(told.job_user.notnull())
    users = told.group_by("job_user", "job_source").aggregate(
        job_lines=told.count(), idle_lines=told.count(where=told.job_idle)
    )
    enough = users.job_lines >= parameters.batch_lines
    mostly = users.idle_lines * 100 >= users.job_lines * parameters.batch_share
    return users.filter(enough & mostly & ibis.literal(parameters.batch_share > 0)).select("job_user", "job_source")


def without_automatic(lines: ibis.Table, users: ibis.Table) -> ibis.Table:
    """The lines that people entered."""
    return lines.anti_join(users, _entered_by(lines, users))


def left_out(lines: ibis.Table, users: ibis.Table) -> dict[str, str]:
    """The statistic on lines that `without_automatic` leaves out: `4,792 (BATCH01 from Inventory, Payments)`."""
    found = lines.inner_join(users, _entered_by(lines, users))
    counted = found.group_by("job_user", "job_source").aggregate(number=found.count())
    rows = counted.order_by("job_user", "job_source").to_pyarrow().to_pylist()
    total = f"{sum(row['number'] for row in rows):,}"
    sources: dict[str, list[str]] = {}
    for row in rows:
        sources.setdefault(row["job_user"], []).append(row["job_source"])
    names = [_named(user, [source for source in known if source]) for user, known in sources.items()]
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return {LEFT_OUT: f"{total} ({'; '.join(names)})" if names else total}


def automatic_remark(measures: Measures, parameters: AutomaticUsers) -> str:
    """What was left out, when anything was."""
    told = measures.statistics[LEFT_OUT]
    return "" if told == "0" else f"{LEFT_OUT}: {told}."


def _entered_by(lines: ibis.Table, users: ibis.Table) -> list[ibis.Value]:
    return [lines.Entered_By == users.job_user, lines.Source.fill_null("") == users.job_source]


def _named(user: str, sources: list[str]) -> str:
    return f"{user} from {', '.join(sources)}" if sources else user
