"""The direct message that asks a process owner, what it becomes, and the modal that takes the answer."""

from audit_agent.domain.evidence_request import RequestOutcome
from audit_agent.handoff.attachments import KINDS
from audit_agent.slack.blocks.modals import View, form, text_input
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
    plain,
    section,
)
from audit_agent.slack.contents import Asking
from audit_agent.slack.names import Action, Modal
from audit_agent.store.requests import RequestStatus

TEXT, FILE = "text", "file"


def request_message(status: RequestStatus) -> list[Block]:
    """The blocks of a request's message: with a button while it is open, with its outcome afterwards."""
    request = status.request
    expected = [field("Expected", escape(request.expected))] if request.expected else []
    return [
        header(f"{request.audit}: a question for you"),
        section(plain(request.question)),
        fields(field("Answer until", date(request.due)), *expected),
        context(mrkdwn(f"Step {escape(request.step)} of an audit that {name(request.requester)} asked for.")),
        _end(status),
    ]


def request_text(status: RequestStatus) -> str:
    """The message in a line, for notifications."""
    request = status.request
    if status.outcome is not None:
        return escape(f"{request.id}: {status.outcome.value}.")
    return escape(f"{request.audit} has a question for you.")


def answer_modal(status: RequestStatus) -> View:
    """Asks for the answer: text, a file, or both."""
    request = status.request
    file: Block = {
        "type": "input",
        "block_id": FILE,
        "optional": True,
        "label": plain("File"),
        "element": {"type": "file_input", "action_id": FILE, "filetypes": list(KINDS), "max_files": 1},
    }
    blocks = [
        section(plain(request.question)),
        text_input(TEXT, "Answer", multiline=True, optional=True, hint=request.expected),
        file,
    ]
    return form(Modal.ANSWER, "Answer", "Send", blocks, Asking(request=request.id).model_dump_json())


def _end(status: RequestStatus) -> Block:
    match status.outcome:
        case None:
            return actions(button("Answer", Action.ANSWER, Asking(request=status.request.id).model_dump_json()))
        case RequestOutcome.ANSWERED:
            reply = status.reply
            by = f" by {name(reply.person)} {date(reply.made_at)}" if reply else ""
            return section(mrkdwn(f"*Answered*{by}. Thank you."))
        case RequestOutcome.EXPIRED:
            return section(mrkdwn("*Expired.* The audit went on without an answer."))
        case RequestOutcome.WITHDRAWN:
            return section(mrkdwn("*Withdrawn.* The audit stopped; nobody needs the answer any more."))
