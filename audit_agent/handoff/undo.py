"""Asking a stopped audit to try again what it could not undo."""

from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError

from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.handoff.cancel import undo_workflow_id
from audit_agent.handoff.delivery import ANSWER_WITHIN, AuditGoneError, in_words
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.words import Event

RETRY = "retry_compensations"


class NothingToRetryError(AuditAgentError):
    """No workflow of this audit is undoing anything."""


async def retry_compensations(database: Database, client: Client, audit: AuditId, person: Person, at: datetime) -> None:
    """Signal whichever workflow undoes for this audit: its own, or the one that does so for a terminated audit.

    Raises NothingToRetryError when neither runs, or TemporalAwayError.
    """
    for workflow in (audit, undo_workflow_id(audit)):
        try:
            await client.get_workflow_handle(workflow).signal(RETRY, rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            failure = in_words(error, audit)
            if not isinstance(failure, AuditGoneError):
                raise failure from error
        else:
            with database.write() as session:
                append(session, audit, f"retry/{at.isoformat()}", person, Event.RETRY_REQUESTED, {}, at)
            return
    raise NothingToRetryError(
        f"Nothing is being undone for {audit}.", f"`audit-agent compensations {audit}` shows what was undone."
    )
