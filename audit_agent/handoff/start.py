"""A request becomes a running audit."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from audit_agent.documents.sets.asked import named_documents
from audit_agent.domain.asked import Asked
from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.errors import AuditAgentError, BadInputError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.period import Period
from audit_agent.domain.policy import Policy
from audit_agent.domain.program import Program
from audit_agent.store.audits import Audits
from audit_agent.temporal.attributes import AUDIT_ID, AUDIT_PROGRAM, AUDIT_RISK, AUDIT_STATUS

WORKFLOW = "audit"
RISK_UNKNOWN = "not yet known"


class BooksNotThereError(BadInputError):
    """The books named do not exist, or cannot be read from here."""


class BudgetError(BadInputError):
    """A budget must be an amount of US dollars above zero."""


class NotStartedError(AuditAgentError):
    """Temporal did not take the audit; it is recorded as failed and nothing of it runs."""


class Order(NamedTuple):
    """What somebody asks for; everything of an AuditRequest but its id and time."""

    program: Program
    books: Path
    requester: Person
    mapping: Path | None = None
    period: Period | None = None
    budget: Decimal | None = None
    policy: Policy = Policy()
    documents: str | None = None
    """A folder, a pattern, a list, `s3://bucket/prefix` or `column:TABLE.COLUMN`."""
    channel: str | None = None
    economy: bool = False
    asked: Asked | None = None
    """What was asked for in plain words."""


def parse_budget(text: str) -> Decimal:
    """US dollars as given on a surface; raises BudgetError for anything that is no amount above zero."""
    try:
        budget = Decimal(text)
    except InvalidOperation:
        budget = Decimal("NaN")
    if not (budget.is_finite() and budget > 0):
        raise BudgetError(f"The budget {text!r} is no amount above zero.", "Give US dollars, such as 5 or 2.50.")
    return budget


async def start_audit(order: Order, audits: Audits, client: Client, task_queue: str) -> AuditId:
    """Record a request and start its workflow; returns the new audit's id at once.

    Raises BooksNotThereError, DocumentsPathError or NobodyCanApproveError before anything is written, and
    NotStartedError when Temporal refuses: then the audit is recorded as failed.
    """
    at = datetime.now(UTC)
    order = checked(order)
    order.policy.must_allow_approval(order.requester)
    request = request_for(order, await asyncio.to_thread(audits.new_audit_id, at.year), at)
    await asyncio.to_thread(audits.create, request, at)
    try:
        run = await begin_workflow(request, client, task_queue)
    except (RPCError, WorkflowAlreadyStartedError) as error:
        reason = f"Temporal did not start it: {error}."
        await asyncio.to_thread(audits.end, request.audit, Phase.FAILED, reason, None, datetime.now(UTC))
        advice = "Check `audit-agent doctor`, then start the audit again; it will get an id of its own."
        raise NotStartedError(f"{request.audit} was not started: {error}.", advice) from error
    await asyncio.to_thread(audits.set_run, request.audit, run, datetime.now(UTC))
    return request.audit


def checked(order: Order) -> Order:
    """The order with its places as a worker finds them; raises BooksNotThereError and DocumentsPathError."""
    mapping = order.mapping and _place(order.mapping, "mapping file")
    documents = order.documents and named_documents(order.documents)
    return order._replace(books=_place(order.books, "books"), mapping=mapping, documents=documents)


def request_for(order: Order, audit: AuditId, at: datetime) -> AuditRequest:
    """The request that a checked order makes under that id."""
    return AuditRequest(
        audit=audit,
        program=order.program,
        books=str(order.books),
        mapping=str(order.mapping) if order.mapping else None,
        period=order.period,
        budget=order.budget,
        requester=order.requester,
        policy=order.policy,
        requested_at=at,
        documents=order.documents,
        economy=order.economy,
        channel=order.channel,
        asked=order.asked,
    )


async def begin_workflow(request: AuditRequest, client: Client, task_queue: str) -> str:
    """Start the workflow of a recorded request; returns its run. Raises WorkflowAlreadyStartedError, RPCError."""
    attributes = TypedSearchAttributes(
        [
            SearchAttributePair(AUDIT_ID, request.audit),
            SearchAttributePair(AUDIT_PROGRAM, request.program.id),
            SearchAttributePair(AUDIT_STATUS, Phase.REQUESTED.value),
            SearchAttributePair(AUDIT_RISK, RISK_UNKNOWN),
        ]
    )
    handle = await client.start_workflow(
        WORKFLOW,
        request,
        id=request.audit,
        task_queue=task_queue,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=attributes,
        static_summary=f"{request.program.title}, asked for by {request.requester}",
        static_details=_details(request),
    )
    return handle.first_execution_run_id or ""


def _details(request: AuditRequest) -> str:
    """What Temporal's Web UI shows of the request, in Markdown; not the books' place, which may name clients."""
    return "\n".join(
        (
            f"**Programme** {request.program.id} {request.program.version}: {request.program.objective}",
            f"**Period** {request.period or 'all of the books'}",
            f"**Budget** {f'USD {request.budget}' if request.budget else 'none set'}",
            f"`audit-agent status {request.audit}` shows where it stands.",
        )
    )


def _place(path: Path, what: str) -> Path:
    place = path.expanduser().absolute()
    if not place.exists():
        raise BooksNotThereError(
            f"There is no file or folder {place} to take as {what}.",
            "Check the path; `audit-agent books check PATH` shows what would be imported.",
        )
    return place
