"""A submitted modal ends an audit."""

import asyncio

from audit_agent.domain.entitlement import cancelling_refusal
from audit_agent.domain.errors import NotFoundError
from audit_agent.handoff.cancel import AuditEndedError, cancel_audit
from audit_agent.handoff.standing import Directory
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import ToCancel
from audit_agent.slack.deciding import Told
from audit_agent.slack.office import Office
from audit_agent.slack.tell import with_names
from audit_agent.store.audits import Audits
from audit_agent.store.clicks import Click


async def cancel(office: Office, click: Click) -> Told:
    """Ask for the audit to stop; raises TemporalUnavailableError or TemporalAwayError while nobody can be asked."""
    content = ToCancel.model_validate_json(click.content)
    try:
        if refusal := await _refusal(office, click, content):
            return Told(with_names(refusal, click.person), final=True)
        client = await office.temporal()
        await cancel_audit(
            office.database,
            client,
            content.audit,
            click.person,
            content.reason,
            click.received_at,
            office.config.task_queue,
        )
    except (NotFoundError, AuditEndedError) as error:
        return Told(escape(error.message), final=True)
    office.changed.set()
    return Told(f"*{escape(content.audit)}* is being cancelled. What it did is undone first.", final=True)


async def _refusal(office: Office, click: Click, content: ToCancel) -> str:
    """Why the click cancels nothing; empty when it may. The directory is asked now, and fails closed.

    Raises AuditNotFoundError.
    """
    request = await asyncio.to_thread(Audits(office.database).request, content.audit)
    directory = Directory(office.database, office.people)
    standing = await directory.standing_to_cancel(click.person, request, click.received_at)
    return cancelling_refusal(request.requester, request.policy, standing)
