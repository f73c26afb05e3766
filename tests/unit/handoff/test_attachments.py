"""What is taken as a file, by its bytes."""

from pathlib import Path

import pytest

from audit_agent.handoff.attachments import LARGEST, FileKindError, FileTooLargeError, attach
from audit_agent.store.evidence import FolderEvidence


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("Größe;Betrag\r\n1;2\r\n".encode("utf-8-sig"), "text/plain"),
    ],
)
def test_what_is_taken(tmp_path: Path, content: bytes, media_type: str) -> None:
    attached = attach(FolderEvidence(tmp_path), "C:\\Users\\x\\..\\Größe <b>.pdf", content)

    assert (attached.media_type, attached.size, attached.name) == (media_type, len(content), "Größe _b_.pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"\x00\x01",
        "Größe".encode("latin-1"),
        b"#!/bin/sh\n",
        b"<HTML>",
        b"<svg xmlns=''>",
        b"PK\x03\x04x",
    ],
)
def test_what_is_not(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileKindError, match=r"report\.pdf"):
        attach(FolderEvidence(tmp_path), "report.pdf", content)
    assert list(tmp_path.iterdir()) == []


def test_a_file_beyond_the_limit_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(FileTooLargeError, match="20 MB"):
        attach(FolderEvidence(tmp_path), "a.pdf", b"%PDF-" + b"x" * LARGEST)
