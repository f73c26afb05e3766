"""Media types come from the bytes; names decide only between kinds of text."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.media_types import BY_SUFFIX, OCTETS, ZIP, sniff


def _zip(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "a", "application/pdf"),
        (b"junk before\n%PDF-1.4\n", "a.txt", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "a.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0\0", "a", "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a", "image/webp"),
        (b"II*\0\x08", "a", "image/tiff"),
        (b"<!DOCTYPE html><html>", "invoice.pdf", "text/html"),
        (b"\xef\xbb\xbf  <html lang='de'>", "a", "text/html"),
        (b"<!-- x --> <HTML>", "a", "text/html"),
        (b'<?xml version="1.0"?><Invoice/>', "a.html", "application/xml"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x">', "a", "text/html"),
        (b"Received: from a\n by b\nFrom: a@b\n\nhi", "a", "message/rfc822"),
        (b"Subject: only one header\nthen text", "a.txt", "text/plain"),
        (b"a;b\n1;2\n", "a.csv", "text/csv"),
        (b"a;b\n1;2\n", "a", "text/plain"),
        (b"<p>seen</p><p style='display:none'>hidden</p>", "a.html", "text/html"),
        (b"<!---->" * 40 + b"\nInvoice", "a.txt", "text/plain"),
        (b"<!---->" * 100 + b"<html>", "a.txt", "text/html"),
        ("Stra\u00dfe".encode("latin-1"), "a.txt", "text/plain"),
        ("hello".encode("utf-16"), "a.txt", "text/plain"),
        (b"BM is how this text begins", "a", "text/plain"),
        (b"MZ\x90\0\x03", "invoice.pdf", OCTETS),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "application/x-ole-storage"),
        (b"\x1f\x8b\x08", "a.csv", "application/gzip"),
        (_zip("[Content_Types].xml", "word/document.xml"), "a.zip", BY_SUFFIX[".docx"]),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "a", BY_SUFFIX[".xlsx"]),
        (_zip("a.txt"), "a.docx", ZIP),
        (b"PK\x03\x04 cut off", "a.docx", ZIP),
    ],
)
def test_a_document_is_what_its_bytes_say(data: bytes, name: str, media_type: str) -> None:
    assert sniff(io.BytesIO(data), name) == media_type


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"<?xml", b"PK\x05\x06"]))
def test_any_bytes_have_a_media_type(data: bytes, start: bytes) -> None:
    assert "/" in sniff(io.BytesIO(start + data), "a.xml")
