"""Which row of the books a document belongs to, and what that comes to."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.documents.booked import INVOICES, SUPPLIERS, TableInvoices
from audit_agent.documents.comparison import Comparison, compare
from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.reading.vouching import Verdict
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.kinds import TEXT, XML
from audit_agent.documents.text.limits import TextLimits
from audit_agent.domain.documents import BooksRow, DocumentEntry
from tests.peers import documents

ROW = {
    "Invoice_ID": "1",
    "Invoice_Number": "NP-2025-0417",
    "Invoice_Date": "2025-10-03",
    "Supplier_Account_ID": "S1",
    "Invoice_Amount": "238.00",
    "Amount_Currency": "EUR",
}
OTHER = ROW | {"Invoice_ID": "2", "Invoice_Number": "OTHER-1", "Invoice_Amount": "10.00"}
NORDLICHT = ({"Supplier_Account_ID": "S1", "Supplier_Name": "Nordlicht Papier"},)
STRANGER = ({"Supplier_Account_ID": "S1", "Supplier_Name": "Somebody Else"},)


def _result(folder: Path, content: bytes, media_type: str) -> DocumentResult:
    path = folder / "document"
    path.write_bytes(content)
    return read_offline(extract(path, media_type, TextLimits()))


@pytest.fixture(scope="module")
def invoice(tmp_path_factory: pytest.TempPathFactory) -> DocumentResult:
    return _result(tmp_path_factory.mktemp("invoice"), documents.ubl(), XML)


def _compared(
    result: DocumentResult,
    rows: Sequence[Mapping[str, str]],
    suppliers: Sequence[Mapping[str, str]] = NORDLICHT,
    supports: BooksRow | None = None,
) -> Comparison:
    entry = DocumentEntry(number=0, source="a.xml", name="a.xml", supports=supports)
    with MemoryTables({INVOICES: rows, SUPPLIERS: suppliers}) as tables, TableInvoices(tables) as invoices:
        return compare(entry, result, invoices)


def test_number_and_supplier_are_enough_to_find_a_row_that_differs(invoice: DocumentResult) -> None:
    compared = _compared(invoice, [OTHER, ROW | {"Invoice_Number": "np 2025/0417", "Invoice_Amount": "200.00"}])
    assert (compared.verdict, compared.source_row) == (Verdict.DIFFERS, 3)
    assert "They carry its amount without tax." in compared.reason


def test_number_and_amount_are_enough_too_and_another_name_differs(invoice: DocumentResult) -> None:
    compared = _compared(invoice, [ROW], STRANGER)
    assert compared.verdict is Verdict.DIFFERS
    assert compared.reason.startswith("Supplier_Name: The books say Somebody Else")


def test_the_id_of_the_books_counts_where_they_have_no_number(invoice: DocumentResult) -> None:
    numberless = {column: value for column, value in ROW.items() if column != "Invoice_Number"}
    compared = _compared(invoice, [numberless | {"Invoice_ID": "NP-2025-0417"}])
    assert compared.verdict is Verdict.AGREES


def test_a_number_that_many_suppliers_use_finds_the_row_of_the_right_one(invoice: DocumentResult) -> None:
    strangers = [
        ROW | {"Invoice_ID": f"T{one}", "Supplier_Account_ID": f"T{one}", "Invoice_Amount": "1.00"} for one in range(25)
    ]
    names = [{"Supplier_Account_ID": f"T{one}", "Supplier_Name": f"Somebody {one}"} for one in range(25)]
    compared = _compared(invoice, [*strangers, ROW], [*names, *NORDLICHT])
    assert (compared.verdict, compared.source_row) == (Verdict.AGREES, 27)


@pytest.mark.parametrize(
    ("rows", "suppliers", "reason"),
    [
        ([OTHER], NORDLICHT, "The books do not carry an invoice numbered NP-2025-0417."),
        ([ROW | {"Invoice_Amount": "1.00"}], STRANGER, "bears out neither its supplier nor its amount."),
        ([ROW, ROW | {"Invoice_ID": "3"}], NORDLICHT, "The number NP-2025-0417 fits several rows: "),
    ],
)
def test_no_row_or_several_are_not_found(
    invoice: DocumentResult, rows: Sequence[Mapping[str, str]], suppliers: Sequence[Mapping[str, str]], reason: str
) -> None:
    compared = _compared(invoice, rows, suppliers)
    assert compared.verdict is Verdict.NOT_FOUND
    assert reason in compared.reason


@pytest.mark.parametrize(
    ("supports", "verdict", "reason"),
    [
        (BooksRow(keys={"Invoice_ID": "1"}), Verdict.AGREES, "The same: "),
        (BooksRow(source_file="memory.csv", source_row=2), Verdict.AGREES, "The same: "),
        (BooksRow(keys={"Invoice_ID": "2"}), Verdict.DIFFERS, "Invoice_Number: The books say OTHER-1"),
        (BooksRow(keys={"Invoice_ID": "3"}), Verdict.NOT_FOUND, "The books do not carry the row that the set names."),
        (BooksRow(keys={"Supplier_Account_ID": "S1"}), Verdict.NOT_FOUND, "The set names several rows: "),
        (BooksRow(keys={"Colour": "red"}), Verdict.NOT_FOUND, "Invoices_Received has no column Colour."),
        (BooksRow(table="Payments_Made"), Verdict.NOT_FOUND, "It is said to support a row of Payments_Made;"),
    ],
)
def test_the_row_that_a_set_names_is_the_one_compared(
    invoice: DocumentResult, supports: BooksRow, verdict: Verdict, reason: str
) -> None:
    compared = _compared(invoice, [ROW, OTHER], supports=supports)
    assert compared.verdict is verdict
    assert compared.reason.startswith(reason)


def test_a_document_without_a_number_or_an_amount_agrees_with_nothing(tmp_path: Path) -> None:
    letter = _result(tmp_path, b"* * *\n", TEXT)
    assert _compared(letter, [ROW]).reason.startswith("No row can be looked for by its number.")
    named = _compared(letter, [ROW], supports=BooksRow(keys={"Invoice_ID": "1"}))
    assert (named.verdict, named.reason) == (Verdict.NOT_FOUND, "The document does not say the amount of the row.")


@pytest.mark.parametrize("digits", [60, 400])
def test_an_amount_of_absurd_length_is_no_amount(tmp_path: Path, digits: int) -> None:
    for content, media_type in ((documents.ubl(), XML), (documents.text(), TEXT)):
        result = _result(tmp_path, content.replace(b"238.00", b"9" * digits + b".00"), media_type)
        assert result.total.value is None
        assert _compared(result, [ROW]).reason == "The document does not say the amount of the row."


def test_what_agrees_by_a_picture_says_that_code_cannot_check_it(invoice: DocumentResult) -> None:
    assert invoice.total.quotation is not None
    seen = invoice.total.quotation.model_copy(update={"in_picture": True})
    pictured = invoice.model_copy(update={"total": invoice.total.model_copy(update={"quotation": seen})})

    compared = _compared(pictured, [ROW])

    assert compared.verdict is Verdict.AGREES
    assert compared.reason.endswith("A model read it off a picture; code cannot check that.")
    assert "picture" not in _compared(invoice, [ROW]).reason
