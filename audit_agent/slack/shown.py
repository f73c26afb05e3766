"""What Slack should show of one audit: its card, its reviews, what happened in the thread, and the report."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from audit_agent.domain.audit import Phase
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest, digest_of
from audit_agent.slack.blocks.card import card, card_text
from audit_agent.slack.blocks.request import request_message, request_text
from audit_agent.slack.blocks.review import review_message, review_text
from audit_agent.slack.blocks.text import Block, context, date, escape, mrkdwn, name, names, plain, section
from audit_agent.slack.commands.report import link_to
from audit_agent.slack.office import Office
from audit_agent.slack.subjects import Item, items_of
from audit_agent.store.ledger_spend import read_spend
from audit_agent.store.notifications import Notification, Notifications
from audit_agent.store.reading import AuditStatus, ReviewStatus, audit_status
from audit_agent.store.requests import RequestStatus
from audit_agent.store.words import StepState

REPORT_FORM = "html"


class Message(NamedTuple):
    """One message as it should be. Lower `rank` is posted first."""

    key: str
    rank: int
    text: str
    blocks: list[Block]
    thread: str | None = None
    """Key of the message it answers."""
    updates: bool = True
    """Whether a later state replaces it; what happened stays as it was said."""
    to: Person | None = None
    """Set for a direct message."""
    form: str = ""
    """Set for a report: the format to upload."""

    @property
    def shown(self) -> Digest:
        """Digest of what it shows."""
        return digest_of([self.text, self.blocks])


def messages_of(office: Office, audit: AuditId, channel: str | None, now: datetime) -> list[Message]:
    """Every message there should be about an audit, in its channel and to people, the most urgent first."""
    status = audit_status(office.database, audit)
    with office.database.read() as session:
        spend = read_spend(session, audit, now)
    card_key = f"card/{audit}"
    messages = [Message(card_key, 1, card_text(status), card(status, spend))]
    for review in status.reviews:
        messages.append(_review(office, review))
    messages += [message for request in status.requests for message in _request(request)]
    messages += [_notice(one, card_key) for one in Notifications(office.database).of(audit) if _tells(one)]
    messages += _steps(status, card_key)
    if status.audit.report is not None and channel is not None:
        messages += _report(office, audit, channel, card_key)
    return sorted(messages, key=lambda message: message.rank)


def _report(office: Office, audit: AuditId, channel: str, card_key: str) -> list[Message]:
    """The report as a file, and a link to it beside that where links are made."""
    text = f"The report of {audit}"
    messages = [Message(f"report/{audit}", 2, text, [], card_key, updates=False, form=REPORT_FORM)]
    recipient = Person(f"channel:{office.config.team}/{channel}")
    if link := link_to(office, audit, REPORT_FORM, recipient):
        blocks = [section(mrkdwn(f"{escape(text)}: {link}"))]
        messages.append(Message(f"report-link/{audit}", 2, text, blocks, card_key, updates=False))
    return messages


def _review(office: Office, status: ReviewStatus) -> Message:
    blocks = review_message(status, _items(office, status) if status.outcome is None else ())
    # A decided review still with buttons misleads people; nothing is more urgent than taking them away.
    return Message(f"review/{status.review.id}", 0, review_text(status), blocks)


def _request(status: RequestStatus) -> Iterator[Message]:
    """The owner's message, and while there is no answer its reminders and what others are told."""
    request = status.request
    key = f"request/{request.id}"
    yield Message(key, 0, request_text(status), request_message(status), to=request.owner)
    if status.outcome is not None:
        return
    for number in range(1, status.reminders + 1):
        words = f"A reminder: the answer is due {date(request.due)}."
        yield Message(
            f"{key}/remind/{number}", 1, words, [section(mrkdwn(words))], key, updates=False, to=request.owner
        )
    for number in range(1, status.escalations + 1):
        words = f"{name(request.owner)} has not answered yet; {escape(request.id)} is due {date(request.due)}:"
        blocks = [section(mrkdwn(words)), section(plain(request.question))]
        for person in request.told_at(number):
            yield Message(f"{key}/escalate/{number}/{person}", 1, words, blocks, updates=False, to=person)


def _items(office: Office, status: ReviewStatus) -> tuple[Item, ...]:
    try:
        return items_of(office.evidence, status.review.gate, status.review.subject)
    except NotFoundError:
        # People see the highlights all the same, and Details says what is missing.
        return ()


def _tells(notice: Notification) -> bool:
    """What has a message of its own, or goes to one person, is not told once more."""
    return notice.kind not in ("review.opened", "evidence.asked", "evidence.reminded")


def _notice(notice: Notification, card_key: str) -> Message:
    told = f" {names(notice.to)}" if notice.to else ""
    kind = escape(notice.kind.replace(".", " "))
    blocks = [section(plain(notice.text)), context(mrkdwn(f"{kind}{told} {date(notice.at)}"))]
    key = f"notice/{notice.audit}/{digest_of([notice.at.isoformat(), notice.kind, notice.text])[:16]}"
    return Message(key, 2, escape(notice.text), blocks, card_key, updates=False)


def _steps(status: AuditStatus, card_key: str) -> list[Message]:
    """One message of the steps in the thread, once they are there."""
    if not status.steps:
        return []
    marks = {StepState.DONE: "✓", StepState.NOT_DONE: "✗", StepState.RUNNING: "…", StepState.FAILED: "↻"}
    lines = [f"{marks.get(step.state, '·')} {step.step} {step.procedure} {step.title}" for step in status.steps]
    busy = status.audit.phase is Phase.FIELDWORK
    blocks = [section(plain("\n".join(lines)))]
    return [Message(f"steps/{status.audit.id}", 3 if busy else 2, f"Steps of {status.audit.id}", blocks, card_key)]
