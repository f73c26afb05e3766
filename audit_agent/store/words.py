"""The vocabularies of the tables, besides those of the domain."""

from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    NOT_DONE = "not done"
    """It cannot be carried out; the reason says why."""
    FAILED = "failed"
    """It broke off and may be tried again."""

    @property
    def finished(self) -> bool:
        """Whether the step's result is final."""
        return self in (StepState.DONE, StepState.NOT_DONE)


class DraftKind(StrEnum):
    """What is drafted and then decided on."""

    PLAN = "plan"
    FINDINGS = "findings"
    REMEDIATION = "remediation"
    REPORT = "report"
    BUDGET = "budget"


class Delivery(StrEnum):
    """Whether a decision has reached its audit."""

    PENDING = "pending"
    DELIVERED = "delivered"


class EffectState(StrEnum):
    """Where an effect on the world stands."""

    RESERVED = "reserved"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    STUCK = "stuck"
    """Undoing keeps failing; a person must look."""


class HoldState(StrEnum):
    """Where one payment hold stands."""

    RESERVED = "reserved"
    PLACED = "placed"
    RELEASING = "releasing"
    RELEASED = "released"


class Publication(StrEnum):
    """Whether a workpaper or report is there for others to read."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Lease(StrEnum):
    """Whether an audit still needs its frozen books."""

    HELD = "held"
    RELEASED = "released"


class Event(StrEnum):
    """What the audit log tells."""

    REQUESTED = "audit requested"
    RUN_STARTED = "run started"
    PHASE = "phase entered"
    CANCEL_REQUESTED = "cancel requested"
    RETRY_REQUESTED = "another try at undoing requested"
    BOOKS_FROZEN = "books frozen"
    DOCUMENTS_FROZEN = "documents frozen"
    DOCUMENTS_STEERED = "reading of documents steered"
    STEPS_PLANNED = "steps planned"
    STEP_BEGUN = "step begun"
    STEP_DONE = "step done"
    STEP_NOT_DONE = "step not done"
    STEP_FAILED = "step failed"
    DRAFT_SAVED = "draft saved"
    FINDINGS_COUNTED = "findings counted"
    INVESTIGATION_PAUSED = "investigation paused"
    INVESTIGATION_CONCLUDED = "investigation concluded"
    REVIEW_OPENED = "review opened"
    REVIEW_NUDGED = "review nudged"
    REVIEW_CLOSED = "review closed"
    DECISION_RECEIVED = "decision received"
    DECISION_ANSWERED = "decision answered"
    EVIDENCE_ASKED = "evidence asked"
    EVIDENCE_REMINDED = "evidence reminded"
    EVIDENCE_ESCALATED = "evidence escalated"
    EVIDENCE_ANSWERED = "evidence answered"
    EVIDENCE_EXPIRED = "evidence expired"
    EVIDENCE_WITHDRAWN = "evidence withdrawn"
    REPLY_RECEIVED = "reply received"
    REPLY_ANSWERED = "reply answered"
    EFFECT_RESERVED = "effect reserved"
    EFFECT_DONE = "effect done"
    EFFECT_UNDOING = "effect undoing"
    EFFECT_UNDONE = "effect undone"
    EFFECT_STUCK = "effect stuck"
    BOOKS_LEASED = "books leased"
    BOOKS_RELEASED = "books released"
    HOLD_RESERVED = "hold reserved"
    HOLD_PLACED = "hold placed"
    HOLD_RELEASING = "hold releasing"
    HOLD_RELEASED = "hold released"
    WORKPAPER_PUBLISHED = "workpaper published"
    WORKPAPER_WITHDRAWN = "workpaper withdrawn"
    REPORT_DRAFTED = "report drafted"
    REPORT_PUBLISHED = "report published"
    REPORT_WITHDRAWN = "report withdrawn"
    REPORT_OPENED = "report opened"
    BUDGET_WARNED = "budget nearly spent"
    BUDGET_RAISED = "budget raised"
    ENDED = "audit ended"
