"""What a reader claims is checked by code: the words are there, they say the value, the sums add up.

A claim that does not hold is taken back and becomes a field without support; contradictions within the document
become problems for a person.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from audit_agent.documents.reading.amounts import amounts_in, decimal_mark, written_in_data
from audit_agent.documents.reading.beginning import beginning
from audit_agent.documents.reading.currencies import CODES, written_currency
from audit_agent.documents.reading.dates import dates_in, day_order, plain
from audit_agent.documents.reading.result import Answer, DocumentResult, Field, LineItem, Party, Quotation
from audit_agent.documents.text.gathering import tidy
from audit_agent.documents.text.kinds import XML
from audit_agent.documents.text.model import DocumentText, Place
from audit_agent.domain.money import show

_LONGEST = 500
_SHOWN = 80
_ROUNDED = Decimal("0.005")
_SURE_WITHOUT_WORDS = ("kind",)
"""A kind need not repeat the words it is quoted from."""


class _Words:
    """The shown words of a document by their place, and how it writes amounts and dates."""

    def __init__(self, text: DocumentText) -> None:
        self._at: Mapping[Place, str] = {piece.place: piece.text for piece in text.shown()}
        self._pictures = frozenset(picture.page for picture in text.pictures)
        self.is_data = text.media_type == XML
        looked_at = [piece.text for row in beginning(text).rows for piece in row]
        self.mark = decimal_mark(looked_at)
        self.order = day_order(looked_at)

    def has(self, quotation: Quotation) -> bool:
        words = tidy(quotation.text)
        if quotation.in_picture:
            return bool(words) and quotation.place.page in self._pictures
        return bool(words) and words in self._at.get(quotation.place, "")


def check(result: DocumentResult, text: DocumentText) -> DocumentResult:
    """The result with every claim that the text does not bear out taken back, and with what contradicts itself."""
    words = _Words(text)
    changes = {name: _checked(name, getattr(result, name), words) for name in DocumentResult.model_fields}
    checked = result.model_copy(update=changes)
    return checked.model_copy(update={"problems": (*result.problems, *problems(checked))})


def _checked(name: str, value: Any, words: _Words) -> Any:
    """A field, or whatever holds fields, with unfounded ones replaced."""
    if isinstance(value, Field):
        return _founded(name, value, words)
    if isinstance(value, Party | LineItem | Answer):
        inner = {key: _checked(name, getattr(value, key), words) for key in type(value).model_fields}
        return value.model_copy(update=inner)
    if isinstance(value, tuple):
        return tuple(_checked(name, item, words) for item in value)
    return value


def _founded(name: str, field: Field[Any], words: _Words) -> Field[Any]:
    if field.quotation is None:
        return field
    if not words.has(field.quotation):
        return type(field)(reason=f"The words quoted are not at {field.quotation.place.in_words()}.")
    if name in _SURE_WITHOUT_WORDS or _says(name, field.value, field.quotation.text[:_LONGEST], words):
        return field
    return type(field)(reason=f"The words quoted do not say {str(field.value)[:_SHOWN]}.")


def _says(name: str, value: Any, quoted: str, words: _Words) -> bool:
    if isinstance(value, Decimal):
        exact = written_in_data(quoted) if words.is_data else None
        return value == exact or any(amount.value == value for amount in amounts_in(quoted, words.mark))
    if isinstance(value, date):
        return value in dates_in(quoted, words.order)
    if name == "currency":
        found = written_currency(quoted)
        return value in CODES and (value in quoted or (found is not None and found[0] == value))
    return _stands_in(str(value), quoted)


def _stands_in(value: str, quoted: str) -> bool:
    """As whole words, whatever punctuation is between them."""
    letters = [re.escape(letter) for letter in plain(value)[:_LONGEST] if letter.isalnum()]
    words = r"[\W_]*".join(letters)
    return bool(letters) and re.search(rf"(?<![^\W_]){words}(?![^\W_])", plain(quoted)) is not None


def problems(result: DocumentResult) -> tuple[str, ...]:
    """What in the document contradicts itself, in words."""
    found = (_sum_differs(result), lines_differ(result), _due_before_issued(result))
    return tuple(problem for problem in found if problem)


def _sum_differs(result: DocumentResult) -> str:
    net, tax, total = result.net.value, result.tax.value, result.total.value
    if net is None or tax is None or total is None or net + tax == total:
        return ""
    currency = result.currency.value or ""
    return f"Net {show(net, currency)} and tax {show(tax, currency)} do not add up to {show(total, currency)}."


def lines_differ(result: DocumentResult) -> str:
    """Against what the document gives as the sum of its lines; where it gives none, against net or total.

    Lines that are rounded one by one may be off by half a cent each, but for the stated sum of an e-invoice.
    """
    amounts = [line.amount.value for line in result.lines if line.amount.value is not None]
    exact = result.lines_total.supported
    stated = [result.lines_total.value] if exact else [result.net.value, result.total.value]
    sums = [amount for amount in stated if amount is not None]
    allowed = Decimal(0) if exact else len(amounts) * _ROUNDED
    if not amounts or len(amounts) < len(result.lines) or not sums:
        return ""
    if any(abs(sum(amounts) - amount) <= allowed for amount in sums):
        return ""
    read = show(sum(amounts, Decimal(0)), result.currency.value or "")
    return f"The {len(amounts)} lines read add up to {read}, which the document does not show as a sum."


def _due_before_issued(result: DocumentResult) -> str:
    issued, due = result.invoice_date.value, result.due_date.value
    return f"It is due on {due}, before its own date {issued}." if issued and due and due < issued else ""
