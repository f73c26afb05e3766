"""From a file to its text, in this process. Use `processes` for documents that others made."""

from pathlib import Path
from typing import NamedTuple

from audit_agent.documents.text import docx, kinds, xlsx
from audit_agent.documents.text.archive import open_zip, unpack
from audit_agent.documents.text.attaching import Attachments
from audit_agent.documents.text.einvoice import read_xml
from audit_agent.documents.text.errors import DocumentTooLargeError, UnreadableDocumentError
from audit_agent.documents.text.html import read_html
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.mail import read_mail
from audit_agent.documents.text.model import Attachment, DocumentText, Outcome, Picture, Piece
from audit_agent.documents.text.pdf import read_pdf
from audit_agent.documents.text.pictures import image_to_look_at
from audit_agent.documents.text.plain import read_csv, read_text

_HEAD = 1024
_BYTES = {kinds.HTML: read_html, kinds.TEXT: read_text, kinds.CSV: read_csv, kinds.XML: read_xml}


class _Read(NamedTuple):
    kind: str
    pieces: list[Piece]
    pages: int = 0
    attachments: list[Attachment] = []
    pictured: int = 0
    pictures: tuple[Picture, ...] = ()


def extract(path: Path, media_type: str, limits: TextLimits, folder: Path | None = None) -> DocumentText:
    """The text of a file, or why it has none. Documents inside it are written to `folder` under their digests."""
    kind = media_type
    try:
        size = path.stat().st_size
        if size > limits.file:
            raise DocumentTooLargeError(
                f"The file has {size:,} bytes; {limits.file:,} are allowed.", "Give it in parts."
            )
        with path.open("rb") as opened:
            kind = kinds.kind_of(opened.read(_HEAD), media_type)
        read = _read(kind, path, limits, folder)
    except UnreadableDocumentError as error:
        return DocumentText(
            media_type=kind,
            outcome=error.outcome,
            reason=str(error),
            pages=error.pages,
            pictured=error.pages,
            pictures=error.pictures,
        )
    return DocumentText(
        media_type=read.kind,
        outcome=Outcome.READ,
        pages=read.pages,
        pieces=tuple(read.pieces),
        attachments=tuple(read.attachments),
        pictured=read.pictured,
        pictures=read.pictures,
    )


def _read(kind: str, path: Path, limits: TextLimits, folder: Path | None) -> _Read:
    if kind == kinds.PDF:
        pdf = read_pdf(path, limits, folder)
        return _Read(kind, pdf.pieces, pdf.pages, pdf.attachments, pdf.pictured, pdf.pictures)
    if kind in (kinds.ZIP, kinds.DOCX, kinds.XLSX):
        return _read_zip(path, limits, folder)
    if kind == kinds.MAIL:
        pieces, attachments = read_mail(path.read_bytes(), limits, folder)
        return _Read(kind, pieces, 0, attachments)
    if kind.startswith(kinds.IMAGE):
        raise image_to_look_at(path.read_bytes(), kind, limits)
    return _Read(kind, _BYTES[kind](path.read_bytes(), limits))


def _read_zip(path: Path, limits: TextLimits, folder: Path | None) -> _Read:
    """By what is inside, whatever it was called."""
    with open_zip(path, limits) as archive:
        if docx.MAIN_PART in archive.names:
            return _Read(kinds.DOCX, docx.read_docx(archive, limits))
        if xlsx.MAIN_PART in archive.names:
            return _Read(kinds.XLSX, *xlsx.read_xlsx(archive, limits))
        attachments = Attachments(limits, folder)
        unpack(archive, attachments)
        return _Read(kinds.ZIP, [], 0, attachments.found)
