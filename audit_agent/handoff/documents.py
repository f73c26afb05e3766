"""Pausing, resuming and repeating the reading of an audit's documents, on somebody's word."""

from datetime import datetime
from enum import StrEnum

from temporalio.client import Client
from temporalio.service import RPCError

from audit_agent.domain.documents import RunState
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.handoff.delivery import ANSWER_WITHIN, AuditGoneError, in_words
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.document_progress import progress_of
from audit_agent.store.lookup import audit_row
from audit_agent.store.words import Event


class Steering(StrEnum):
    """What can be asked for; the names of the workflow's signals."""

    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry_failed"


class NothingToSteerError(AuditAgentError):
    """No step of the audit is reading documents."""


async def steer_documents(
    database: Database, client: Client, audit: AuditId, steering: Steering, person: Person, at: datetime
) -> tuple[StepId, ...]:
    """Tell every step that reads documents; returns those that were told, once Temporal has the message.

    Raises AuditNotFoundError, NothingToSteerError, or TemporalAwayError.
    """
    told = tuple([step for step in _reading(database, audit, at) if await _tell(client, audit, step, steering)])
    if not told:
        advice = f"`audit-agent documents status {audit}` shows how far it came."
        raise NothingToSteerError(f"No step of {audit} is reading documents.", advice)
    with database.write() as session:
        for step in told:
            key = f"documents/{step}/{steering.value}/{at.isoformat()}"
            data = {"step": step, "asked": steering.value}
            append(session, audit, key, person, Event.DOCUMENTS_STEERED, data, at)
    return told


def _reading(database: Database, audit: AuditId, at: datetime) -> list[StepId]:
    with database.read() as session:
        runs = progress_of(session, audit_row(session, audit).id, at)
    return [run.step for run in runs if run.state is not RunState.CLOSED]


async def _tell(client: Client, audit: AuditId, step: StepId, steering: Steering) -> bool:
    """Whether the step's workflow runs and has the message."""
    handle = client.get_workflow_handle(f"{audit}/documents/{step}")
    try:
        await handle.signal(steering.value, rpc_timeout=ANSWER_WITHIN)
    except RPCError as error:
        failure = in_words(error, audit)
        if not isinstance(failure, AuditGoneError):
            raise failure from error
        return False
    return True
