"""What a report is built from."""

from datetime import datetime
from decimal import Decimal

from audit_agent.domain.audit import AuditRequest
from audit_agent.domain.books import BooksManifest, BooksProfile
from audit_agent.domain.budget import BudgetRaise
from audit_agent.domain.evidence_request import AskedEvidence
from audit_agent.domain.finding import FindingSet, RemediationProposal
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import Plan
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Decision, Receipt
from audit_agent.domain.spend import SpendSummary
from audit_agent.domain.workpaper import Workpaper
from audit_agent.reports.run import Compensation, ReviewTime, StepTime


class StepNotDone(Record):
    """A step of the plan without a workpaper, and why."""

    step: StepId
    reason: str
    asked: tuple[AskedEvidence, ...] = ()


class AnsweredDecision(Record):
    """A decision and the answer it got, oldest first wherever several stand together."""

    decision: Decision
    receipt: Receipt


class ReportInputs(Record):
    """Everything a report shows, gathered."""

    request: AuditRequest
    version: int = 1
    books: BooksManifest
    profile: BooksProfile
    plan: Plan
    workpapers: tuple[Workpaper, ...]
    not_done: tuple[StepNotDone, ...] = ()
    findings: FindingSet
    remediation: RemediationProposal | None = None
    held: bool = False
    """Whether the holds of the proposal stand."""
    summary: str
    """Prose; blank lines part paragraphs."""
    analyst: str
    """Who wrote the summary: `offline-rules/1`, or a model's name."""
    decisions: tuple[AnsweredDecision, ...] = ()
    reviews: tuple[ReviewTime, ...] = ()
    compensations: tuple[Compensation, ...] = ()
    spend: SpendSummary | None = None
    saved: Decimal | None = None
    """US dollars the prompt cache saved."""
    raises: tuple[BudgetRaise, ...] = ()
    step_times: tuple[StepTime, ...] = ()
    drafted_at: datetime
    agent_version: str
    log_head: Digest | None = None
