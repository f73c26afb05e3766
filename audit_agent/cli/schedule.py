"""`audit-agent schedule`: audits that come again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from audit_agent.settings import Settings
    from audit_agent.temporal.schedules import Schedules

Answer = TypeVar("Answer")

app = typer.Typer(no_args_is_help=True, help="Audits that come again and again.")

_Name = Annotated[str, typer.Argument(metavar="NAME", help="The schedule, like monthly-close.")]
_Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
_Note = Annotated[str, typer.Option("--note", help="Why; shown with the schedule.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and hyphens.")],
    books: Annotated[Path, typer.Option("--books", help="A file or a folder the workers can read.")],
    program: Annotated[str, typer.Option("--program", help="The audit programme, by name or file.")],
    period: Annotated[
        str, typer.Option("--period", help="previous-month, previous-quarter, previous-year or month-to-date.")
    ],
    when: Annotated[
        str | None, typer.Option("--when", help="Such as 'monthly on business day 3 at 07:00 Europe/Berlin'.")
    ] = None,
    cron: Annotated[str | None, typer.Option("--cron", help="Instead of --when, such as '0 7 3 * *'.")] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help="An IANA name; needed with --cron.")] = None,
    holidays: Annotated[
        str | None, typer.Option("--holidays", help="Country whose holidays are no business days: DE, DE-BY.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="A mapping file for the books.")] = None,
    documents: Annotated[
        str | None,
        typer.Option("--documents", metavar="SET", help="Documents to compare with the books, as for `start`."),
    ] = None,
    budget: Annotated[str | None, typer.Option("--budget", metavar="USD", help="For model calls, each audit.")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="A YAML file saying who may decide what.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="The Slack channel audits report to.")] = None,
    overlap: Annotated[
        str, typer.Option("--overlap", help="While one still runs: allow_all, buffer_all, buffer_one or skip.")
    ] = "allow_all",
    catch_up: Annotated[str, typer.Option("--catch-up", help="How late an audit may begin after an outage.")] = "7d",
    requester: Annotated[
        str | None, typer.Option("--requester", help="In whose name audits are asked for. Default: the schedule.")
    ] = None,
) -> None:
    """Make a schedule. Each time it is due an ordinary audit begins."""
    from audit_agent.cli.printing import console
    from audit_agent.handoff.schedule_file import definition_from
    from audit_agent.handoff.schedules import check_references, create_schedule
    from audit_agent.settings import load_settings

    settings = load_settings()
    written: dict[str, Any] = {
        "name": name,
        "program": _absolute(Path(program)) if program.endswith((".yaml", ".yml")) else program,
        "books": _absolute(books),
        "mapping": _absolute(mapping),
        "documents": _documents(documents),
        "period": period,
        "budget": budget,
        "policy": _absolute(policy),
        "channel": channel,
        "when": when,
        "cron": cron,
        "time_zone": time_zone,
        "holidays": holidays,
        "overlap": overlap,
        "catch_up": catch_up,
        "requester": requester,
    }
    definition = definition_from(written)
    check_references(definition, settings.programs_folder)
    person = _person(settings)
    _ask(settings, lambda schedules: create_schedule(schedules, definition, person, datetime.now(UTC)))
    console().print(f"The schedule {name} is made. See when it is due: audit-agent schedule show {name}")


@app.command("list")
def list_schedules(as_json: _Json = False) -> None:
    """Every schedule, with its next and last run."""
    from audit_agent.cli.printing import print_json
    from audit_agent.cli.schedule_listing import as_data, print_list
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.schedules import schedule_statuses
    from audit_agent.settings import load_settings
    from audit_agent.store.scheduled import ScheduledAudits

    settings = load_settings()
    with open_database(settings) as database:
        made = ScheduledAudits(database)
        found = _ask(settings, lambda schedules: schedule_statuses(schedules, made))
    if as_json:
        print_json([as_data(one) for one in found])
    else:
        print_list(found)


@app.command()
def show(name: _Name, as_json: _Json = False) -> None:
    """One schedule: what it says, when it is due, and the audits it made."""
    from audit_agent.cli.printing import print_json
    from audit_agent.cli.schedule_listing import as_data, print_one
    from audit_agent.cli.store import open_database
    from audit_agent.handoff.schedules import schedule_status
    from audit_agent.settings import load_settings
    from audit_agent.store.scheduled import ScheduledAudits

    settings = load_settings()
    with open_database(settings) as database:
        made = ScheduledAudits(database)
        found = _ask(settings, lambda schedules: schedule_status(schedules, made, name))
    if as_json:
        print_json(as_data(found))
    else:
        print_one(found)


@app.command()
def pause(name: _Name, note: _Note = "") -> None:
    """Let no more audits begin until resumed. Those that run go on."""
    _do(lambda schedules, person: schedules.pause(name, _signed("paused", person, note)), f"{name} is paused.")


@app.command()
def resume(name: _Name, note: _Note = "") -> None:
    """Let audits begin again, from the next scheduled time on."""
    _do(lambda schedules, person: schedules.resume(name, _signed("resumed", person, note)), f"{name} is resumed.")


@app.command()
def trigger(name: _Name) -> None:
    """Begin one audit now, for the period that counts from today."""
    told = f"{name} begins an audit. See which: audit-agent schedule show {name}"
    _do(lambda schedules, person: schedules.trigger(name), told)


@app.command()
def backfill(
    name: _Name,
    first: Annotated[datetime, typer.Argument(metavar="FROM", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Argument(metavar="TO", formats=["%Y-%m-%d"], help="The last day, included.")],
    as_json: _Json = False,
) -> None:
    """Begin the audits of every scheduled time in a range of days that has passed.

    Each covers the period that counts from its scheduled time. A time whose audit runs or has finished is left alone.
    """
    from audit_agent.cli.printing import console, moment, print_json
    from audit_agent.handoff.schedules import backfill_days
    from audit_agent.settings import load_settings

    now = datetime.now(UTC)
    due = _ask(load_settings(), lambda schedules: backfill_days(schedules, name, first.date(), last.date(), now))
    if as_json:
        print_json([one.isoformat() for one in due])
        return
    for one in due:
        console().print(f"{name} begins the audit scheduled for {moment(one)}.")


@app.command()
def delete(name: _Name) -> None:
    """Delete a schedule. Audits it made stay, and those that run go on."""
    _do(lambda schedules, person: schedules.delete(name), f"The schedule {name} is deleted.")


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file with a list called `schedules`.")],
    prune: Annotated[bool, typer.Option("--prune", help="Delete schedules that are not in the file.")] = False,
    as_json: _Json = False,
) -> None:
    """Bring the schedules to what a file says. Applying it again, or elsewhere, changes nothing."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.handoff.schedule_file import load_definitions
    from audit_agent.handoff.schedules import apply_definitions, check_references
    from audit_agent.settings import load_settings

    settings, now = load_settings(), datetime.now(UTC)
    definitions = load_definitions(file)
    for definition in definitions:
        check_references(definition, settings.programs_folder)
    person = _person(settings)
    changes = _ask(settings, lambda schedules: apply_definitions(schedules, definitions, person, now, prune=prune))
    if as_json:
        print_json(list(changes))
        return
    for change in changes:
        fields = f" ({', '.join(change.fields)})" if change.fields else ""
        console().print(f"{change.name}: {change.what.value}{fields}")


def _ask(settings: "Settings", work: "Callable[[Schedules], Awaitable[Answer]]") -> Answer:
    from audit_agent.temporal.client import connect
    from audit_agent.temporal.schedules import Schedules

    async def asked() -> Answer:
        return await work(Schedules(await connect(settings), settings.task_queue))

    return asyncio.run(asked())


def _do(work: "Callable[[Schedules, str], Awaitable[None]]", told: str) -> None:
    from audit_agent.cli.printing import console
    from audit_agent.settings import load_settings

    settings = load_settings()
    person = _person(settings)
    _ask(settings, lambda schedules: work(schedules, person))
    console().print(told)


def _person(settings: "Settings") -> Any:
    from audit_agent.handoff.identity import as_person

    return as_person(settings.user)


def _signed(what: str, person: str, note: str) -> str:
    return f"{what} by {person}{': ' if note else ''}{note}"


def _documents(text: str | None) -> str | None:
    return text if text is None or text.startswith(("s3://", "column:")) else _absolute(Path(text))


def _absolute(path: Path | None) -> str | None:
    return str(path.expanduser().absolute()) if path else None
