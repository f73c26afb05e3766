"""Names and types of the activities that send documents' calls in batches; a part of the contract workflows know."""

from datetime import timedelta

from audit_agent.activities.contract import Activity, Done
from audit_agent.activities.contract_documents import DocumentsTask
from audit_agent.domain.batches import BatchState
from audit_agent.domain.ids import AuditId, BatchId
from audit_agent.domain.record import Record
from audit_agent.temporal.retry import COMPUTE, MODEL


class BatchRange(DocumentsTask):
    """Gather the calls of documents `begin` to before `end`, as many as one batch takes."""

    begin: int
    end: int
    run: str
    """The workflow run that wants them: another one makes batches of its own of what is left then."""


class PreparedBatch(Record):
    """A batch that can be sent, and where the next one begins."""

    batch: BatchId | None
    """None where none of the calls is to be made, or where there is no model any more."""
    next: int | None
    """None when nothing is left to gather."""


class BatchRefs(Record):
    """Batches of an audit."""

    audit: AuditId
    batches: tuple[BatchId, ...]


class BatchStanding(Record):
    """Where a batch stands."""

    batch: BatchId
    state: BatchState


class BatchStandings(Record):
    """Where batches stand, in the order in which they were named."""

    batches: tuple[BatchStanding, ...]


_MINUTES = timedelta(minutes=15)

PREPARE_BATCH = Activity("prepare_batch", BatchRange, PreparedBatch, COMPUTE, timedelta(hours=12))
CREATE_BATCH = Activity("create_batch", BatchRefs, BatchStandings, MODEL, _MINUTES)
POLL_BATCH = Activity("poll_batch", BatchRefs, BatchStandings, MODEL, _MINUTES)
COLLECT_BATCH = Activity("collect_batch", BatchRefs, BatchStandings, MODEL, timedelta(hours=1))
CANCEL_BATCH = Activity("cancel_batch", BatchRefs, Done, MODEL, _MINUTES)
