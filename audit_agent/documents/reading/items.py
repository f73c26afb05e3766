"""What is charged, line by line: the rows between the header of a table and its totals."""

from collections.abc import Iterator
from decimal import Decimal

from audit_agent.documents.reading.amounts import amounts_in
from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.labels import Row, stands_below, supported
from audit_agent.documents.reading.result import Field, LineItem
from audit_agent.documents.reading.sums import money_in
from audit_agent.documents.reading.vocabulary import begins_with
from audit_agent.documents.text.model import Piece

_COLUMNS = ("line_description", "line_quantity", "line_price", "line_amount")
_ENDS = ("total", "net", "tax")


def items(rows: tuple[Row, ...], mark: str) -> tuple[LineItem, ...]:
    """The line items of every table whose header names at least a description or quantity and an amount."""
    found: list[LineItem] = []
    header: dict[str, Piece] = {}
    for row in rows:
        if columns := _header(row):
            header = columns
        elif header and _sums_up(row, mark):
            header = {} if not begins_with("net", "weak").match(plain(row[0].text)) else header
        elif header and (item := _item(row, header, mark)) and not _is_running_sum(row, item, found):
            found.append(item)
    return tuple(found)


def _header(row: Row) -> dict[str, Piece]:
    columns: dict[str, Piece] = {}
    for piece in row:
        for column in _COLUMNS:
            if begins_with(column).match(plain(piece.text)) and (column not in columns or column == "line_amount"):
                columns[column] = piece
                break
    named = {"line_description", "line_quantity"} & columns.keys()
    return columns if len(row) >= 3 and named and len(columns) >= 3 else {}


def _sums_up(row: Row, mark: str) -> bool:
    """A row of totals: such a label and an amount. A table may go on behind a subtotal."""
    first = plain(row[0].text)
    labelled = any(begins_with(field, strength).match(first) for field in _ENDS for strength in ("strong", "weak"))
    labelled = labelled or any(begins_with("total").match(plain(piece.text)) for piece in row)
    return labelled and any(money_in(piece.text, mark) for piece in row)


def _is_running_sum(row: Row, item: LineItem, before: list[LineItem]) -> bool:
    """A row of nothing but words and what the lines so far add up to, such as one carried to the next page."""
    amounts = [line.amount.value for line in before if line.amount.value is not None]
    return len(row) == 2 and len(amounts) > 1 and item.amount.value == sum(amounts)


def _item(row: Row, header: dict[str, Piece], mark: str) -> LineItem | None:
    texts = [piece for piece in row if _is_text(piece, mark)]
    money = money_in(row[-1].text, mark)
    if len(row) < 2 or not texts or not money or row[-1] is texts[0]:
        return None
    if (column := header.get("line_amount")) and row[-1].place.box and not stands_below(column, row[-1]):
        return None
    description = max(texts, key=lambda piece: len(piece.text))
    return LineItem(
        description=supported(description.text, description),
        quantity=_number(row, header.get("line_quantity"), mark),
        unit_price=_number(row[:-1], header.get("line_price"), mark),
        amount=supported(money[-1].value, row[-1]),
    )


def _is_text(piece: Piece, mark: str) -> bool:
    """Words, and not an amount with its currency."""
    letters = sum(letter.isalpha() for letter in piece.text)
    return letters >= 3 and not (len(piece.text.split()) <= 2 and money_in(piece.text, mark))


def _number(row: Row, column: Piece | None, mark: str) -> Field[Decimal]:
    for piece, value in _numbers(row, mark):
        if column and stands_below(column, piece):
            return supported(value, piece)
    return Field[Decimal](reason="No number stands in such a column.")


def _numbers(row: Row, mark: str) -> Iterator[tuple[Piece, Decimal]]:
    for piece in row:
        if found := amounts_in(piece.text, mark):
            yield piece, found[0].value
