"""What a model claims a document says: values parsed strictly, quotations put where the model says they stand."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from audit_agent.documents.reading.amounts import written_in_data
from audit_agent.documents.reading.currencies import CODES
from audit_agent.documents.reading.result import Answer, DocumentResult, Field, Kind, LineItem, Party, Quotation
from audit_agent.documents.text.gathering import tidy
from audit_agent.documents.text.model import DocumentText, Outcome, Picture, Piece, Place
from audit_agent.llm.claude.wire import WireDocument, WireLine, WireQuoted

T = TypeVar("T")
_PIECES, _LETTERS, _LETTERS_EACH = 1_500, 60_000, 1_000
"""A model is sent this much of a document: more than an invoice has, and some twenty pages of a contract."""
_LONGEST_VALUE = 400
"""Less than code compares of a quotation, so that no end of a value goes unchecked."""


class Sent(NamedTuple):
    """What of a document a model is given: the first pieces that a person can see, then the pages without text."""

    pieces: tuple[Piece, ...]
    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...]
    """What of it is not sent, in words; a remark each."""

    def numbered(self) -> list[str]:
        """The pieces as the prompt shows them."""
        return [
            f"{number} [{piece.place.in_words()}] {piece.text[:_LETTERS_EACH]}"
            for number, piece in enumerate(self.pieces, start=1)
        ]

    def quotation(self, quoted: WireQuoted) -> Quotation | None:
        """The quotation at the piece or picture of that number, whether it is there or not."""
        words, number = tidy(quoted.quotation), quoted.piece
        if 0 < number <= len(self.pieces):
            return Quotation(text=words, place=self.pieces[number - 1].place)
        number -= len(self.pieces)
        if 0 < number <= len(self.pictures):
            place = Place(page=self.pictures[number - 1].page, line=0)
            return Quotation(text=words, place=place, in_picture=True)
        return None


def sent(text: DocumentText) -> Sent:
    """The beginning of a document, without what is hidden in it."""
    shown = text.shown()
    count = letters = 0
    while count < min(len(shown), _PIECES) and letters < _LETTERS:
        letters += min(len(shown[count].text), _LETTERS_EACH)
        count += 1
    left_out = []
    if count < len(shown) or any(len(piece.text) > _LETTERS_EACH for piece in shown):
        left_out.append(f"It is long: a model was given the beginnings of {count:,} of its {len(shown):,} pieces.")
    if text.pictured > len(text.pictures):
        left_out.append(f"A model looked at {len(text.pictures)} of its {text.pictured} pages without text.")
    return Sent(shown[:count], text.pictures, tuple(left_out))


def claimed(wire: WireDocument, given: Sent, questions: Sequence[str], reader: str) -> DocumentResult:
    """The claims as a result that nobody has checked yet."""
    claims = _Claims(wire, given)
    return DocumentResult(
        outcome=Outcome.READ,
        reader=reader,
        kind=claims.field("kind", _kind),
        supplier=Party(name=claims.field("supplier", _words), tax_id=claims.field("supplier_tax_id", _words)),
        customer=Party(name=claims.field("customer", _words), tax_id=claims.field("customer_tax_id", _words)),
        invoice_number=claims.field("invoice_number", _words),
        order_number=claims.field("order_number", _words),
        invoice_date=claims.field("invoice_date", _day),
        due_date=claims.field("due_date", _day),
        currency=claims.field("currency", _currency),
        net=claims.field("net", _amount),
        tax=claims.field("tax", _amount),
        total=claims.field("total", _amount),
        lines=tuple(claims.line(line) for line in wire.lines),
        terms=claims.field("terms", _words),
        answers=tuple(claims.answer(number, question) for number, question in enumerate(questions, start=1)),
    )


class _Claims:
    """Of several claims for one field the first counts."""

    def __init__(self, wire: WireDocument, given: Sent) -> None:
        self._given = given
        self._found: dict[str, WireQuoted] = {one.field: one for one in reversed(wire.found)}
        self._answers = {one.question: one for one in reversed(wire.answers)}

    def field(self, name: str, parse: Callable[[str], T | None]) -> Field[T]:
        return self._field(self._found.get(name), parse)

    def answer(self, number: int, question: str) -> Answer:
        return Answer(question=question, answer=self._field(self._answers.get(number), _words))

    def line(self, line: WireLine) -> LineItem:
        cells = {cell.column: cell for cell in reversed(line.cells)}
        return LineItem(
            description=self._field(cells.get("description"), _words),
            quantity=self._field(cells.get("quantity"), _amount),
            unit_price=self._field(cells.get("unit_price"), _amount),
            amount=self._field(cells.get("amount"), _amount),
        )

    def _field(self, quoted: WireQuoted | None, parse: Callable[[str], T | None]) -> Field[T]:
        if quoted is None:
            return Field[T](reason="Neither rules nor a model found it.")
        value = parse(quoted.value.strip())
        if value is None:
            return Field[T](reason=f"What a model gave for it cannot be read: {quoted.value[:80]!r}.")
        quotation = self._given.quotation(quoted)
        if quotation is None:
            return Field[T](reason=f"A model quoted piece {quoted.piece}, which it was not given.")
        return Field[T](value=value, quotation=quotation)


def _words(value: str) -> str | None:
    return value if 0 < len(value) <= _LONGEST_VALUE else None


def _amount(value: str) -> Decimal | None:
    return written_in_data(value)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _currency(value: str) -> str | None:
    return value if value in CODES else None


def _kind(value: str) -> Kind | None:
    return next((kind for kind in Kind if kind == value), None)
