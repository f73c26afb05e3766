"""Documents inside documents: which are read, and what the data inside a hybrid e-invoice comes to beside its pages."""

from dataclasses import dataclass, field
from pathlib import Path

from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text import kinds
from audit_agent.documents.text.limits import MEGABYTE
from audit_agent.documents.text.model import Attachment, DocumentText, Outcome
from audit_agent.domain.documents import DocumentEntry
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.money import show
from audit_agent.domain.record import Digest

DEPTH = 2
"""How deep is read: what an e-mail holds, and what a message or an archive holds that was sent along."""

CARRIERS = (kinds.MAIL, kinds.ZIP)
"""Kinds whose attachments are documents of their own."""

FAILED_INSIDE = (Outcome.DAMAGED, Outcome.ENCRYPTED, Outcome.TOO_LARGE, Outcome.NOT_FINISHED)
"""What is worth telling of a document inside that was not read; a logo or a calendar entry is not."""


@dataclass
class Room:
    """How much inside one document is read, at all depths together; each content once."""

    documents: int = 20
    size: int = 50 * MEGABYTE
    seen: set[Digest] = field(default_factory=set)

    def takes(self, attachment: Attachment) -> bool:
        """Whether it is to be read, which uses up room."""
        if not attachment.saved or attachment.sha256 in self.seen:
            return False
        if not self.documents or attachment.size > self.size:
            return False
        self.seen.add(attachment.sha256)
        self.documents -= 1
        self.size -= attachment.size
        return True


def keep(attachments: tuple[Attachment, ...], folder: Path, evidence: Evidence, room: Room) -> list[Attachment]:
    """Move those that are to be read from the folder they were written to into the evidence."""
    taken = [attachment for attachment in attachments if room.takes(attachment)]
    for attachment in taken:
        evidence.put_file(folder / attachment.sha256)
    return taken


def entry_inside(entry: DocumentEntry, attachment: Attachment) -> DocumentEntry:
    """A document inside another as an entry: of the same number, and supporting the same row where one was named."""
    return entry.model_copy(
        update={
            "source": f"{entry.source}!/{attachment.name}",
            "name": attachment.name,
            "size": attachment.size,
            "sha256": attachment.sha256,
            "media_type": attachment.media_type,
        }
    )


def placed_inside(text: DocumentText, name: str) -> DocumentText:
    """The text with every place naming the file it stands in."""
    pieces = (
        piece.model_copy(update={"place": piece.place.model_copy(update={"inside": name})}) for piece in text.pieces
    )
    return text.model_copy(update={"pieces": tuple(pieces)})


def against_page(data: DocumentResult, page: DocumentResult) -> DocumentResult:
    """What the data inside a PDF says, with what its pages show otherwise: people approve what they see."""
    problems = list(data.problems)
    said, shown = data.invoice_number.value, page.invoice_number.value
    if said and shown and _letters(said) != _letters(shown):
        problems.append(f"The number in the data is {said}, on the page {shown}.")
    if data.total.value is not None and page.total.value is not None and data.total.value != page.total.value:
        amounts = [
            show(one.total.value, one.currency.value or "") for one in (data, page) if one.total.value is not None
        ]
        problems.append(f"The total in the data is {amounts[0]}, on the page {amounts[1]}.")
    return data.model_copy(update={"problems": tuple(problems), "hidden_pieces": page.hidden_pieces})


def _letters(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())
