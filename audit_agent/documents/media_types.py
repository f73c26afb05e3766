"""Media types by the first bytes of a document, and guesses by name."""

import codecs
import os
import re
import struct
from typing import BinaryIO

HEAD_BYTES = 4096
OCTETS = "application/octet-stream"
ZIP = "application/zip"

BY_SUFFIX = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".tsv": "text/csv",
    ".txt": "text/plain",
    ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".gz": "application/gzip",
    ".zip": ZIP,
}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_PDF_WITHIN = 1024
_OFFICE = ((b"word/document.xml", BY_SUFFIX[".docx"]), (b"xl/workbook.xml", BY_SUFFIX[".xlsx"]))
_ZIP_END = struct.Struct("<12xII")
_ZIP_END_BYTES = 22 + 0xFFFF
_ZIP_DIRECTORY_BYTES = 4 * 1024 * 1024
_XML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)
# Possessive, since a text of nothing but comments would otherwise be tried in every way there is.
_HTML = re.compile(
    r"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MAIL = re.compile(
    r"((from|to|subject|date|received|return-path|mime-version|message-id|delivered-to|dkim-signature|x-[\w-]+):[^\n]*\n"
    r"([ \t][^\n]*\n)*){2}",
    re.IGNORECASE,
)


_AS_NAMED = tuple(BY_SUFFIX[suffix] for suffix in (".csv", ".eml", ".xml", ".html"))
"""Kinds of text that need no signature where the name says what it is."""


def guess(name: str) -> str | None:
    """The media type a name suggests. The table is ours, so that the guess is the same on every machine."""
    _, point, suffix = name.rpartition(".")
    return BY_SUFFIX.get(f"{point}{suffix}".lower())


def sniff(file: BinaryIO, name: str) -> str:
    """The media type of an open document by its bytes; the name decides only between kinds of text."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return _zipped(file) if media_type == ZIP else media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return BY_SUFFIX[".webp"]
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return BY_SUFFIX[".pdf"]
    text = _text(head)
    return OCTETS if text is None else _kind_of_text(text, name)


def _zipped(file: BinaryIO) -> str:
    """Which office document a ZIP is, by the names in its directory, read only where that is small."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _ZIP_END_BYTES))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + _ZIP_END.size:
        return ZIP
    length, start = _ZIP_END.unpack_from(tail, end)
    if length > _ZIP_DIRECTORY_BYTES:
        return ZIP
    file.seek(min(start, size))
    directory = file.read(length)
    return next((media_type for part, media_type in _OFFICE if part in directory), ZIP)


def _text(head: bytes) -> str | None:
    """The first characters as text; None when the bytes are none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    if b"\x00" in head:
        return None
    text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    control = sum(1 for character in text if character < " " and character not in "\t\n\r\f\x1b")
    return None if control else text


def _kind_of_text(text: str, name: str) -> str:
    if _HTML.match(text):
        return BY_SUFFIX[".html"]
    if _XML.match(text):
        return BY_SUFFIX[".html"] if re.search("<html\\b", text, re.IGNORECASE) else BY_SUFFIX[".xml"]
    if _MAIL.match(text):
        return BY_SUFFIX[".eml"]
    suggested = guess(name)
    # A part of a page begins with any tag; read as plain text, what it hides would be seen.
    return suggested if suggested in _AS_NAMED else "text/plain"
