"""Which reader a document needs: what its first bytes say goes before the media type it came with."""

from audit_agent.documents.text.errors import UnsupportedDocumentError

PDF = "application/pdf"
HTML = "text/html"
TEXT = "text/plain"
CSV = "text/csv"
MAIL = "message/rfc822"
XML = "application/xml"
ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMAGE = "image/"

_ALIASES = {
    "text/xml": XML,
    "application/xhtml+xml": HTML,
    "application/csv": CSV,
    "text/tab-separated-values": CSV,
    "application/x-zip-compressed": ZIP,
    "application/x-pdf": PDF,
}
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"BM": "image/bmp",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(head: bytes, media_type: str) -> str:
    """The media type to read by, from the first kilobyte. Raises UnsupportedDocumentError."""
    said = media_type.partition(";")[0].strip().lower()
    said = _ALIASES.get(said, said)
    if head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head and said not in (HTML, TEXT, CSV, MAIL, XML)):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return said if said in (DOCX, XLSX) else ZIP
    if head.startswith(_OLD_OFFICE):
        raise UnsupportedDocumentError(
            "It is an Office file of before 2007, or one with a password.", "Ask for PDF, DOCX or XLSX."
        )
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    for start, image in _IMAGES.items():
        if head.startswith(start) and not (start == b"BM" and said.startswith("text/")):
            return image
    return _text_kind(head, said)


def _text_kind(head: bytes, said: str) -> str:
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return HTML
    if start.startswith(b"<?xml"):
        return HTML if b"<html" in start else XML
    if said in (HTML, TEXT, CSV, MAIL, XML):
        return said
    if said.endswith("+xml"):
        return XML
    if said.startswith("text/"):
        return TEXT
    if said.startswith(IMAGE):
        return said
    raise UnsupportedDocumentError(f"Nothing here reads {said or 'a document of unknown kind'}.", "Ask for a PDF.")
