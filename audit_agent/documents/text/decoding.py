"""Bytes to letters, where nothing says how they were written."""

from charset_normalizer import from_bytes

from audit_agent.documents.text.errors import DamagedDocumentError

_SAMPLE = 64 * 1024


def decode(data: bytes) -> str:
    """UTF-8 or what a byte order mark says; else the likeliest encoding of a sample. Raises DamagedDocumentError."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((encoding for mark, encoding in marks if data.startswith(mark)), "")
    try:
        return data.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked or b"\0" in data[:_SAMPLE]:
            raise DamagedDocumentError("The document is not the text it is said to be.", "Ask for it again.") from error
    likeliest = from_bytes(data[:_SAMPLE]).best()
    return data.decode(likeliest.encoding if likeliest else "cp1252", errors="replace")
