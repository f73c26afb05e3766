"""Names and types of the activities that investigate; a part of the contract that workflows know."""

from datetime import datetime, timedelta

from audit_agent.activities.contract import Activity, StepDone
from audit_agent.domain.evidence_request import Question
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.investigation import Course, InvestigationLimits, InvestigationState, Lead, TakenTurn, ToolUse
from audit_agent.domain.period import Period
from audit_agent.domain.record import Digest, Record
from audit_agent.temporal.retry import COMPUTE, DATABASE, MODEL


class LeadsTask(Record):
    """Pick what is looked into: groups of exceptions of marked steps, or what reviewers ask for."""

    audit: AuditId
    plan: Digest
    steps: tuple[StepDone, ...]
    comments: tuple[str, ...] = ()
    """On the findings; empty before there are any."""


class PickedLead(Record):
    """A lead, the workpaper its exceptions are in, and how far it was looked into before."""

    lead: Lead
    workpaper: Digest
    paper: Digest | None = None
    """Of the investigation so far, which a new question continues."""


class Leads(Record):
    """What is looked into, and how far."""

    leads: tuple[PickedLead, ...]
    limits: InvestigationLimits
    owners: tuple[Person, ...] = ()
    """Who may be asked."""


class InvestigationTask(Record):
    """Look into one lead."""

    audit: AuditId
    books: Digest
    workpaper: Digest
    period: Period | None
    currency: str
    lead: Lead
    limits: InvestigationLimits
    owners: tuple[Person, ...] = ()
    resume: Digest | None = None
    """Of the paper so far; None for a lead that is looked into for the first time."""
    without_model: bool = False
    """Rules conclude: the budget is spent, and people want the audit finished."""


class InvestigationRun(Record):
    """One run of an investigation; continued as new it takes its course along."""

    task: InvestigationTask
    course: Course | None = None


class CourseTask(InvestigationTask):
    """The investigation, and how far it has come."""

    course: Course
    at: datetime
    """The workflow's time, from which the time at work counts."""


class UseTask(CourseTask):
    """Carry out one tool call of the last turn."""

    call: int
    """Counted from 0."""


class TurnTaken(Record):
    """A turn: tools to call, or a conclusion, or why there is none."""

    turn: TakenTurn | None
    concluded: bool = False
    tools: tuple[str, ...] = ()
    """Names of the tools it calls, for the Web UI."""
    asks: tuple[Question, ...] = ()
    """What process owners are to be asked before the calls are carried out."""
    out_of_budget: bool = False
    ended: str = ""
    """Which limit ended the investigation, in words."""


class ClosingTask(CourseTask):
    """Keep how far the investigation has come, or its paper."""

    ended: InvestigationState
    reason: str = ""
    """Which limit ended it; empty where its last turn concludes."""


class InvestigationDone(Record):
    """How a run of an investigation ended."""

    lead: str
    ended: InvestigationState
    digest: Digest
    """Of the paper; without a conclusion where it waits for people or for money."""
    asked: tuple[Question, ...] = ()
    """Everything process owners are to be asked so far."""


PICK_LEADS = Activity("pick_leads", LeadsTask, Leads, COMPUTE, timedelta(minutes=5))
REOPEN_INVESTIGATION = Activity("reopen_investigation", InvestigationTask, Course, DATABASE, timedelta(minutes=1))
TAKE_TURN = Activity("take_turn", CourseTask, TurnTaken, MODEL, timedelta(minutes=15))
USE_TOOL = Activity("use_tool", UseTask, ToolUse, COMPUTE, timedelta(minutes=30))
CLOSE_INVESTIGATION = Activity("close_investigation", ClosingTask, InvestigationDone, DATABASE, timedelta(minutes=1))
