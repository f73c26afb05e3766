"""E-mail: who wrote when to whom, the text that is shown, and the attachments as documents of their own."""

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from pathlib import Path

from audit_agent.documents.text.attaching import Attachments
from audit_agent.documents.text.errors import DamagedDocumentError, DocumentTooLargeError
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.html import html_pieces
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Attachment, Piece
from audit_agent.documents.text.plain import lines_of_text

_HEADERS = ("From", "To", "Cc", "Date", "Subject")


def read_mail(data: bytes, limits: TextLimits, folder: Path | None) -> tuple[list[Piece], list[Attachment]]:
    """Pieces and attachments. Of a text in two forms the HTML is read, since that is what people are shown."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
    if not any(message.get(name) for name in _HEADERS):
        raise DamagedDocumentError("The e-mail has no sender, date or subject.", "Ask for it again.")
    gatherer = Gatherer(limits)
    line = 0
    for line, name in enumerate((name for name in _HEADERS if message.get(name)), start=1):
        gatherer.add(str(message[name]), line=line, label=name)
    parts = list(_leaves(message, limits))
    body = message.get_body(("html", "plain"))
    if body is not None and body.get_content_type() == "text/html":
        html_pieces(_text(body), gatherer, line + 1)
    elif body is not None:
        lines_of_text(_text(body), limits, gatherer, line + 1)
    shown = {id(body), id(message.get_body(("plain",)))}
    attachments = Attachments(limits, folder)
    for number, part in enumerate((part for part in parts if id(part) not in shown), start=1):
        attachments.add(part.get_filename() or f"part {number}", _bytes(part), part.get_content_type())
    return gatherer.pieces, attachments.found


def _leaves(message: EmailMessage, limits: TextLimits) -> Iterator[EmailMessage]:
    """The parts that hold something; a message sent along is one, with all that is in it."""
    waiting: list[tuple[EmailMessage, int]] = [(message, 1)]
    while waiting:
        part, depth = waiting.pop(0)
        if depth > limits.depth:
            raise DocumentTooLargeError(f"The e-mail is nested more than {limits.depth} deep.", "Check its origin.")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [(inner, depth + 1) for inner in part.iter_parts() if isinstance(inner, EmailMessage)]
        else:
            yield part


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        return _bytes(part).decode(errors="replace")


def _bytes(part: MIMEPart) -> bytes:
    if part.get_content_maintype() == "message":
        return b"\n".join(inner.as_bytes() for inner in part.iter_parts()) if part.is_multipart() else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
