"""PDF: the text layer, word by word, set into lines and cells as the eye does."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from pypdfium2 import PdfiumError, raw

from audit_agent.documents.text.attaching import Attachments
from audit_agent.documents.text.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
)
from audit_agent.documents.text.gathering import Gatherer
from audit_agent.documents.text.layout import cells_of, lines_of
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Attachment, Picture, Piece
from audit_agent.documents.text.pdf_words import PageWords, shows_picture
from audit_agent.documents.text.pictures import drawn, scan_to_look_at


class PdfText(NamedTuple):
    """Its text, the files inside it, such as the data of a hybrid e-invoice, and its pages without text."""

    pieces: list[Piece]
    pages: int
    attachments: list[Attachment]
    pictured: int
    """Pages that show a picture and have no text; `pictures` are the first of them."""
    pictures: tuple[Picture, ...]


def read_pdf(path: Path, limits: TextLimits, folder: Path | None = None) -> PdfText:
    """The text of a PDF and what goes with it.

    Raises ModelNeededError where no page has text, EncryptedDocumentError where a password is needed.
    """
    gatherer = Gatherer(limits)
    attachments = Attachments(limits, folder)
    pictured: list[int] = []
    document = _open(path)
    try:
        pages = len(document)
        if pages > limits.pages:
            raise DocumentTooLargeError(
                f"The PDF has {pages:,} pages; {limits.pages:,} are allowed.", "Give it in parts."
            )
        for number, page in enumerate(_pages(document), start=1):
            found = PageWords(page)
            if not found.words and shows_picture(page):
                pictured.append(number)
            for line, words in enumerate(lines_of(found.words), start=1):
                for cell, (text, box, hidden) in enumerate(cells_of(words), start=1):
                    gatherer.add(text, page=number, line=line, cell=cell, box=found.as_shown(box), hidden=hidden)
        for name, data in _files_inside(document):
            attachments.add(name, data)
        if not gatherer.pieces:
            raise scan_to_look_at(document, limits)
        pictures = drawn(document, pictured[: limits.pictures])
    finally:
        document.close()
    return PdfText(gatherer.pieces, pages, attachments.found, len(pictured), pictures)


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocumentError("The PDF is encrypted.", "Ask for a copy without a password.") from error
        raise DamagedDocumentError(
            f"The PDF cannot be opened: {str(error).rstrip('.')}.", "Ask for it again."
        ) from error


def _pages(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for index in range(len(document)):
        try:
            page = document[index]
        except PdfiumError as error:
            raise DamagedDocumentError(f"Page {index + 1} of the PDF is damaged.", "Ask for it again.") from error
        yield page
        page.close()


def _files_inside(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, bytes]]:
    for index in range(document.count_attachments()):
        try:
            attached = document.get_attachment(index)
            found = attached.get_name(), bytes(attached.get_data())
        except PdfiumError as error:
            raise DamagedDocumentError(f"File {index + 1} inside the PDF is damaged.", "Ask for it again.") from error
        yield found
