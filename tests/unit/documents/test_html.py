"""HTML as a browser shows it."""

import pytest

from audit_agent.documents.text.kinds import HTML
from audit_agent.documents.text.model import Outcome
from tests.peers.documents import INVOICE, html
from tests.unit.documents.conftest import Reads


def test_rows_of_a_table_are_rows_of_cells(reads: Reads) -> None:
    text = reads(html(), HTML)

    assert [tuple(piece.text for piece in row) for row in text.rows()] == [tuple(row) for row in INVOICE]


def test_blocks_are_lines_and_inline_elements_are_not(reads: Reads) -> None:
    page = b"<p>Net <b>200</b>.<i>00</i></p><div>VAT<br>38.00</div>loose"

    pieces = reads(page, HTML).pieces

    assert [(piece.text, piece.place.line) for piece in pieces] == [
        ("Net 200.00", 1),
        ("VAT", 2),
        ("38.00", 3),
        ("loose", 4),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">x</p>',
        '<p style="VISIBILITY:hidden">x</p>',
        '<p style="font-size:0">x</p>',
        '<p style="font-size: 1px">x</p>',
        '<p style="opacity:0">x</p>',
        '<p style="position:absolute; left:-9999px">x</p>',
        '<p style="color:#FFFFFF">x</p>',
        '<p style="color: rgba(0,0,0,0)">x</p>',
        "<p hidden>x</p>",
        '<div style="display:none"><p><span>x</span></p></div>',
        "<style>.note, b {display:none}</style><p class='a note'>x</p>",
        "<style>#n{font-size:0px}</style><p id=n>x</p>",
        "<style>p.q{color:red}.q{color:white;visibility:hidden}</style><p class=q>x</p>",
    ],
)
def test_what_styles_hide_is_marked(reads: Reads, hidden: str) -> None:
    pieces = reads(html(extra=f"{hidden}<p>seen</p>"), HTML).pieces[-2:]

    assert [(piece.text, piece.hidden) for piece in pieces] == [("x", True), ("seen", False)]


def test_pale_letters_on_a_dark_ground_are_seen(reads: Reads) -> None:
    page = b'<table><tr style="background:#003366"><th style="color:#fff">Amount</th></tr></table>'

    assert [piece.hidden for piece in reads(page, HTML).pieces] == [False]


def test_scripts_comments_and_the_like_are_dropped(reads: Reads) -> None:
    page = b"<p>a</p><script>x</script><!-- x --><noscript>x</noscript><template>x</template><svg><text>x</text></svg>b"

    assert [piece.text for piece in reads(page, HTML).pieces] == ["a", "b"]


def test_letters_survive_a_wrong_declaration(reads: Reads) -> None:
    page = '<meta charset="iso-8859-1"><p>Straße</p>'.encode()

    assert reads(page, HTML).pieces[0].text == "Straße"


@pytest.mark.parametrize("page", [b"", b"<", b"<table><tr><td>", b"<p>" * 20_000, b"<div>" * 20_000 + b"x"])
def test_broken_pages_end_as_text(reads: Reads, page: bytes) -> None:
    assert reads(page, HTML).outcome in (Outcome.READ, Outcome.DAMAGED)
