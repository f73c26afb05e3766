"""Claims of any reader are checked: words at the place, a value in the words, sums."""

from datetime import date
from decimal import Decimal

import pytest

from audit_agent.documents.reading.checks import check
from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import Answer, DocumentResult, Field, Kind, LineItem, Party, Quotation
from audit_agent.documents.text import kinds
from audit_agent.documents.text.model import DocumentText, Outcome, Piece, Place
from tests.peers.documents import pdf, text
from tests.unit.documents.conftest import Reads

_LINES = (
    "Invoice 4711 of 3 October 2025",
    "Supplier: Nordlicht Papier GmbH",
    "Net 1.000,00 EUR",
    "Tax 190,00 EUR",
    "Total 1.190,00 EUR",
    "Total 1,00 EUR",
)
TEXT = DocumentText(
    media_type=kinds.TEXT,
    outcome=Outcome.READ,
    pieces=tuple(
        Piece(text=words, place=Place(line=line), hidden=line == 6) for line, words in enumerate(_LINES, start=1)
    ),
)


def _quoting(line: int, words: str = "") -> Quotation:
    return Quotation(text=words or _LINES[line - 1], place=Place(line=line))


def _claimed(**claims: object) -> DocumentResult:
    return check(DocumentResult(outcome=Outcome.READ, **claims), TEXT)


def test_supported_claims_stand() -> None:
    total = Field[Decimal](value=Decimal("1190.00"), quotation=_quoting(5))
    issued = Field[date](value=date(2025, 10, 3), quotation=_quoting(1))
    name = Field[str](value="Nordlicht Papier GmbH", quotation=_quoting(2))
    currency = Field[str](value="EUR", quotation=_quoting(5))

    result = _claimed(total=total, invoice_date=issued, supplier=Party(name=name), currency=currency)

    assert (result.total, result.invoice_date, result.supplier.name, result.currency) == (total, issued, name, currency)


@pytest.mark.parametrize(
    "quotation",
    [
        _quoting(4, "Total 1.190,00 EUR"),
        _quoting(5, "Total 1.190,00 USD"),
        _quoting(9, "Total"),
        _quoting(5, " "),
        Quotation(text=_LINES[4], place=Place(page=2, line=5)),
    ],
)
def test_words_that_are_not_there_support_nothing(quotation: Quotation) -> None:
    result = _claimed(total=Field[Decimal](value=Decimal("1190.00"), quotation=quotation))

    assert not result.total.supported
    assert "not at" in result.total.reason


def test_hidden_words_support_nothing() -> None:
    assert not _claimed(total=Field[Decimal](value=Decimal("1.00"), quotation=_quoting(6))).total.supported


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("total", Field[Decimal](value=Decimal("1190.01"), quotation=_quoting(5))),
        ("total", Field[Decimal](value=Decimal("1.19"), quotation=_quoting(5))),
        ("invoice_date", Field[date](value=date(2025, 10, 4), quotation=_quoting(1))),
        ("invoice_number", Field[str](value="4712", quotation=_quoting(1))),
        ("invoice_number", Field[str](value="71", quotation=_quoting(1))),
        ("invoice_number", Field[str](value="-", quotation=_quoting(1))),
        ("currency", Field[str](value="USD", quotation=_quoting(5))),
        ("currency", Field[str](value="Total", quotation=_quoting(5))),
    ],
)
def test_words_that_say_something_else_support_nothing(name: str, field: Field[object]) -> None:
    found = getattr(_claimed(**{name: field}), name)

    assert not found.supported
    assert "do not say" in found.reason


def test_claims_inside_lines_and_answers_are_checked_too() -> None:
    wrong = Field[Decimal](value=Decimal(5), quotation=_quoting(3))
    answer = Answer(question="Signed?", answer=Field[str](value="yes", quotation=_quoting(1, "Signed")))

    result = _claimed(lines=(LineItem(amount=wrong),), answers=(answer,))

    assert not result.lines[0].amount.supported
    assert not result.answers[0].answer.supported


def test_contradictions_are_named_in_words() -> None:
    result = _claimed(
        kind=Field[Kind](value=Kind.INVOICE, quotation=_quoting(1)),
        net=Field[Decimal](value=Decimal("1000.00"), quotation=_quoting(3)),
        tax=Field[Decimal](value=Decimal("1000.00"), quotation=_quoting(3)),
        total=Field[Decimal](value=Decimal("1190.00"), quotation=_quoting(5)),
        lines=(LineItem(amount=Field[Decimal](value=Decimal("190.00"), quotation=_quoting(4))),),
    )

    assert result.problems == (
        "Net 1,000.00 and tax 1,000.00 do not add up to 1,190.00.",
        "The 1 lines read add up to 190.00, which the document does not show as a sum.",
    )


def test_a_value_cannot_be_made_without_words() -> None:
    with pytest.raises(ValueError, match="come together"):
        Field[Decimal](value=Decimal(1))


@pytest.mark.parametrize(("data", "kind"), [(pdf(), kinds.PDF), (text(), kinds.TEXT)])
def test_what_the_offline_reader_says_survives_its_checks_twice(reads: Reads, data: bytes, kind: str) -> None:
    document = reads(data, kind)
    once = read_offline(document)

    assert check(once, document) == once
