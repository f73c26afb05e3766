"""A submitted modal ends an audit."""

import asyncio

from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.policy import Gate
from audit_agent.handoff.cancel import AuditEndedError, cancel_audit
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import ToCancel
from audit_agent.slack.deciding import Told
from audit_agent.slack.office import Office
from audit_agent.store.audits import Audits
from audit_agent.store.clicks import Click


async def cancel(office: Office, click: Click) -> Told:
    """Ask for the audit to stop; raises TemporalUnavailableError or TemporalAwayError while nobody can be asked."""
    content = ToCancel.model_validate_json(click.content)
    try:
        if not await asyncio.to_thread(may_cancel, office, content.audit, click.person):
            return Told("Only whoever asked for an audit, or somebody its policy names, can cancel it.", final=True)
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


def may_cancel(office: Office, audit: AuditId, person: Person) -> bool:
    """Whoever asked for the audit, or whom its policy names at a gate; raises AuditNotFoundError."""
    request = Audits(office.database).request(audit)
    policy = request.policy
    named = {one for gate in Gate for one in policy.gate(gate).eligible}
    return person == request.requester or person in named
