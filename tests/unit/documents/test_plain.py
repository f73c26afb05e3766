"""TXT and CSV, and which reader a document gets."""

import pytest

from audit_agent.documents.text.kinds import CSV, TEXT
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import INVOICE, text
from tests.unit.documents.conftest import Reads


def test_lines_are_counted_and_blank_ones_left_out(reads: Reads) -> None:
    found = reads(b"First\r\n\r\n  Net   total \t 12.00\n", TEXT).pieces

    assert [(piece.text, piece.place.line, piece.place.cell) for piece in found] == [
        ("First", 1, 1),
        ("Net", 3, 1),
        ("total", 3, 2),
        ("12.00", 3, 3),
    ]


def test_tabs_part_cells(reads: Reads) -> None:
    rows = reads(text(), TEXT).rows()

    assert [tuple(piece.text for piece in row) for row in rows] == [tuple(row) for row in INVOICE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_survive_their_encoding(reads: Reads, encoding: str) -> None:
    words = "Gesamtbetrag für Bürobedarf: 12,00 und Ähnliches über die Straße"

    assert reads(words.encode(encoding), TEXT).pieces[0].text == words


def test_letters_without_a_shape_are_dropped(reads: Reads) -> None:
    assert reads("To\u200btal\u202e\U000e0041 12".encode(), TEXT).pieces[0].text == "Total 12"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_knows_row_cell_and_header(reads: Reads, mark: str) -> None:
    data = f'Item{mark}Amount\n"A {mark} B"{mark}12.00\n'.encode()

    last = reads(data, CSV).pieces[-2:]

    assert [(piece.text, piece.label, piece.place.line, piece.place.cell) for piece in last] == [
        (" ".join(f"A {mark} B".split()), "Item", 2, 1),
        ("12.00", "Amount", 2, 2),
    ]


def test_a_field_without_an_end_is_refused(reads: Reads) -> None:
    assert reads(b'a,b\n"' + b"x" * 1_100_000, CSV).outcome == Outcome.DAMAGED


def test_bytes_that_are_no_text_are_refused(reads: Reads) -> None:
    assert reads(b"\xff\x00\x81" * 100, TEXT).outcome == Outcome.DAMAGED


def test_too_many_pieces_are_refused(reads: Reads) -> None:
    assert reads(b"a\n" * 50, TEXT, TextLimits(pieces=10)).outcome == Outcome.TOO_LARGE


def test_a_file_too_large_is_not_opened(reads: Reads) -> None:
    assert reads(b"a" * 50, TEXT, TextLimits(file=10)).outcome == Outcome.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "said", "outcome"),
    [
        (b"\x89PNG\r\n\x1a\n....", TEXT, Outcome.NEEDS_MODEL),
        (b"\xff\xd8\xff\xe0", "application/pdf", Outcome.NEEDS_MODEL),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", Outcome.UNSUPPORTED),
        (b"....", "application/octet-stream", Outcome.UNSUPPORTED),
        (b"%PDF-1.7\nx", TEXT, Outcome.DAMAGED),
        (b"<html><body>Total</body></html>", "application/octet-stream", Outcome.READ),
    ],
)
def test_first_bytes_go_before_what_was_said(reads: Reads, data: bytes, said: str, outcome: Outcome) -> None:
    assert reads(data, said).outcome == outcome
