"""A submitted modal becomes a running audit: once, however often it is tried."""

import asyncio
from pathlib import Path

from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.errors import AuditAgentError, BadInputError
from audit_agent.domain.ids import AuditId
from audit_agent.domain.period import parse_period
from audit_agent.handoff.start import Order, begin_workflow, checked, parse_budget, request_for
from audit_agent.programs import all_programs, find_program
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.config import SlackConfig
from audit_agent.slack.contents import ToStart
from audit_agent.slack.deciding import Told
from audit_agent.slack.office import Office
from audit_agent.store.audits import Audits
from audit_agent.store.clicks import Click
from audit_agent.store.slack_messages import SlackMessages
from audit_agent.temporal.errors import TemporalUnavailableError


class NotInBooksFolderError(BadInputError):
    """What somebody named in Slack does not lie in the folder that is open to Slack."""


async def start(office: Office, click: Click) -> Told:
    """Record the audit and begin its workflow; without Temporal it begins as soon as Temporal runs."""
    content = ToStart.model_validate_json(click.content)
    audits = Audits(office.database)
    try:
        order = checked(await asyncio.to_thread(order_of, content, office.config, click))
    except AuditAgentError as error:
        return Told(f"Not started. {escape(str(error))}", final=True)
    audit = await asyncio.to_thread(_id_of, office, audits, click)
    request = request_for(order, audit, click.received_at)
    await asyncio.to_thread(audits.create, request, click.received_at)
    await asyncio.to_thread(SlackMessages(office.database).follow, audit, click.person)
    office.changed.set()
    if await _begin(office, audits, request):
        return Told(f"*{audit}* has begun. It is shown in <#{escape(content.channel)}>.", final=True)
    return Told(f"*{audit}* is recorded and begins as soon as Temporal runs.", final=True)


def order_of(content: ToStart, config: SlackConfig, click: Click) -> Order:
    """The order a modal's content makes; raises the BadInputError or NotFoundError of whatever cannot be used."""
    return Order(
        program=find_program(content.program, config.programs_folder),
        books=place_in(config.books_folder, content.books),
        requester=click.person,
        period=parse_period(content.period) if content.period else None,
        budget=parse_budget(content.budget) if content.budget else None,
        policy=config.policy,
        documents=str(place_in(config.books_folder, content.documents)) if content.documents else None,
        channel=content.channel,
    )


def place_in(folder: Path | None, name: str) -> Path:
    """A file or folder within the folder that is open to Slack; raises NotInBooksFolderError for anything else."""
    if folder is None:
        raise NotInBooksFolderError("No folder is open to Slack.", "Set AUDIT_AGENT_SLACK_BOOKS_FOLDER.")
    root = folder.resolve()
    try:
        place = (root / name).resolve()
        there = place.is_relative_to(root) and place.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise NotInBooksFolderError(f"There is no {name[:100]!r} in the books folder.", "Name what lies in it.")
    return place


def programs(config: SlackConfig) -> list[tuple[str, str]]:
    """The programmes there are, name and title."""
    return [(name, program.title) for name, program in all_programs(config.programs_folder).items()]


def books_there(config: SlackConfig) -> list[str]:
    """What lies in the books folder."""
    if config.books_folder is None or not config.books_folder.is_dir():
        return []
    return sorted(path.name for path in config.books_folder.iterdir() if not path.name.startswith("."))


def _id_of(office: Office, audits: Audits, click: Click) -> AuditId:
    known = office.inbox.clicks.of(click.key)
    if known is not None and known.audit is not None:
        return known.audit
    return office.inbox.clicks.reserve(click.key, audits.new_audit_id(click.received_at.year))


async def _begin(office: Office, audits: Audits, request: AuditRequest) -> bool:
    """Begin the workflow; False while Temporal is away: the sweep of a worker begins it then."""
    try:
        run = await begin_workflow(request, await office.temporal(), office.config.task_queue)
    except WorkflowAlreadyStartedError:
        return True
    except (TemporalUnavailableError, RPCError):
        return False
    await asyncio.to_thread(audits.set_run, request.audit, run, office.clock())
    return True
