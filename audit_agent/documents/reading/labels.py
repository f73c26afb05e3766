"""Labels in a document and what stands beside them: in the same cell, to the right, or below."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple, TypeVar

from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.result import Field, Quotation
from audit_agent.documents.reading.vocabulary import begins_with, rank
from audit_agent.documents.text.model import Piece

T = TypeVar("T")
Row = tuple[Piece, ...]
LABELS = (
    *("invoice_number", "order_number", "invoice_date", "due_date", "total", "net", "tax", "terms"),
    *("supplier", "customer", "delivery"),
)
_QUOTED = 160
_ROWS_BELOW = 2


class Where(IntEnum):
    """Where a value stands as seen from its label; the nearer, the surer."""

    BESIDE = 0
    BELOW = 1


class Candidate(NamedTuple):
    """A text that may hold the value of a field."""

    where: Where
    weak: bool
    rank: int
    row: int
    text: str
    piece: Piece
    inside: bool
    """In the same cell as the label."""


def candidates(rows: tuple[Row, ...], field: str) -> Iterator[Candidate]:
    """Every text beside or below a label of the field."""
    for number, row in enumerate(rows):
        for index, piece in enumerate(row):
            folded = plain(piece.text)
            for strength in ("strong", "weak"):
                match = begins_with(field, strength).match(folded)
                if match and not (strength == "weak" and _is_other_label(folded, match.end())):
                    rest = piece.text[match.end() :] if len(folded) == len(piece.text) else folded[match.end() :]
                    sure = (strength == "weak", rank(field, match["phrase"]), number)
                    yield from _around(rows, number, index, rest, sure)
                    break


def is_label(text: str) -> bool:
    """The text is, or begins with, what documents call a field."""
    folded = plain(text)
    return any(begins_with(field, strength).match(folded) for field in LABELS for strength in ("strong", "weak"))


def _is_other_label(folded: str, length: int) -> bool:
    """`Date limite de paiement` is no `date`: a surer label of any field begins there and is longer."""
    return any((match := begins_with(field).match(folded)) and match.end() > length for field in LABELS)


def _around(
    rows: tuple[Row, ...], number: int, index: int, rest: str, sure: tuple[bool, int, int]
) -> Iterator[Candidate]:
    label = rows[number][index]
    rest = rest.lstrip(" :*.#\u00b0").rstrip(" :*")
    if rest:
        yield Candidate(Where.BESIDE, *sure, rest, label, True)
    for piece in rows[number][index + 1 :]:
        if piece.text.endswith(":"):
            break
        yield Candidate(Where.BESIDE, *sure, piece.text, piece, False)
    for row in rows[number + 1 : number + 1 + _ROWS_BELOW]:
        for piece in row:
            if stands_below(label, piece):
                yield Candidate(Where.BELOW, *sure, piece.text, piece, False)


def stands_below(upper: Piece, lower: Piece) -> bool:
    """In the same column, on the same page."""
    if upper.place.page != lower.place.page:
        return False
    if upper.place.box and lower.place.box:
        return upper.place.box[0] < lower.place.box[2] and lower.place.box[0] < upper.place.box[2]
    return upper.place.cell == lower.place.cell


def best(found: Iterator[Candidate], parse: Callable[[Candidate], T | None], last: bool = False) -> Field[T] | None:
    """The value of the surest candidate that holds one; of equals the first, or the last."""
    ranked = sorted(found, key=lambda one: (one.where, one.weak, one.rank, -one.row if last else one.row))
    for candidate in ranked:
        value = parse(candidate)
        if value is not None:
            return supported(value, candidate.piece, candidate.text)
    return None


def supported(value: T, piece: Piece, near: str = "") -> Field[T]:
    """A field with the words of a piece; of a long one, those from `near` on."""
    return Field(value=value, quotation=quoted(piece, near))


def quoted(piece: Piece, near: str = "") -> Quotation:
    """The words of a piece, cut where it is long."""
    start = max(piece.text.find(near), 0) if len(piece.text) > _QUOTED else 0
    return Quotation(text=piece.text[start : start + _QUOTED].strip(), place=piece.place)
