"""The part of a text that rules look at: what patterns cost grows with the text, and a stranger chose its length."""

from typing import NamedTuple

from audit_agent.documents.text.model import DocumentText, Piece

_PIECES = 5_000
_CELLS = 100
_LETTERS_EACH = 1_000
_LETTERS = 300_000


class Beginning(NamedTuple):
    """Rows of cells as `DocumentText.rows` gives them, and whether anything was left out."""

    rows: tuple[tuple[Piece, ...], ...]
    cut: bool


def beginning(text: DocumentText) -> Beginning:
    """The first rows, of each the first cells, of each the first letters: far more than an invoice has."""
    rows: list[tuple[Piece, ...]] = []
    pieces = letters = 0
    cut = False
    for row in text.rows():
        if pieces >= _PIECES or letters >= _LETTERS:
            return Beginning(tuple(rows), True)
        kept = tuple(_shortened(piece) for piece in row[:_CELLS])
        cut = cut or kept != row
        pieces += len(kept)
        letters += sum(len(piece.text) for piece in kept)
        rows.append(kept)
    return Beginning(tuple(rows), cut)


def _shortened(piece: Piece) -> Piece:
    if len(piece.text) <= _LETTERS_EACH:
        return piece
    return piece.model_copy(update={"text": piece.text[:_LETTERS_EACH]})
