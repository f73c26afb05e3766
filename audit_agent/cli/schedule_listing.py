"""How the terminal shows schedules."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.text import Text

from audit_agent.cli.printing import console, moment, phase_style, span, table
from audit_agent.domain.schedule import ScheduleDefinition
from audit_agent.handoff.schedules import ScheduleStatus
from audit_agent.store.summaries import AuditSummary

_NEXT_SHOWN = 5


def as_data(status: ScheduleStatus) -> dict[str, Any]:
    """A schedule as data for programs."""
    return {
        **status.standing.model_dump(mode="json"),
        "audits": [one.model_dump(mode="json") for one in status.audits],
        "without_audit": [{**run.model_dump(mode="json"), "outcome": outcome} for run, outcome in status.without_audit],
    }


def print_list(found: Iterable[ScheduleStatus]) -> None:
    """Print every schedule in a line."""
    lines = table("Schedule", "Programme", "Period", "When", "Next run", "Last run", "Last audit")
    for status in found:
        standing, definition = status.standing, status.standing.definition
        upcoming = Text("paused", style="yellow") if standing.paused else Text(_first(standing.next_runs))
        last = _first([run.scheduled_at for run in standing.last_runs])
        lines.add_row(
            *(definition.name, definition.program, definition.period.value, _when(definition), upcoming, last),
            _made_last(status),
        )
    if lines.row_count:
        console().print(lines)
    else:
        console().print("There are no schedules. Make one with: audit-agent schedule create --help")


def print_one(status: ScheduleStatus) -> None:
    """Print everything about one schedule."""
    out, standing = console(), status.standing
    definition = standing.definition
    out.print(f"{definition.name}  {definition.program}, {definition.period.value}, {_when(definition)}", style="bold")
    if standing.paused:
        out.print("  Paused", style="yellow")
    if standing.note:
        out.print(f"  Note: {standing.note}")
    for label, value in _details(definition):
        out.print(f"  {label}: {value}", style="dim")
    if standing.missed or standing.left_out:
        out.print(
            f"  {standing.missed} times missed for longer than the catch-up window; "
            f"{standing.left_out} left out because an audit was running.", style="yellow"
        )  # fmt: skip
    for instant in standing.next_runs[:_NEXT_SHOWN]:
        out.print(f"  Due {moment(instant)}, for {definition.period_at(instant)}")
    _print_runs(status)


def _print_runs(status: ScheduleStatus) -> None:
    rows = {audit.scheduled_at: (str(audit.id), str(audit.period), _phase(audit)) for audit in status.audits}
    rows |= {run.scheduled_at: ("none", "", Text(told, style="red")) for run, told in status.without_audit}
    lines = table("Scheduled for", "Audit", "Period", "Stands at")
    for instant in sorted((at for at in rows if at is not None), reverse=True):
        lines.add_row(moment(instant), *rows[instant])
    if lines.row_count:
        console().print(lines)


def _made_last(status: ScheduleStatus) -> Text:
    """The audit of the last run; not the one scheduled last, which a backfill leaves as it is."""
    if not status.standing.last_runs:
        return Text()
    last = status.standing.last_runs[0]
    for run, told in status.without_audit:
        if run == last:
            return Text(told, style="red")
    at = last.scheduled_at.replace(microsecond=0)
    audit = next(audit for audit in status.audits if audit.scheduled_at == at)
    return Text(f"{audit.id} ").append(_phase(audit))


def _phase(audit: AuditSummary) -> Text:
    return Text(audit.phase.value, style=phase_style(audit.phase))


def _details(definition: ScheduleDefinition) -> Iterable[tuple[str, object]]:
    yield "Books", definition.books
    for label in ("mapping", "documents", "policy", "channel", "holidays"):
        if (value := getattr(definition, label)) is not None:
            yield label.capitalize(), value
    yield "Budget", f"USD {definition.budget}" if definition.budget else "none set"
    yield "Asked for by", definition.asks
    yield "While one runs", definition.overlap.value
    yield "May begin late by", span(definition.catch_up)


def _when(definition: ScheduleDefinition) -> str:
    if definition.when is None:
        return f"cron {definition.cron} {definition.zone}"
    return definition.when if definition.time_zone is None else f"{definition.when} ({definition.time_zone})"


def _first(instants: "Iterable[datetime]") -> str:
    return next((moment(one) for one in instants), "")
