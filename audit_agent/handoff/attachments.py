"""Files that answer an evidence request: how large, and of which kinds, by what their bytes are."""

import io
import re
import zipfile
from pathlib import PurePath

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.evidence_request import Attachment

LARGEST = 20_000_000
"""Bytes. What is larger belongs into a system of records, with a link to it in the answer."""

KINDS = ("pdf", "png", "jpg", "jpeg", "xlsx", "docx", "csv", "txt")
"""File types Slack offers to choose; what counts is `_media_type`."""

_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MOST_MEMBERS = 10_000
_ACTIVE_TEXT = re.compile(r"\s*(<!doctype\s+html|<html|<script|<svg|<\?xml|#!)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_UNSHOWN = re.compile(r"[^\w .,()\[\]+-]")


class FileTooLargeError(BadInputError):
    """A file is larger than what is taken as an answer."""


class FileKindError(BadInputError):
    """A file is of a kind that is not taken as an answer, or empty."""


def attach(evidence: Evidence, name: str, content: bytes) -> Attachment:
    """Put a file into the evidence; raises FileTooLargeError and FileKindError, and what the evidence raises."""
    check_size(len(content))
    shown = _UNSHOWN.sub("_", PurePath(name.replace("\\", "/")).name)[-200:] or "file"
    media_type = _media_type(content)
    if not media_type:
        raise FileKindError(
            f"{shown} is of a kind that is not taken, or empty.", "PDF, PNG, JPEG, XLSX, DOCX, CSV and plain text are."
        )
    return Attachment(digest=evidence.put(content), name=shown, media_type=media_type, size=len(content))


def check_size(size: int) -> None:
    """Raise FileTooLargeError for a file of more than LARGEST bytes."""
    if size > LARGEST:
        raise FileTooLargeError(
            f"The file has more than {LARGEST // 1_000_000} MB.", "Give a smaller one, or say where it can be found."
        )


def _media_type(content: bytes) -> str:
    """What the bytes are; empty for everything that is not taken, such as programs, pages and macros."""
    for magic, media_type in _MAGIC.items():
        if content.startswith(magic):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "text/plain" if text.strip() and not _ACTIVE_TEXT.match(text) and not _CONTROL.search(text) else ""


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if len(members) > _MOST_MEMBERS or any(name.lower().endswith("vbaproject.bin") for name in members):
        return ""
    return next((media_type for part, media_type in _OFFICE.items() if part in members), "")
