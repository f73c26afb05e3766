"""The reader that needs no model: e-invoices as data, everything else by labels and the arithmetic between amounts.

It knows what documents call things, not any sender's layout. What a document tells its reader to do has no way
in: nothing here interprets a sentence.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from audit_agent.documents.reading.amounts import decimal_mark
from audit_agent.documents.reading.answers import answers
from audit_agent.documents.reading.beginning import beginning
from audit_agent.documents.reading.checks import check
from audit_agent.documents.reading.currencies import main_currency, written_currency
from audit_agent.documents.reading.dates import dates_in, day_order, plain
from audit_agent.documents.reading.einvoices import is_einvoice, read_einvoice
from audit_agent.documents.reading.items import items
from audit_agent.documents.reading.labels import Candidate, Row, Where, best, candidates, supported
from audit_agent.documents.reading.parties import customer, supplier
from audit_agent.documents.reading.result import DocumentResult, Field, Kind
from audit_agent.documents.reading.sums import money_in, sums
from audit_agent.documents.reading.vocabulary import begins_with, kind_of
from audit_agent.documents.text.model import DocumentText, Outcome, Piece

_NUMBER = re.compile(r"\W*((?=[\w/.-]*\d)[A-Za-z0-9][\w/.-]*\w|\d)(?!\w)")
_TITLE_WORDS = 8
_SHORTEST_BELOW = 3
"""Below `#` stands the number of a line as often."""


def read_offline(text: DocumentText, questions: Sequence[str] = ()) -> DocumentResult:
    """What the document says, by rules, checked. The same text always gives the same result."""
    if text.outcome is not Outcome.READ:
        return DocumentResult(outcome=text.outcome, reason=text.reason)
    result = read_einvoice(text) if is_einvoice(text) else _read_by_labels(text)
    checked = check(result, text)
    return checked.model_copy(update={"answers": answers(questions, checked)})


def _read_by_labels(text: DocumentText) -> DocumentResult:
    rows, cut = beginning(text)
    texts = [piece.text for row in rows for piece in row]
    mark, order = decimal_mark(texts), day_order(texts)
    net, tax, total = sums(rows, mark)
    number = best(candidates(rows, "invoice_number"), _number)
    return DocumentResult(
        outcome=text.outcome,
        reason=text.reason,
        reader="offline",
        kind=_kind(rows),
        supplier=supplier(rows),
        customer=customer(rows),
        invoice_number=number or Field[str](reason="No label of an invoice number has one beside it."),
        order_number=best(candidates(rows, "order_number"), _number)
        or Field[str](reason="No label of an order number has one beside it."),
        invoice_date=_date(rows, "invoice_date", order) or _date_beside(number, rows, order),
        due_date=_date(rows, "due_date", order) or Field[date](reason="No label of a due date has one beside it."),
        currency=_currency(rows, total),
        net=net,
        tax=tax,
        total=total,
        lines=items(rows, mark),
        terms=best(candidates(rows, "terms"), _words) or Field[str](reason="No terms of payment are named."),
        remarks=tuple(_remarks(text, cut)),
        hidden_pieces=sum(piece.hidden for piece in text.pieces),
    )


def _remarks(text: DocumentText, cut: bool) -> Iterator[str]:
    if cut:
        yield "It is long: only its beginning was searched."
    if text.pictured:
        count = f"{text.pictured} of {text.pages}"
        yield f"Pages that are pictures without text: {count}. Rules do not read them, and code checks nothing on them."


def _number(candidate: Candidate) -> str | None:
    """The first word with a digit, unless it is a date or an amount. Other words before it belong to another label."""
    text = candidate.text.lstrip("# ")
    found = _NUMBER.match(text)
    money = money_in(text, "")
    if not found or (money and text.startswith(money[0].written)):
        return None
    if dates_in(found[1], "dmy") or (len(found[1]) < 3 and dates_in(text[:24], "dmy")):
        return None
    if candidate.weak and candidate.where == Where.BELOW and (" " in text or len(found[1]) < _SHORTEST_BELOW):
        return None
    return found[1]


def _date(rows: tuple[Row, ...], field: str, order: str) -> Field[date] | None:
    return best(candidates(rows, field), lambda one: next(iter(dates_in(one.text, order)), None))


def _date_beside(number: Field[str] | None, rows: tuple[Row, ...], order: str) -> Field[date]:
    """The date in the line of the invoice's number: `Facture n. 5620 du 2 juillet 2015`."""
    for piece in _pieces(rows):
        if number and number.quotation and piece.place == number.quotation.place:
            for day in dates_in(piece.text, order):
                return supported(day, piece)
    return Field[date](reason="No label of the document's date has one beside it that can be read in one way only.")


def _currency(rows: tuple[Row, ...], total: Field[Decimal]) -> Field[str]:
    """Beside the total; else the one named most often."""
    if total.quotation and (found := written_currency(total.quotation.text)):
        return Field[str](value=found[0], quotation=total.quotation)
    code = main_currency(piece.text for piece in _pieces(rows))
    for piece in _pieces(rows):
        found = written_currency(piece.text)
        if code and found and found[0] == code:
            return supported(code, piece, found[1])
    return Field[str](reason="No currency is named, or several equally often.")


def _kind(rows: tuple[Row, ...]) -> Field[Kind]:
    """What the first title names; a title is a short line that begins with the name of a kind, or holds it.

    `Rechnung an` is a label and no title.
    """
    short = (piece for piece in _pieces(rows) if len(piece.text.split()) <= _TITLE_WORDS)
    titles = [piece for piece in short if not begins_with("customer").match(plain(piece.text))]
    for piece in titles:
        if kind := kind_of(plain(piece.text)):
            return supported(Kind(kind), piece)
    for piece in titles:
        for word in plain(piece.text).split():
            if kind := kind_of(word):
                return supported(Kind(kind), piece)
    return Field[Kind](reason="No line names what the document is.")


def _words(candidate: Candidate) -> str | None:
    return candidate.text if any(letter.isalpha() for letter in candidate.text) else None


def _pieces(rows: tuple[Row, ...]) -> Iterator[Piece]:
    for row in rows:
        yield from row
