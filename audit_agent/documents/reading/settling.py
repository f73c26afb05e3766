"""Two readings of one document, by rules and by a model: which of them stands.

A document can talk to a model and not to rules. So what rules have read stands, and a model adds what they did not
find. Where the two differ on what is compared with the books, a person is told.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from audit_agent.documents.reading.answers import answers
from audit_agent.documents.reading.checks import check, lines_differ, problems
from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.result import Answer, DocumentResult, Field, LineItem, Party
from audit_agent.documents.text.model import DocumentText

T = TypeVar("T")
_SUMS = ("net", "tax", "total")
_FIELDS = ("kind", "invoice_number", "order_number", "invoice_date", "due_date", "currency")
_COMPARED = (*_SUMS, *_FIELDS)
_WORDS, _LETTERS = 12, 70
"""Of the longest piece that a model alone may take a figure or a name from: an order to the reader is a sentence."""


def settle(
    rules: DocumentResult, model: DocumentResult, text: DocumentText, questions: Sequence[str]
) -> DocumentResult:
    """What stands of the rules' result and a model's claims, which are checked here."""
    checked = check(model, text)
    adding = _Statements(text).kept(checked)
    stands = {
        **{name: _either(getattr(rules, name), getattr(adding, name)) for name in (*_FIELDS, "lines_total")},
        **_sums(rules, adding),
        "supplier": _party(rules.supplier, adding.supplier),
        "customer": _party(rules.customer, adding.customer),
        "terms": _either(rules.terms, adding.terms),
        "lines": rules.lines if rules.lines and not lines_differ(rules) else adding.lines or rules.lines,
    }
    settled = rules.model_copy(update={"outcome": model.outcome, "reason": "", "reader": model.reader, **stands})
    found = (*problems(settled), *_differences(rules, checked, settled))
    return settled.model_copy(update={"problems": found, "answers": _answers(questions, settled, adding)})


class _Statements:
    """Takes back what a model found in a sentence: it may be one that was written for a model to find."""

    def __init__(self, text: DocumentText) -> None:
        self._at = {piece.place: piece.text for piece in text.shown()}

    def kept(self, checked: DocumentResult) -> DocumentResult:
        names = (*_COMPARED, "supplier", "customer")
        changes = {name: self._kept(getattr(checked, name)) for name in names}
        lines = tuple(self._kept(line) for line in checked.lines)
        return checked.model_copy(update={**changes, "lines": tuple(line for line in lines if line.amount.supported)})

    def _kept(self, value: Any) -> Any:
        if isinstance(value, Party | LineItem):
            figures = (key for key in type(value).model_fields if key != "description")
            return value.model_copy(update={key: self._kept(getattr(value, key)) for key in figures})
        assert isinstance(value, Field)
        if value.quotation is None:
            return value
        words, place = value.quotation.text, value.quotation.place
        stated = self._at.get(place, words)
        if len(stated.split()) <= _WORDS and len(stated) <= _LETTERS:
            return value
        return type(value)(reason=f"A model found it in a sentence at {place.in_words()}, and no rule confirms it.")


def _either(rules: Field[T], model: Field[T]) -> Field[T]:
    return rules if rules.supported else model


def _party(rules: Party, model: Party) -> Party:
    return Party(name=_either(rules.name, model.name), tax_id=_either(rules.tax_id, model.tax_id))


def _sums(rules: DocumentResult, model: DocumentResult) -> dict[str, Field[Any]]:
    """Three that add up, by rules or else by the model; without such each by itself."""
    for one in (rules, model):
        net, tax, total = (getattr(one, name) for name in _SUMS)
        if net.supported and tax.supported and total.supported and net.value + tax.value == total.value:
            return {"net": net, "tax": tax, "total": total}
    return {name: _either(getattr(rules, name), getattr(model, name)) for name in _SUMS}


def _answers(questions: Sequence[str], settled: DocumentResult, model: DocumentResult) -> tuple[Answer, ...]:
    """A question for a field of the result is answered by it."""
    pairs = zip(answers(questions, settled), model.answers, strict=True)
    return tuple(one.model_copy(update={"answer": _either(one.answer, other.answer)}) for one, other in pairs)


def _differences(rules: DocumentResult, model: DocumentResult, settled: DocumentResult) -> Iterator[str]:
    for name in _COMPARED:
        one, other, stands = (getattr(result, name).value for result in (rules, model, settled))
        if one is not None and other is not None and not _same(one, other):
            what = name.replace("_", " ")
            yield f"Rules read {one} as its {what}, a model {str(other)[:_LETTERS]}; {stands} is used."


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return _letters(one) == _letters(other)
    return one == other


def _letters(text: str) -> str:
    return "".join(letter for letter in plain(text) if letter.isalnum())
