"""DOCX and XLSX, read from the XML inside."""

from audit_agent.documents.text.kinds import DOCX, XLSX
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import INVOICE, docx, xlsx, zipped
from tests.unit.documents.conftest import Reads

_HIDDEN_RUN = "<w:p><w:r><w:rPr>{}</w:rPr><w:t>x</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>"


def test_paragraphs_and_rows_of_tables(reads: Reads) -> None:
    text = reads(docx(), DOCX)

    assert [tuple(piece.text for piece in row) for row in text.rows()] == [tuple(row) for row in INVOICE]


def test_hidden_runs_are_marked(reads: Reads) -> None:
    for style in ("<w:vanish/>", '<w:sz w:val="2"/>', '<w:color w:val="FFFFFF"/>'):
        pieces = reads(docx(extra=_HIDDEN_RUN.format(style)), DOCX).pieces[-2:]
        assert [(piece.text, piece.hidden) for piece in pieces] == [("x", True), ("seen", False)]


def test_tables_and_boxes_inside_one_another_are_read_once(reads: Reads) -> None:
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>outer</w:t></w:r></w:p>{inner}</w:tc></w:tr></w:tbl>"
    box = "<w:p><w:r><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:r></w:p>"

    assert [piece.text for piece in reads(docx([], table + box), DOCX).pieces] == ["outer", "inner", "box"]


def test_deleted_text_is_left_out(reads: Reads) -> None:
    deleted = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>"

    assert reads(docx(extra=deleted), DOCX).pieces[-1].text == "kept"


def test_cells_know_sheet_row_and_column(reads: Reads) -> None:
    sheet = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="7"><c r="A7" t="inlineStr"><is><t>Paper</t></is></c><c r="B7" s="1"><v>45933</v></c>'
        '<c r="C7"><v>0.30000000000000004</v></c><c r="D7" t="str"><v>sum</v></c></row></sheetData>'
    )

    text = reads(xlsx(sheet, ["Item", "Amount"], formats=(0, 14)), XLSX)

    assert [(piece.text, piece.place.page, piece.place.line, piece.place.cell) for piece in text.pieces] == [
        ("Item", 1, 1, 1),
        ("Amount", 1, 1, 3),
        ("Paper", 1, 7, 1),
        ("2025-10-03", 1, 7, 2),
        ("0.3", 1, 7, 3),
        ("sum", 1, 7, 4),
    ]


def test_hidden_sheets_rows_and_columns_are_marked(reads: Reads) -> None:
    first = (
        '<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c>'
        '<c r="B1"><v>2</v></c></row><row r="2" hidden="1"><c r="A2"><v>3</v></c></row></sheetData>'
    )
    second = '<sheetData><row r="1"><c r="A1"><v>4</v></c></row></sheetData>'

    text = reads(xlsx(first, second_sheet=second), XLSX)

    assert [(piece.text, piece.hidden) for piece in text.pieces] == [
        ("1", False),
        ("2", True),
        ("3", True),
        ("4", True),
    ]


def test_a_cell_at_the_far_corner_costs_nothing(reads: Reads) -> None:
    text = reads(xlsx('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), XLSX)

    assert [(piece.place.line, piece.place.cell) for piece in text.pieces] == [(1_048_576, 16_384)]


def test_an_office_file_is_known_by_what_is_inside(reads: Reads) -> None:
    assert reads(docx(), "application/zip").media_type == DOCX


def test_damaged_ones_are_outcomes(reads: Reads) -> None:
    assert reads(docx()[:200], DOCX).outcome == Outcome.DAMAGED
    assert reads(zipped({"word/document.xml": "<w:document"}), DOCX).outcome == Outcome.DAMAGED


def test_a_bomb_in_an_office_file_is_not_expanded(reads: Reads) -> None:
    bomb = zipped({"word/document.xml": b" " * 8_000_000})

    text = reads(bomb, DOCX, TextLimits(ratio=100))

    assert len(bomb) < 20_000
    assert text.outcome == Outcome.TOO_LARGE
