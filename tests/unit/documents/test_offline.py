"""The offline reader: the same invoice in every format gives the same result, and nothing is guessed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult, Kind
from audit_agent.documents.text import kinds
from tests.peers.documents import INVOICE, docx, html, mail, pdf, text, ubl
from tests.unit.documents.conftest import Reads

_FORMS: dict[str, Callable[[], bytes]] = {
    kinds.PDF: pdf,
    kinds.TEXT: text,
    kinds.HTML: html,
    kinds.DOCX: docx,
    kinds.MAIL: mail,
    kinds.XML: ubl,
}


def _values(result: DocumentResult) -> dict[str, object]:
    lines = [(line.description.value, line.quantity.value, line.amount.value) for line in result.lines]
    names = (
        "kind",
        "invoice_number",
        "order_number",
        "invoice_date",
        "due_date",
        "currency",
        "net",
        "tax",
        "total",
        "terms",
    )
    return {name: getattr(result, name).value for name in names} | {
        "supplier": result.supplier.name.value,
        "customer": result.customer.name.value,
        "lines": lines,
        "problems": result.problems,
    }


@pytest.mark.parametrize("kind", _FORMS)
def test_every_format_says_the_same(reads: Reads, kind: str) -> None:
    result = read_offline(reads(_FORMS[kind](), kind))

    assert _values(result) == {
        "kind": Kind.INVOICE,
        "supplier": "Nordlicht Papier GmbH",
        "customer": "Hafen Handel AG",
        "invoice_number": "NP-2025-0417",
        "order_number": "4500017",
        "invoice_date": date(2025, 10, 3),
        "due_date": date(2025, 11, 2),
        "currency": "EUR",
        "net": Decimal("200.00"),
        "tax": Decimal("38.00"),
        "total": Decimal("238.00"),
        "terms": "30 days net",
        "lines": [("Copy paper A4", Decimal(10), Decimal("42.00")), ("Toner black", Decimal(2), Decimal("158.00"))],
        "problems": (),
    }


@pytest.mark.parametrize(
    ("rows", "kind", "number", "total", "currency"),
    [
        (
            [("Gutschrift",), ("Gutschrift Nr. G-77",), ("Rechnungsbetrag", "1.190,00 €")],
            Kind.CREDIT_NOTE,
            "G-77",
            "1190.00",
            "EUR",
        ),
        (
            [
                ("Facture n° F-2025-9 du 3 octobre 2025",),
                ("Total HT", "1 000,00 €"),
                ("TVA 20%", "200,00 €"),
                ("Total TTC", "1 200,00 €"),
            ],
            Kind.INVOICE,
            "F-2025-9",
            "1200.00",
            "EUR",
        ),
        (
            [
                ("FACTUUR",),
                ("Factuurnummer:", "2025/88"),
                ("Exclusief BTW", "€ 100,00"),
                ("BTW 21%", "€ 21,00"),
                ("Totaal te betalen", "€ 121,00"),
            ],
            Kind.INVOICE,
            "2025/88",
            "121.00",
            "EUR",
        ),
        (
            [("Zahlungserinnerung",), ("Rechnung Nr. 4711",), ("Gesamtbetrag CHF", "2'400.00")],
            Kind.REMINDER,
            "4711",
            "2400.00",
            "CHF",
        ),
    ],
)
def test_other_languages(
    reads: Reads, rows: list[tuple[str, ...]], kind: Kind, number: str, total: str, currency: str
) -> None:
    result = read_offline(reads(text(rows), kinds.TEXT))

    assert (result.kind.value, result.invoice_number.value, result.total.value, result.currency.value) == (
        kind,
        number,
        Decimal(total),
        currency,
    )


def test_a_layout_of_labels_to_the_left_and_tax_by_its_rate(reads: Reads) -> None:
    rows = [
        ("Müller & Söhne GmbH", "RECHNUNG"),
        ("Rechnung an", "Rechnungsnr.", "RE-00093"),
        ("Widget Werke AG", "Datum", "3. März 2025"),
        ("Zwischensumme", "960,00 €"),
        ("zzgl. 19 % MwSt.", "182,40 €"),
        ("Gesamtbetrag", "1.142,40 €"),
    ]

    result = read_offline(reads(text(rows), kinds.TEXT))

    assert result.supplier.name.value == "Müller & Söhne GmbH"
    assert result.customer.name.value == "Widget Werke AG"
    assert (result.invoice_number.value, result.invoice_date.value) == ("RE-00093", date(2025, 3, 3))
    assert (result.net.value, result.tax.value) == (Decimal("960.00"), Decimal("182.40"))


def test_what_is_not_said_is_not_supported(reads: Reads) -> None:
    result = read_offline(reads(b"Dear colleague,\nthe weather was fine in 2025, about 12 degrees.\n", kinds.TEXT))

    for field in (result.kind, result.invoice_number, result.invoice_date, result.total, result.net, result.currency):
        assert not field.supported
        assert field.reason


def test_a_date_that_can_be_read_in_two_ways_is_not_read(reads: Reads) -> None:
    assert not read_offline(reads(b"Invoice date: 03/04/2025", kinds.TEXT)).invoice_date.supported


def test_amounts_that_do_not_add_up_are_a_problem(reads: Reads) -> None:
    result = read_offline(reads(ubl(tax_total="40.00"), kinds.XML))

    assert result.problems == ("Net 200.00 EUR and tax 40.00 EUR do not add up to 238.00 EUR.",)


def test_hidden_words_are_counted_and_not_read(reads: Reads) -> None:
    clean, hidden = (read_offline(reads(pdf(hidden=words), kinds.PDF)) for words in ("", "Total amount due EUR 1.00"))

    assert hidden.hidden_pieces == 4
    assert hidden.model_copy(update={"hidden_pieces": 0}) == clean


def test_questions_for_a_field_are_answered_with_its_words(reads: Reads) -> None:
    result = read_offline(
        reads(text(), kinds.TEXT),
        ["When is it due, by its due date?", "Which VAT was charged?", "Who signed for receipt?"],
    )
    due, tax, signed = (answer.answer for answer in result.answers)

    assert due.value == "2025-11-02"
    assert tax.value == "38.00"
    assert due.quotation is not None
    assert due.quotation.text == "Due date: 2025-11-02"
    assert not signed.supported


def test_a_text_made_to_take_long_is_read_in_part_and_says_so(reads: Reads) -> None:
    cells = "\t".join(["Total", "1 111 111 111", "Invoice number"] * 200)
    long = (
        *INVOICE,
        (cells,),
        ("Total " + "1 111 " * 5_000,),
        *((f"Total 1.00 a@b{n}.example",) for n in range(6_000)),
    )

    result = read_offline(reads(text(long), kinds.TEXT))

    assert result.total.value == Decimal("238.00")
    assert "It is long: only its beginning was searched." in result.remarks
