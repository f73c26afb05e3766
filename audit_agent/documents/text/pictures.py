"""Pictures for a model to look at: an image as it is, or the pages of a scan, drawn small enough to be sent."""

import base64
import struct
import zlib
from collections.abc import Iterable

import pypdfium2
from pypdfium2 import PdfiumError

from audit_agent.documents.text.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    ModelNeededError,
    UnsupportedDocumentError,
)
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Picture

SENT = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What models take."""
_LONG_EDGE = 1568
"""Pixels; a model scales larger pictures down."""
_SHADES = bytes(grey // 16 * 17 for grey in range(256))
"""Sixteen of them: letters stay as they are, and the grain of paper, most of a scan's bytes, goes."""


def image_to_look_at(data: bytes, media_type: str, limits: TextLimits) -> ModelNeededError:
    """What to raise for an image. Raises UnsupportedDocumentError or DocumentTooLargeError where no model takes it."""
    if media_type not in SENT:
        raise UnsupportedDocumentError(f"No model looks at {media_type}.", "Ask for PNG, JPEG, GIF, WEBP or PDF.")
    if len(data) > limits.picture:
        raise DocumentTooLargeError(
            f"The picture has {len(data):,} bytes; a model looks at {limits.picture:,} at most.",
            "Ask for a smaller one.",
        )
    return ModelNeededError("It is a picture.", (_picture(1, media_type, data),))


def scan_to_look_at(document: pypdfium2.PdfDocument, limits: TextLimits) -> ModelNeededError:
    """What to raise for a PDF without text: its first pages, in shades of grey."""
    pages = range(1, min(len(document), limits.pictures) + 1)
    return ModelNeededError("The PDF has pictures of pages but no text.", drawn(document, pages), len(document))


def drawn(document: pypdfium2.PdfDocument, pages: Iterable[int]) -> tuple[Picture, ...]:
    """Pages as pictures; they are counted from 1."""
    return tuple(_picture(page, "image/png", _drawn(document, page)) for page in pages)


def _picture(page: int, media_type: str, data: bytes) -> Picture:
    return Picture(page=page, media_type=media_type, data=base64.b64encode(data).decode())


def _drawn(document: pypdfium2.PdfDocument, number: int) -> bytes:
    try:
        page = document[number - 1]
        bitmap = page.render(scale=_LONG_EDGE / max(*page.get_size(), 1), grayscale=True)
    except PdfiumError as error:
        raise DamagedDocumentError(f"Page {number} of the PDF is damaged.", "Ask for it again.") from error
    pixels, stride = memoryview(bitmap.buffer).cast("B"), bitmap.stride
    rows = [pixels[start : start + bitmap.width] for start in range(0, bitmap.height * stride, stride)]
    png = _png(bitmap.width, bitmap.height, b"".join(b"\0" + bytes(row) for row in rows))
    page.close()
    return png


def _png(width: int, height: int, rows: bytes) -> bytes:
    """Eight bits of grey a pixel, each row behind a zero: no filter (PNG, 4.1 and 6)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.translate(_SHADES))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
