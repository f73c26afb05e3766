"""Schedules as answers to commands."""

from collections.abc import Sequence

from audit_agent.handoff.schedules import ScheduleStatus
from audit_agent.slack.blocks.text import Block, context, date, escape, fitting, header, mrkdwn, plain, section
from audit_agent.slack.names import COMMAND

USAGE = (
    "list",
    "show NAME",
    "create NAME PROGRAM BOOKS PERIOD WHEN",
    "pause NAME [NOTE]",
    "resume NAME [NOTE]",
    "trigger NAME",
    "backfill NAME FROM TO",
    "delete NAME",
)
_EXAMPLE = (
    "close general ledger previous-month monthly on business day 3 at 07:00 Europe/Berlin. More can be set on the "
    "terminal, and in a file."
)
_NEXT_SHOWN = 5


def usage_blocks() -> list[Block]:
    """What can be written after `schedule`."""
    lines = "\n".join(f"`{COMMAND} schedule {words}`" for words in USAGE)
    return [section(mrkdwn(lines)), context(plain(f"For example: {COMMAND} schedule create {_EXAMPLE}"))]


def schedules_blocks(found: Sequence[ScheduleStatus]) -> list[Block]:
    """Every schedule, with its next and last run."""
    lines = [_line(status) for status in found] or [section(plain("There are no schedules."))]
    return fitting([header("Schedules")], lines, [], "schedules")


def schedule_blocks(status: ScheduleStatus) -> list[Block]:
    """One schedule: when it is due, for which period, and what it made."""
    standing, definition = status.standing, status.standing.definition
    due = [
        context(mrkdwn(f"Due {date(at)}"), plain(f"for {definition.period_at(at)}"))
        for at in standing.next_runs[:_NEXT_SHOWN]
    ]
    made = [context(plain(f"{one.id} for {one.period}: {one.phase.value}")) for one in status.audits]
    failed = [context(mrkdwn(date(run.scheduled_at)), plain(f"no audit: {told}")) for run, told in status.without_audit]
    head = [header(definition.name), _line(status), context(plain(f"Note: {standing.note or 'none'}"))]
    return fitting(head, [*due, *failed, *made], [], "audits")


def _line(status: ScheduleStatus) -> Block:
    standing, definition = status.standing, status.standing.definition
    when = definition.when or f"cron {definition.cron} {definition.zone}"
    following = f"next {date(standing.next_runs[0])}" if standing.next_runs else "not due"
    state = "*paused*" if standing.paused else following
    last = f", last {date(standing.last_runs[0].scheduled_at)}" if standing.last_runs else ""
    told = f"*{escape(definition.name)}*  {escape(definition.program)}, {definition.period.value}\n"
    return section(mrkdwn(f"{told}{escape(when)}\n{state}{last}"))
