"""A document against its row of the books."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.vouching import Verdict, Vouched, vouch
from audit_agent.documents.text.kinds import TEXT
from tests.peers.documents import INVOICE, text
from tests.unit.documents.conftest import Reads

_ROW: Mapping[str, object] = {
    "Invoice_Number": "NP 2025/0417",
    "Invoice_Date": date(2025, 10, 3),
    "Invoice_Due_Date": "2025-11-02",
    "Invoice_Amount": Decimal("238.0000"),
    "Amount_Currency": "EUR",
    "Tax_Amount": "38",
    "PO_ID": "4500017",
    "Supplier_Name": "NORDLICHT PAPIER G.m.b.H.",
    "Journal_ID": "J1",
}


def _vouched(reads: Reads, column: str, value: object, rows: object = INVOICE) -> Vouched:
    result = read_offline(reads(text(rows), TEXT))  # type: ignore[arg-type]
    (one,) = vouch(result, {column: value})
    return one


def test_a_row_that_agrees_in_everything(reads: Reads) -> None:
    found = vouch(read_offline(reads(text(), TEXT)), _ROW)

    assert {one.column: one.verdict for one in found} == dict.fromkeys(set(_ROW) - {"Journal_ID"}, Verdict.AGREES)
    assert all(one.quotation and one.reason for one in found)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Invoice_Number", "NP-2025-0418", "The books say NP-2025-0418, the document NP-2025-0417."),
        ("Invoice_Date", "2025-10-04", "The books say 2025-10-04, the document 2025-10-03."),
        ("Invoice_Amount", "283.00", "The books are 45.00 EUR above the document."),
        ("Invoice_Amount", "200.00", "The books are 38.00 EUR below the document. They carry its amount without tax."),
        ("Amount_Currency", "USD", "The books say USD, the document EUR."),
        (
            "Supplier_Name",
            "Nordlicht Pappe GmbH",
            "The books say Nordlicht Pappe GmbH, the document Nordlicht Papier GmbH.",
        ),
    ],
)
def test_a_difference_is_told_in_words(reads: Reads, column: str, value: object, reason: str) -> None:
    one = _vouched(reads, column, value)

    assert (one.verdict, one.reason) == (Verdict.DIFFERS, reason)


def test_what_the_document_does_not_say_is_not_found(reads: Reads) -> None:
    one = _vouched(reads, "PO_ID", "4500017", [("Invoice",), ("Total", "EUR 1.00")])

    assert one.verdict == Verdict.NOT_FOUND
    assert one.reason


def test_blank_columns_are_not_compared(reads: Reads) -> None:
    assert vouch(read_offline(reads(text(), TEXT)), {"PO_ID": "", "Tax_Amount": None}) == ()


def test_a_shared_sign_is_no_difference(reads: Reads) -> None:
    rows = [("Invoice",), ("Total", "$ 12.00")]

    assert _vouched(reads, "Amount_Currency", "CAD", rows).verdict == Verdict.NOT_FOUND
    assert _vouched(reads, "Amount_Currency", "USD", rows).verdict == Verdict.AGREES


def test_credit_notes_are_below_zero_in_the_books(reads: Reads) -> None:
    rows = [("Credit note",), ("Total", "EUR 12.00")]

    assert _vouched(reads, "Invoice_Amount", "-12.00", rows).verdict == Verdict.AGREES


def test_half_a_name_is_a_difference_that_is_told(reads: Reads) -> None:
    one = _vouched(reads, "Supplier_Name", "Nordlicht")

    assert (one.verdict, one.reason.endswith("One is the beginning of the other.")) == (Verdict.DIFFERS, True)
    assert not _vouched(reads, "Supplier_Name", "Nord").reason.endswith("of the other.")
