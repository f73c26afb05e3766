"""What goes to Slack inside buttons, modals and the inbox, and comes back."""

from audit_agent.domain.ids import AuditId, RequestId, ReviewId
from audit_agent.domain.record import Digest, Record
from audit_agent.domain.review import Review, Verdict


class Shown(Record):
    """A review as a message or modal shows it: decisions are bound to this digest."""

    review: ReviewId
    subject: Digest

    @classmethod
    def of(cls, review: Review) -> "Shown":
        """What a review shows now."""
        return cls(review=review.id, subject=review.subject)


class Page(Record):
    """One page of the details of a review."""

    shown: Shown
    number: int


class Asked(Record):
    """What a modal asks a reason for, and where its answer belongs."""

    shown: Shown
    verdict: Verdict
    channel: str


class ToDecide(Record):
    """A person's word on a review."""

    shown: Shown
    verdict: Verdict
    reason: str = ""


class ToStart(Record):
    """An audit to start, as a person wrote it and the modal checked it."""

    program: str
    books: str
    period: str = ""
    documents: str = ""
    budget: str = ""
    channel: str


class ToCancel(Record):
    """An audit to cancel."""

    audit: AuditId
    reason: str


class ToFollow(Record):
    """An audit to follow."""

    audit: AuditId


class ToAnswer(Record):
    """A person's answer to an evidence request; of a file only its name at Slack, until it is settled."""

    request: RequestId
    text: str = ""
    file: str = ""


class Asking(Record):
    """What the button of an evidence request and its modal carry."""

    request: RequestId
