"""Names and types of every activity. Workflows know only this; `activities` implement it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio.common import RetryPolicy

from audit_agent.domain.audit import AuditRequest, EffectKind, Phase
from audit_agent.domain.business_time import Reminder
from audit_agent.domain.evidence_request import EvidenceRequest, Question, Reply, RequestOutcome
from audit_agent.domain.ids import AuditId, Person, RequestId, ReviewId, StepId
from audit_agent.domain.money import Money
from audit_agent.domain.period import Period
from audit_agent.domain.plan import StepKind
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Decision, Nudge, Outcome, Receipt, Review
from audit_agent.temporal.retry import COMPENSATION, COMPUTE, DATABASE, MODEL

Input = TypeVar("Input", bound=Record)
Output = TypeVar("Output", bound=Record)


class Done(Record):
    """An activity whose only result is that it happened."""


class Mark(Record):
    """Where the audit stands, for the projection."""

    audit: AuditId
    key: str
    """Idempotency key of this entry in the audit log."""
    phase: Phase
    detail: str = ""


class Ending(Record):
    """How the audit ended, for the projection and the log."""

    audit: AuditId
    phase: Phase
    reason: str
    report: Digest | None = None


class FrozenBooks(Record):
    """Books as frozen for one audit."""

    digest: Digest
    rows: int
    rejected_rows: int
    currency: str


class Redraft(Record):
    """What a drafting activity starts from: comments on the version before, if any."""

    audit: AuditId
    version: int = 1
    previous: Digest | None = None
    comments: tuple[str, ...] = ()


class PlanDraft(Redraft):
    """Draft or revise the plan over these books."""

    books: Digest
    documents: Digest | None = None
    """The manifest of the documents to vouch, where the audit has some."""


class StepRef(Record):
    """What the workflow must know of a step to order it."""

    id: StepId
    procedure: str
    title: str
    depends_on: tuple[StepId, ...] = ()
    requests: tuple[Question, ...] = ()
    kind: StepKind = StepKind.PROCEDURE
    investigate: bool = False


class Draft(Record):
    """Something people will be shown: its digest, and what they must know at a glance."""

    digest: Digest
    title: str
    highlights: tuple[str, ...] = ()
    amounts: tuple[Money, ...] = ()
    """What is at stake, one amount a currency; empty where nothing has an amount."""
    nothing_to_decide: bool = False
    """True when there is nothing people could approve, such as no payment to hold."""


class DraftedPlan(Draft):
    """A valid plan, by digest, with its steps' order."""

    steps: tuple[StepRef, ...]


class DraftedFindings(Draft):
    """Findings, by digest, and the highest severity among them."""

    risk: str


class StepTask(Record):
    """Carry out one step of an agreed plan."""

    audit: AuditId
    plan: Digest
    books: Digest
    period: Period | None
    currency: str
    step: StepId
    revision: int
    unable: str = ""
    """Why it cannot be done at all, such as a step it builds on that was not; then it is only recorded."""


class StepDone(Record):
    """A step's workpaper, or why there is none."""

    step: StepId
    workpaper: Digest | None
    exceptions: int = 0
    not_done: str = ""


class FindingsDraft(Redraft):
    """Draft or revise the findings from these workpapers."""

    plan: Digest
    books: Digest
    steps: tuple[StepDone, ...]
    investigations: tuple[Digest, ...] = ()
    """The paper of each investigation."""


class RemediationDraft(Redraft):
    """Propose payment holds for approved findings."""

    findings: Digest


class BudgetDraft(Redraft):
    """Ask for more, because the budget for model calls is reached."""

    left: str
    """What is still to do with a model, in words."""
    step: StepId | None = None
    documents: int = 0
    """Documents of `step` that are not read yet."""


class ReportDraft(Redraft):
    """Draft or revise the report from everything agreed."""

    books: Digest
    plan: Digest
    steps: tuple[StepDone, ...]
    findings: Digest
    remediation: Digest
    held: bool
    """Whether the proposed payment holds were approved and placed."""


class Publication(Record):
    """Act on something approved: place its holds, raise the budget to it, or publish it."""

    audit: AuditId
    digest: Digest


class PublishedReport(Record):
    """The report as published, sign-offs included."""

    digest: Digest


class Opened(Record):
    """People are asked, and will be reminded at these times, which respect their business hours."""

    reminders: tuple[Reminder, ...] | None = None
    """None for the policy's plain rhythm."""


class ReviewNudge(Record):
    """Time has done something to an open review."""

    review: ReviewId
    audit: AuditId
    kind: Nudge
    number: int
    to: tuple[Person, ...]


class RequestNudge(Record):
    """Time has done something to an open evidence request."""

    request: RequestId
    audit: AuditId
    kind: Nudge
    number: int
    to: tuple[Person, ...]


class TakenReply(Record):
    """A reply to an evidence request and the workflow's answer to it."""

    reply: Reply
    receipt: Receipt


class RequestEnd(Record):
    """How an evidence request ended."""

    request: RequestId
    audit: AuditId
    outcome: RequestOutcome


class TakenDecision(Record):
    """A decision and the workflow's answer to it."""

    decision: Decision
    receipt: Receipt


class ReviewEnd(Record):
    """How a review ended."""

    review: ReviewId
    audit: AuditId
    outcome: Outcome


class Undo(Record):
    """Undo one kind of effect of an audit."""

    audit: AuditId
    effect: EffectKind
    reason: str


class UndoRequest(Record):
    """Undo whatever an audit has done, because its own workflow no longer can."""

    audit: AuditId
    phase: Phase
    reason: str


class Effects(Record):
    """What an audit has done and not undone, oldest first."""

    kinds: tuple[EffectKind, ...]


class DueRun(Record):
    """A scheduled time has come, or is caught up with."""

    definition: dict[str, Any]
    """A `domain.schedule.ScheduleDefinition`; the workflow only passes it on, since checking it reads files."""
    scheduled_at: datetime
    run: str


class DueAudit(Record):
    """The audit of a scheduled time."""

    request: AuditRequest
    by_another_run: bool
    """Whether an earlier run asked for it, so that this one has nothing to start."""


class AuditRun(Record):
    """The workflow run that carries an audit."""

    audit: AuditId
    run: str


class Stuck(Record):
    """A compensation that keeps failing and needs a person."""

    audit: AuditId
    effect: EffectKind
    error: str


@dataclass(frozen=True)
class Activity(Generic[Input, Output]):
    """The name an activity is registered under, its types, and how it is retried and timed."""

    name: str
    input: type[Input]
    output: type[Output]
    retry: RetryPolicy
    timeout: timedelta
    """Start to close, one attempt."""
    heartbeat: timedelta = timedelta(seconds=5)
    """A worker that dies is noticed after this long."""


_QUICK = timedelta(seconds=30)
_LONG = timedelta(hours=4)

FREEZE_BOOKS = Activity("freeze_books", AuditRequest, FrozenBooks, COMPUTE, _LONG)
DRAFT_PLAN = Activity("draft_plan", PlanDraft, DraftedPlan, MODEL, timedelta(minutes=15))
PERFORM_STEP = Activity("perform_step", StepTask, StepDone, COMPUTE, _LONG)
DRAFT_FINDINGS = Activity("draft_findings", FindingsDraft, DraftedFindings, MODEL, timedelta(minutes=30))
DRAFT_REMEDIATION = Activity("draft_remediation", RemediationDraft, Draft, COMPUTE, _LONG)
PLACE_HOLDS = Activity("place_holds", Publication, Done, COMPUTE, timedelta(minutes=30))
DRAFT_REPORT = Activity("draft_report", ReportDraft, Draft, MODEL, timedelta(minutes=30))
DRAFT_BUDGET = Activity("draft_budget", BudgetDraft, Draft, DATABASE, timedelta(minutes=5))
RAISE_BUDGET = Activity("raise_budget", Publication, Done, DATABASE, _QUICK)
PUBLISH_REPORT = Activity("publish_report", Publication, PublishedReport, DATABASE, timedelta(minutes=5))

MARK_PHASE = Activity("mark_phase", Mark, Done, DATABASE, _QUICK)
END_AUDIT = Activity("end_audit", Ending, Done, DATABASE, _QUICK)
OPEN_REVIEW = Activity("open_review", Review, Opened, DATABASE, _QUICK)
NUDGE_REVIEW = Activity("nudge_review", ReviewNudge, Done, DATABASE, _QUICK)
RECORD_DECISION = Activity("record_decision", TakenDecision, Done, DATABASE, _QUICK)
CLOSE_REVIEW = Activity("close_review", ReviewEnd, Done, DATABASE, _QUICK)

OPEN_REQUEST = Activity("open_request", EvidenceRequest, Opened, DATABASE, _QUICK)
NUDGE_REQUEST = Activity("nudge_request", RequestNudge, Done, DATABASE, _QUICK)
RECORD_REPLY = Activity("record_reply", TakenReply, Done, DATABASE, _QUICK)
CLOSE_REQUEST = Activity("close_request", RequestEnd, Done, DATABASE, _QUICK)

REQUEST_SCHEDULED_AUDIT = Activity("request_scheduled_audit", DueRun, DueAudit, DATABASE, _QUICK)
NOTE_RUN = Activity("note_run", AuditRun, Done, DATABASE, _QUICK)

UNDO_EFFECT = Activity("undo_effect", Undo, Done, COMPENSATION, timedelta(minutes=10))
STANDING_EFFECTS = Activity("standing_effects", UndoRequest, Effects, DATABASE, _QUICK)
REPORT_STUCK = Activity("report_stuck", Stuck, Done, DATABASE, _QUICK)
