"""The message that asks people to decide, and what it becomes once they have."""

from collections.abc import Sequence
from typing import NamedTuple

from audit_agent.domain.policy import ANYONE, Gate
from audit_agent.domain.review import Answer, Review, Verdict
from audit_agent.domain.spend import in_dollars
from audit_agent.slack.blocks.text import (
    Block,
    actions,
    button,
    context,
    date,
    escape,
    field,
    fields,
    fitting,
    header,
    mrkdwn,
    name,
    names,
    plain,
    section,
)
from audit_agent.slack.contents import Shown
from audit_agent.slack.names import Action
from audit_agent.slack.subjects import Item
from audit_agent.store.reading import DecisionStatus, ReviewStatus

TOP_ITEMS = 8
DECISIONS = 5
"""Shown at most, the latest; the terminal has all of them."""
REASON_CHARACTERS, LINE_CHARACTERS = 200, 400
DIGITS = 8

_WHY_NOW = {
    Gate.PLAN: "Nothing is tested before people agree on what is tested and at which materiality.",
    Gate.BUDGET: (
        "No more calls go to the model until you decide. Raising lets it go on; “request changes” with “raise to 50” "
        "shows that amount instead, and with any other words finishes without a model; stopping undoes what was done."
    ),
    Gate.FINDINGS: "Findings go into the report, and payments may be held for them, only when people agree.",
    Gate.REMEDIATION: "These payments are held only once you approve; rejecting leaves them alone.",
    Gate.REPORT: "The report is signed and published once you approve.",
}


def review_message(status: ReviewStatus, items: Sequence[Item]) -> list[Block]:
    """The blocks of a review's message: with buttons while it is open, with its outcome afterwards."""
    review = status.review
    lines = [section(plain(line, LINE_CHARACTERS)) for line in review.highlights]
    if review.gate is not Gate.REPORT:
        # What the highlights name already is not said twice.
        told = "\n".join(review.highlights)
        fresh = [item for item in items if item.ref and item.title not in told]
        lines += [section(plain(item.title, LINE_CHARACTERS)) for item in fresh[:TOP_ITEMS]]
        if len(fresh) > TOP_ITEMS:
            lines.append(context(plain(f"+ {len(fresh) - TOP_ITEMS} more: see Details")))
    head = [
        header(f"{review.audit}: decide on the {review.gate.value}"),
        section(plain(review.title, LINE_CHARACTERS)),
        section(mrkdwn(_WHY_NOW[review.gate])),
        fields(
            field("Shown", f"`{review.subject[:DIGITS]}`"),
            field("Decide until", date(status.expires_at)),
            field("Who decides", _deciders(status)),
            field("Approvals needed", str(review.policy.quorum)),
        ),
    ]
    said = [_said(entry) for entry in status.decisions if entry.answer is Answer.RECORDED]
    foot = [*said[-DECISIONS:], *_end(status)]
    return fitting(head, lines, foot, "lines: see Details")


def review_text(status: ReviewStatus) -> str:
    """The message in a line, for notifications."""
    review = status.review
    if status.outcome is not None:
        return escape(f"{review.audit}: the {review.gate.value} is {status.outcome.value}.")
    return escape(f"{review.audit}: please decide on the {review.gate.value} ({review.subject[:DIGITS]}).")


def _deciders(status: ReviewStatus) -> str:
    policy = status.review.policy
    waits_for = status.waits_for or policy.circle(len(policy.levels)).addressees()
    who = "anyone in this workspace" if ANYONE in waits_for else names(waits_for)
    own = "" if policy.requester_may_approve else f"; not {name(status.review.requester)}, who asked"
    return f"{who}{own}"


def pending(status: ReviewStatus) -> DecisionStatus | None:
    """The decision that settled an open review and can still be undone; None while everything is open."""
    settled: DecisionStatus | None = None
    for entry in sorted(status.decisions, key=lambda one: one.answered_at or one.received_at):
        if entry.answer is not Answer.RECORDED:
            continue
        if entry.outcome is not None:
            settled = entry
        elif entry.undid is not None:
            settled = None
    return settled


def _end(status: ReviewStatus) -> list[Block]:
    """Buttons while it is open, the way back while it can be undone, the outcome afterwards."""
    if status.outcome is not None:
        return [_outcome(status)]
    value = Shown.of(status.review).model_dump_json()
    settled = pending(status)
    if settled is None:
        return [_buttons(value, status.review)]
    until = f", final {date(settled.undo_until)}" if settled.undo_until else ""
    outcome = settled.outcome.value.replace("-", " ").capitalize() if settled.outcome else ""
    words = mrkdwn(f"*{outcome}* by {name(settled.decision.person)}{until}")
    return [section(words), actions(button("Undo", Action.UNDO, value), button("Details", Action.DETAILS, value))]


def _buttons(value: str, review: Review) -> Block:
    approve = Action.APPROVE_WITH_REASON if review.policy.approval_needs_reason else Action.APPROVE
    says = _labels(review)
    return actions(
        button(says.approve, approve, value, "primary"),
        button(says.request_changes, Action.REQUEST_CHANGES, value),
        button(says.reject, Action.REJECT, value, "danger"),
        button("Details", Action.DETAILS, value),
    )


class _Labels(NamedTuple):
    approve: str = "Approve"
    request_changes: str = "Request changes"
    reject: str = "Reject"


def _labels(review: Review) -> _Labels:
    """What the buttons do, where the verdicts' own names do not say it."""
    if review.gate is not Gate.BUDGET:
        return _Labels()
    to = "".join(f" to {in_dollars(proposed.amount)}" for proposed in review.amounts)
    return _Labels(f"Raise{to}", "Other amount, or finish without", "Stop the audit")


_PAST = {
    Verdict.APPROVE: "approved",
    Verdict.REJECT: "rejected",
    Verdict.REQUEST_CHANGES: "asked for changes",
    Verdict.UNDO: "took that back",
}


def _said(entry: DecisionStatus) -> Block:
    decision = entry.decision
    where = escape(decision.surface)
    behalf = f" for {name(entry.on_behalf_of)}" if entry.on_behalf_of else ""
    words = f"{name(decision.person)}{behalf} {_PAST[decision.verdict]} {date(decision.made_at)} ({where})"
    reason = [plain(f"“{decision.reason}”", REASON_CHARACTERS)] if decision.reason else []
    return context(mrkdwn(words), *reason)


def _outcome(status: ReviewStatus) -> Block:
    assert status.outcome is not None
    when = f" {date(status.closed_at)}" if status.closed_at else ""
    return section(mrkdwn(f"*{status.outcome.value.replace('-', ' ').capitalize()}*{when}"))
