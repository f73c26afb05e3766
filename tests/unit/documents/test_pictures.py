"""What has no text is carried along as pictures for a model, within limits."""

import base64
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.text.kinds import PDF
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from audit_agent.documents.text.processes import TextReader
from tests.peers.documents import pdf, pdf_of_many_pages, with_picture_page
from tests.unit.documents.conftest import Reads

_HEADS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\0\0\0\0WEBP",
}


@pytest.mark.parametrize("media_type", _HEADS)
def test_an_image_is_carried_as_it_is(reads: Reads, media_type: str) -> None:
    data = _HEADS[media_type] + b"....."

    text = reads(data, "application/octet-stream")

    assert text.outcome == Outcome.NEEDS_MODEL
    [picture] = text.pictures
    assert (picture.page, picture.media_type, base64.b64decode(picture.data)) == (1, media_type, data)


@pytest.mark.parametrize("data", [b"II*\0....", b"MM\0*....", b"BM......"])
def test_an_image_no_model_takes_is_unsupported(reads: Reads, data: bytes) -> None:
    text = reads(data, "image/x")

    assert (text.outcome, text.pictures) == (Outcome.UNSUPPORTED, ())
    assert "Ask for PNG" in text.reason


def test_an_image_beyond_what_a_model_takes_is_too_large(reads: Reads) -> None:
    text = reads(_HEADS["image/png"] + bytes(100), "image/png", replace(TextLimits(), picture=100))

    assert (text.outcome, text.pictures) == (Outcome.TOO_LARGE, ())


def test_the_first_pages_of_a_scan_are_drawn_in_grey(reads: Reads) -> None:
    text = reads(pdf([], pages=3), PDF, replace(TextLimits(), pictures=2))

    assert (text.outcome, text.pages) == (Outcome.NEEDS_MODEL, 3)
    assert [(one.page, one.media_type) for one in text.pictures] == [(1, "image/png"), (2, "image/png")]
    width, height, pixels = _png(base64.b64decode(text.pictures[0].data))
    assert (width, height) == (1109, 1568)
    assert pixels == (b"\0" + b"\xff" * width) * height


def test_a_page_that_is_a_picture_goes_with_the_text_of_the_others(reads: Reads) -> None:
    text = reads(with_picture_page(), PDF)

    assert (text.outcome, text.pages, text.pictured) == (Outcome.READ, 2, 1)
    assert [picture.page for picture in text.pictures] == [2]
    assert "without text: 1 of 2" in read_offline(text).remarks[0]


def test_pages_with_text_and_empty_pages_are_no_pictures(reads: Reads) -> None:
    assert reads(pdf(pages=2), PDF).pictures == ()


def test_pages_of_any_size_are_drawn_at_the_same_size(reads: Reads) -> None:
    [first, *_] = reads(pdf_of_many_pages(2), PDF).pictures

    assert _png(base64.b64decode(first.data))[:2] == (1568, 1568)


def test_pictures_come_out_of_the_limited_process(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf([], pages=7))

    with TextReader() as reader:
        text = reader.read(path, PDF)

    assert (text.outcome, len(text.pictures)) == (Outcome.NEEDS_MODEL, 5)


def _png(data: bytes) -> tuple[int, int, bytes]:
    assert data.startswith(_HEADS["image/png"])
    width, height, *form = struct.unpack(">IIBBBBB", data[16:29])
    assert form == [8, 0, 0, 0, 0]
    length = struct.unpack(">I", data[33:37])[0]
    return width, height, zlib.decompress(data[41 : 41 + length])
