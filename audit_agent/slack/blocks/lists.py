"""Audits and reviews as lists: answers to commands, and the Home."""

from collections.abc import Sequence

from audit_agent.domain.delegation import Delegation
from audit_agent.domain.policy import ANYONE
from audit_agent.domain.review import Review
from audit_agent.domain.wording import counted
from audit_agent.slack.blocks.text import (
    Block,
    button,
    context,
    date,
    escape,
    fitting,
    header,
    mrkdwn,
    name,
    names,
    plain,
    section,
)
from audit_agent.slack.contents import Asking, Shown
from audit_agent.slack.names import COMMAND, Action
from audit_agent.store.reading import AuditStatus
from audit_agent.store.requests import RequestStatus
from audit_agent.store.summaries import AuditSummary

HELP = (
    ("help", "this list"),
    ("start", "start an audit"),
    ("status ID", "where an audit stands; without ID, those that run"),
    ("list", "the audits started last"),
    ("reviews", "what waits for a decision"),
    ("report ID [html, md or json]", "the report as a file, sent to you alone"),
    ("cancel ID", "end an audit and undo what it did"),
    ("schedule list, show, create, pause, resume, trigger, backfill or delete", "audits that come again and again"),
    ("delegate @user FROM TO", "let somebody decide for you, from one day to another, both included"),
)


def help_blocks(problem: str = "") -> list[Block]:
    """What the command can do; `problem` says why it is shown unasked."""
    lines = "\n".join(f"`{COMMAND} {escape(words)}`  {escape(meaning)}" for words, meaning in HELP)
    return [*([section(plain(problem))] if problem else []), section(mrkdwn(lines))]


def audits_blocks(audits: Sequence[AuditSummary]) -> list[Block]:
    """Audits, a line each."""
    head = [header("Audits")]
    lines = [_line(audit) for audit in audits] or [section(plain("No audit was started yet."))]
    return fitting(head, lines, [], "audits")


def reviews_blocks(reviews: Sequence[Review]) -> list[Block]:
    """Open reviews, each with a way to its details."""
    head = [header("Waiting for a decision")]
    lines = [_review(review) for review in reviews] or [section(plain("Nothing waits for a decision."))]
    return fitting(head, lines, [], "reviews")


def standing_blocks(status: AuditStatus) -> list[Block]:
    """One audit with every step."""
    audit = status.audit
    head = [header(f"{audit.id}  {audit.title}"), section(mrkdwn(f"*{escape(audit.phase.value.capitalize())}*"))]
    if told := audit.reason or audit.detail:
        head.append(section(plain(told)))
    steps = [
        context(plain(f"{one.step} {one.procedure} {one.title}: {one.state.value}", 500), *_exceptions(one.exceptions))
        for one in status.steps
    ]
    return fitting(head, steps or [section(plain("No steps are planned yet."))], [], "steps")


def home_view(
    reviews: Sequence[Review],
    requests: Sequence[RequestStatus],
    audits: Sequence[AuditSummary],
    delegations: Sequence[Delegation],
) -> dict[str, object]:
    """The Home of one person: what they decide, what they or whom they stand in for are asked, what they follow."""
    waiting = [_review(review) for review in reviews] or [section(plain("Nothing waits for your decision."))]
    followed = [_line(audit) for audit in audits] or [section(plain("You follow no audit."))]
    questions = [_question(status) for status in requests[:10]]
    first = fitting([header("Waiting for your decision")], waiting[:20], [], "reviews")
    asked = fitting([header("Questions to you")], questions, [], "questions") if questions else []
    second = fitting([header("Audits you follow")], followed[:40], [], "audits")
    standing_in = [_delegation(one) for one in delegations[:10]] or [section(plain("Nobody stands in for you."))]
    return {"type": "home", "blocks": [*first, *asked, *second, header("Delegations"), *standing_in]}


def _question(status: RequestStatus) -> Block:
    request = status.request
    text = plain(f"{request.id}: {request.question}", 500)
    return section(text, button("Answer", Action.ANSWER, Asking(request=request.id).model_dump_json()))


def _delegation(one: Delegation) -> Block:
    words = f"{name(one.delegate)} decides for {name(one.delegator)} from {date(one.starts_at)} to {date(one.ends_at)}"
    return section(mrkdwn(words))


def _line(audit: AuditSummary) -> Block:
    text = f"*{escape(audit.id)}*  {escape(audit.phase.value)}, begun {date(audit.started_at)}"
    return section(mrkdwn(text), button("Details", Action.STATUS, audit.id), below=audit.title)


def _review(review: Review) -> Block:
    deciders = review.policy.circle(0).addressees()
    who = "anyone" if ANYONE in deciders else names(deciders)
    text = (
        f"*{escape(review.audit)}*, the {review.gate.value} `{review.subject[:8]}`\n"
        f"until {date(review.expires_at)}, by {who}"
    )
    details = button("Details", Action.DETAILS, Shown.of(review).model_dump_json())
    return section(mrkdwn(text), details, below=review.title)


def _exceptions(count: int) -> list[dict[str, object]]:
    return [plain(counted(count, "exception"))] if count else []
