"""Every event of the audit log. A new event without a meaning here fails the page."""

from audit_agent.store.words import Event
from scripts.reference.markdown import code, page, table

_MEANINGS = {
    Event.REQUESTED: ("Somebody asked for the audit.", "request, program, books"),
    Event.RUN_STARTED: ("Temporal took the audit.", "run"),
    Event.PHASE: ("The audit entered a phase.", "phase, detail"),
    Event.CANCEL_REQUESTED: ("Somebody asked for the audit to be cancelled.", "reason"),
    Event.RETRY_REQUESTED: ("Somebody asked for stuck compensations to be tried again.", ""),
    Event.BOOKS_FROZEN: ("The books are frozen as Parquet, named by a digest.", "books, rows, rejected_rows, currency"),
    Event.DOCUMENTS_FROZEN: ("The documents are frozen as a set, named by a digest.", "documents, count, rejected"),
    Event.DOCUMENTS_STEERED: ("Somebody asked to pause, resume or repeat the reading of documents.", "step, asked"),
    Event.STEPS_PLANNED: ("The steps of an agreed plan are set up.", "plan, revision, steps"),
    Event.STEP_BEGUN: ("A worker began a step.", "step, revision, procedure"),
    Event.STEP_DONE: ("A step has its workpaper.", "step, revision, workpaper, exceptions"),
    Event.STEP_NOT_DONE: ("A step cannot be carried out on these books.", "step, revision, not_done"),
    Event.STEP_FAILED: ("An attempt at a step broke off; it is tried again.", "step, revision, reason"),
    Event.DRAFT_SAVED: ("A version of plan, findings, remediation or report is drafted.", "kind, version, digest"),
    Event.FINDINGS_COUNTED: ("A version of the findings has this many, and this risk.", "version, findings, risk"),
    Event.INVESTIGATION_PAUSED: ("An investigation waits for a process owner or for money.", "lead, paper, state"),
    Event.INVESTIGATION_CONCLUDED: ("An investigation came to a conclusion.", "lead, paper, state"),
    Event.REVIEW_OPENED: ("People are asked to decide.", "review, gate, round, subject"),
    Event.REVIEW_NUDGED: ("People were reminded, or the review was escalated.", "review, nudge, number, to"),
    Event.REVIEW_CLOSED: ("The review ended.", "review, outcome"),
    Event.DECISION_RECEIVED: ("A decision is kept, before it is delivered.", "the whole decision"),
    Event.DECISION_ANSWERED: ("The audit answered a decision.", "the whole receipt"),
    Event.EVIDENCE_ASKED: ("A process owner is asked.", "request, step, owner, digest"),
    Event.EVIDENCE_REMINDED: ("The owner was reminded.", "request, number, to"),
    Event.EVIDENCE_ESCALATED: ("Others were told that the owner has not answered.", "request, number, to"),
    Event.EVIDENCE_ANSWERED: ("A request is answered.", "request"),
    Event.EVIDENCE_EXPIRED: ("Nobody answered a request in time; the step went on.", "request"),
    Event.EVIDENCE_WITHDRAWN: ("The audit stopped; nobody needs the answer any more.", "request"),
    Event.REPLY_RECEIVED: ("Somebody answered a request; not taken yet.", "the reply as a whole"),
    Event.REPLY_ANSWERED: (
        "The audit took or refused a reply; what it took is evidence.",
        "reply, answer, message, on_behalf_of, evidence, standing",
    ),
    Event.EFFECT_RESERVED: ("An effect on the world is about to be done.", "effect, detail"),
    Event.EFFECT_DONE: ("The effect is done.", "effect, detail"),
    Event.EFFECT_UNDOING: ("The effect is being undone; it cannot be done any more.", "effect, reason"),
    Event.EFFECT_UNDONE: ("The effect is undone, or was never begun.", "effect, detail"),
    Event.EFFECT_STUCK: ("The effect cannot be undone; a person must look.", "effect, error"),
    Event.BOOKS_LEASED: ("The audit holds its frozen books.", "books"),
    Event.BOOKS_RELEASED: ("The audit needs its frozen books no longer.", "books"),
    Event.HOLD_RESERVED: ("A payment hold is about to be placed.", "the whole hold"),
    Event.HOLD_PLACED: ("The payment system has placed it.", "key, reference"),
    Event.HOLD_RELEASING: ("The hold is being released; it cannot be placed any more.", "key"),
    Event.HOLD_RELEASED: ("The payment system has released it.", "key"),
    Event.WORKPAPER_PUBLISHED: ("A workpaper may be read by others.", "step, digest"),
    Event.WORKPAPER_WITHDRAWN: ("A published workpaper was withdrawn.", "step, digest"),
    Event.REPORT_DRAFTED: ("A version of the report is drafted.", "version, digest"),
    Event.REPORT_PUBLISHED: ("The signed report is published.", "version, digest"),
    Event.REPORT_WITHDRAWN: ("The published report was withdrawn.", "version, digest"),
    Event.REPORT_OPENED: ("Somebody opened the report by a signed link, made for the actor.", "digest, form"),
    Event.BUDGET_WARNED: ("Model calls have cost four fifths of the budget or more.", "limit, spent"),
    Event.BUDGET_RAISED: ("The budget for model calls was raised, as a review of it agreed.", "limit, before"),
    Event.ENDED: ("The audit ended.", "phase, reason, report"),
}

_INTRODUCTION = """\
# Events of the audit log

The audit log of an audit is append-only. Each entry has a number without gaps, a key that keeps the same event from
being written twice, a time, an actor, an event, its data, and the hash of the entry before it.
Its own hash is the SHA-256 of the canonical JSON of all of these.
`audit-agent verify ID` recomputes the chain and compares every record with what the log tells.
"""


def events_page() -> str:
    """The page of events."""
    rows = ((code(event.value), *_MEANINGS[event]) for event in Event)
    return page([_INTRODUCTION, *table(("event", "meaning", "data"), rows)])
