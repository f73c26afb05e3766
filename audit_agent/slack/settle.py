"""Settling clicks: each has its effect once, and whoever clicked is told what became of it."""

import asyncio
import logging

from temporalio.service import RPCError

from audit_agent.domain.directory import AccountKind
from audit_agent.domain.errors import AuditAgentError
from audit_agent.slack.answering import answer, receipt_of
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.cancelling import cancel
from audit_agent.slack.contents import ToFollow
from audit_agent.slack.deciding import Told, answer_to, decide
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.office import Office
from audit_agent.slack.starting import start
from audit_agent.slack.tell import tell
from audit_agent.store.clicks import Click
from audit_agent.store.slack_messages import SlackMessages
from audit_agent.store.slack_words import ClickKind, ClickState

LOOK_EVERY_SECONDS = 1.0

_logger = logging.getLogger(__name__)


async def take(office: Office, click: Click) -> bool:
    """Keep a click so that it cannot be lost; whether this process is to settle it now. Acknowledge after this."""
    return await office.inbox.keep(click)


async def settle(office: Office, click: Click) -> None:
    """Give a click its effect and its answer. What fails here is tried again by the rounds."""
    try:
        async with office.settling:
            await _settle(office, click)
    except (AuditAgentError, RPCError) as error:
        _logger.warning("A click waits to be settled: %s", type(error).__name__)


async def settle_rounds(office: Office, stop: asyncio.Event) -> None:
    """Settle what was kept and not answered, round after round: clicks of a process that died, or of a bad moment."""
    while not stop.is_set():
        try:
            await settle_once(office)
        except AuditAgentError as error:
            _logger.warning("Clicks wait to be settled: %s", type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), LOOK_EVERY_SECONDS)
        except TimeoutError:
            continue


async def settle_once(office: Office) -> int:
    """Take up every click that waits and that nobody works on; how many there were. Raises what the database does."""
    await office.inbox.move_on()
    clicks = office.inbox.clicks
    if not await asyncio.to_thread(clicks.unanswered):
        return 0
    claimed = await asyncio.to_thread(clicks.claim, office.clock())
    for click in claimed:
        await settle(office, click)
    return len(claimed)


async def _settle(office: Office, click: Click) -> None:
    known = await asyncio.to_thread(office.inbox.clicks.of, click.key)
    if known is not None and known.state is ClickState.ANSWERED:
        # Another process took it up while it waited here.
        return
    waited = click.state is ClickState.DELIVERING
    said = await (_awaited(office, click) if waited else _effect(office, click))
    if said is None:
        await asyncio.to_thread(office.inbox.clicks.delivering, click.key)
        return
    try:
        await tell(office.api, click.person, click.channel, said.text, said.blocks)
    except SlackRefusedError as error:
        # Somebody who left can be told nothing, and that is no reason to try for ever.
        _logger.warning("Nobody could be told what became of a click: %s", error.code)
    if said.final:
        await asyncio.to_thread(office.inbox.clicks.answered, click.key, said.text, office.clock())
    else:
        await asyncio.to_thread(office.inbox.clicks.delivering, click.key)


async def _effect(office: Office, click: Click) -> Told | None:
    match click.kind:
        case ClickKind.DECIDE:
            return await decide(office, click)
        case ClickKind.START:
            return await _refusal(office, click) or await start(office, click)
        case ClickKind.CANCEL:
            return await cancel(office, click)
        case ClickKind.FOLLOW:
            return await _follow(office, click)
        case ClickKind.ANSWER:
            return await answer(office, click)


async def _awaited(office: Office, click: Click) -> Told | None:
    """What the audit said to what was on its way; None while it said nothing."""
    return await (receipt_of if click.kind is ClickKind.ANSWER else answer_to)(office, click)


async def _follow(office: Office, click: Click) -> Told:
    audit = ToFollow.model_validate_json(click.content).audit
    await asyncio.to_thread(SlackMessages(office.database).follow, audit, click.person)
    return Told(f"You follow {escape(audit)}. The app's Home shows it.", final=True)


async def _refusal(office: Office, click: Click) -> Told | None:
    """Only members start audits. Decisions and cancelling ask the directory on their own."""
    account = await office.people.account(click.person)
    if account is not None and account.kind is AccountKind.MEMBER:
        return None
    kind = account.kind.value if account else "unknown"
    return Told(f"Only members of this workspace can do that; your account is {kind}.", final=True)
