"""The card of an audit: where it stands, at a glance."""

from audit_agent.domain.spend import SpendSummary
from audit_agent.slack.blocks.text import (
    Block,
    actions,
    button,
    context,
    date,
    escape,
    field,
    fields,
    header,
    mrkdwn,
    name,
    names,
    plain,
    section,
)
from audit_agent.slack.names import Action
from audit_agent.store.reading import AuditStatus
from audit_agent.store.requests import RequestStatus

MOST_ASKED = 5
"""Questions to process owners that the card names."""


def card(status: AuditStatus, spend: SpendSummary) -> list[Block]:
    """The blocks of an audit's card."""
    audit = status.audit
    told = audit.reason or audit.detail
    done = f"{audit.steps_done} of {audit.steps_total}" if audit.steps_total else "none yet"
    not_done = f", {audit.steps_not_done} not done" if audit.steps_not_done else ""
    return [
        header(f"{audit.id}  {audit.title}"),
        section(mrkdwn(f"*{escape(audit.phase.value.capitalize())}*")),
        *([section(plain(told))] if told else []),
        fields(
            field("Steps done", f"{done}{not_done}"),
            field("Exceptions", f"{audit.exceptions:,}"),
            field("Findings", f"{audit.findings}{f', worst {audit.risk.value}' if audit.risk else ''}"),
            field("Spent on models", _spent(status, spend)),
            field("Period", escape(str(audit.period or "all of the books"))),
            field("Asked by", name(audit.requester)),
        ),
        *_waiting(status),
        actions(
            button("Details", Action.STATUS, audit.id),
            *([] if audit.phase.ended else [button("Follow", Action.FOLLOW, audit.id)]),
        ),
        context(mrkdwn(f"Begun {date(audit.started_at)}. `/audit status {audit.id}` shows every step.")),
    ]


def card_text(status: AuditStatus) -> str:
    """The card in a line, for notifications."""
    return escape(f"{status.audit.id} is {status.audit.phase.value}.")


def _spent(status: AuditStatus, spend: SpendSummary) -> str:
    return f"{cost(spend)} of USD {status.budget.limit:.2f}" if status.budget else cost(spend)


def cost(spend: SpendSummary) -> str:
    """What model calls cost; unknown is not zero."""
    return "unknown" if spend.total.cost is None else f"USD {spend.total.cost:.2f}"


def _waiting(status: AuditStatus) -> list[Block]:
    asked = [_asked(one) for one in status.requests if one.outcome is None]
    more = [context(plain(f"+ {len(asked) - MOST_ASKED} more questions"))] if len(asked) > MOST_ASKED else []
    return [*_review(status), *asked[:MOST_ASKED], *more]


def _asked(status: RequestStatus) -> Block:
    request = status.request
    what = f"to answer for step {escape(request.step)}, since {date(request.asked_at)}, until {date(request.due)}"
    return section(mrkdwn(f"*Waiting for* {name(request.owner)} {what}"))


def _review(status: AuditStatus) -> list[Block]:
    waiting = status.waiting_for
    if waiting is None:
        return []
    who = "anyone in this workspace" if "*" in waiting.waits_for else names(waiting.waits_for)
    since, until = date(waiting.review.opened_at), date(waiting.expires_at)
    what = f"to decide the {waiting.review.gate.value}, since {since}, until {until}"
    return [section(mrkdwn(f"*Waiting for* {who} {what}"))]
