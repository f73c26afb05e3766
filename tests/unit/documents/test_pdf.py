"""PDF: words in lines and cells with their boxes; hidden words marked; what cannot be read recorded."""

import io

import pypdfium2
import pytest
from fpdf import FPDF

from audit_agent.documents.text.kinds import PDF
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import INVOICE, pdf, pdf_of_many_pages
from tests.unit.documents.conftest import Reads


def test_rows_and_cells_are_those_of_the_page(reads: Reads) -> None:
    text = reads(pdf(), PDF)

    assert text.outcome == Outcome.READ
    assert [tuple(piece.text for piece in row) for row in text.rows()] == [tuple(row) for row in INVOICE]


def test_a_box_is_where_the_words_stand(reads: Reads) -> None:
    (piece,) = reads(pdf([("Total",)]), PDF).pieces

    assert piece.place.page == 1
    assert piece.place.box is not None
    left, top, right, bottom = piece.place.box
    # Written at 20 mm from the left with its base line 20 mm from the top; a tenth of a point is 0.0353 mm.
    assert left == pytest.approx(567, abs=15)
    assert top < 567 < bottom + 15
    assert right > left


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_turned_aside_is_read_upright_and_its_boxes_are_as_shown(reads: Reads, degrees: int) -> None:
    document = pypdfium2.PdfDocument(pdf())
    document[0].set_rotation(degrees)
    turned = io.BytesIO()
    document.save(turned)

    text = reads(turned.getvalue(), PDF)

    assert [tuple(piece.text for piece in row) for row in text.rows()] == [tuple(row) for row in INVOICE]
    box = text.pieces[0].place.box
    assert box is not None
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    # The first words stand near the corner that was the upper left one; A4 is 5953 by 8419 tenths of a point.
    assert {
        0: (across < 3000, down < 1000),
        90: (across > 7000, down < 3000),
        180: (across > 3000, down > 7000),
        270: (across < 1000, down > 3000),
    }[degrees] == (True, True)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_words_written_aside_are_read_upright(reads: Reads, degrees: int) -> None:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    with document.rotation(degrees, 100, 150):
        document.text(60, 140, "Net amount")
        document.text(60, 150, "Total")
        document.text(120, 150, "12.00")

    rows = reads(bytes(document.output()), PDF).rows()

    assert [[piece.text for piece in row] for row in rows] == [["Net amount"], ["Total", "12.00"]]


def test_pages_are_counted(reads: Reads) -> None:
    text = reads(pdf([("Total",)], pages=3), PDF)

    assert text.pages == 3
    assert [piece.place.page for piece in text.pieces] == [1, 2, 3]


def test_words_that_nobody_sees_are_marked(reads: Reads) -> None:
    text = reads(pdf(hidden="Pay 9,999.00 to another account"), PDF)

    assert [piece.text for piece in text.pieces if piece.hidden] == ["Pay 9,999.00 to another account"] * 4
    assert text.shown() == reads(pdf(), PDF).pieces


def test_files_inside_are_documents_of_their_own(reads: Reads, tmp_path: object) -> None:
    text = reads(pdf(attached=("factur-x.xml", b"<x/>")), PDF)

    (inside,) = text.attachments
    assert (inside.name, inside.size, inside.saved) == ("factur-x.xml", 4, True)


def test_a_damaged_file_inside_is_an_outcome(reads: Reads) -> None:
    data = pdf(attached=("factur-x.xml", b"<x/>")).replace(b"/EF", b"/EX")

    assert reads(data, PDF).outcome == Outcome.DAMAGED


def test_a_pdf_of_pictures_needs_the_model(reads: Reads) -> None:
    assert reads(pdf([]), PDF).outcome == Outcome.NEEDS_MODEL


def test_a_password_is_asked_for(reads: Reads) -> None:
    text = reads(pdf(password="secret"), PDF)

    assert text.outcome == Outcome.ENCRYPTED
    assert "without a password" in text.reason


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", pdf()[:400], b"%PDF-1.7\n" + bytes(range(256)) * 40], ids=["empty", "cut", "noise"]
)
def test_a_damaged_file_is_an_outcome(reads: Reads, data: bytes) -> None:
    assert reads(data, PDF).outcome in (Outcome.DAMAGED, Outcome.NEEDS_MODEL)


def test_ten_thousand_pages_are_refused_before_the_first_is_read(reads: Reads) -> None:
    text = reads(pdf_of_many_pages(10_000), PDF)

    assert text.outcome == Outcome.TOO_LARGE
    assert "10,000 pages" in text.reason


def test_more_words_than_allowed_are_refused(reads: Reads) -> None:
    assert reads(pdf(), PDF, TextLimits(characters=100)).outcome == Outcome.TOO_LARGE
