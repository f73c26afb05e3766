"""Which table a file carries and which column is which field."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from audit_agent.books.mapping import FileMapping
from audit_agent.books.proposal import propose
from audit_agent.books.source import Layout, Loaded, RawTable
from audit_agent.books.synonyms import field_likeness, plain, table_named
from audit_agent.books.workbench import Workbench
from audit_agent.domain.record import Digest


@dataclass
class Columns:
    """A source known by its columns only."""

    values: dict[str, list[str]]
    name: str = "export.csv"
    sha256: Digest = field(default_factory=lambda: Digest("0" * 64))
    size: int = 1
    comma_hint: bool = False
    layout: Layout | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.values)

    def sample(self) -> dict[str, list[str]]:
        return self.values

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        return None

    def notes(self) -> tuple[str, ...]:
        return ()

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        raise AssertionError("A proposal needs no rows.")


def source(header: str, line: str, name: str = "export.csv") -> Columns:
    return Columns({key: [value] for key, value in zip(header.split("|"), line.split("|"), strict=True)}, name)


@pytest.mark.parametrize(
    ("header", "line", "table", "fields"),
    [
        (
            "Belegnummer|Buchungsdatum|Konto|Betrag|Soll/Haben|Währung|Buchungstext|Benutzer",
            "1|31.01.2025|4400|1,00|S|EUR|Miete|jdoe",
            "GL_Detail",
            {"Journal_ID": "Belegnummer", "Entered_By": "Benutzer", "Amount_Currency": "Währung"},
        ),
        (
            "JournalCode|EcritureNum|EcritureDate|CompteNum|EcritureLib|Debit|Credit|PieceDate",
            "VE|1|20250131|411|Facture|1,00|0,00|20250131",
            "GL_Detail",
            {"Journal_ID": "EcritureNum", "Debit_Amount": "Debit", "Document_Date": "PieceDate"},
        ),
        (
            "BELNR|BUZEI|BUDAT|BLDAT|HKONT|DMBTR|SHKZG|WAERS|USNAM|CPUDT|CPUTM|BLART|BUKRS",
            "1|1|20250131|20250131|4400|1.00|S|EUR|JDOE|20250131|101205|SA|1000",
            "GL_Detail",
            {"GL_Account_Number": "HKONT", "Entered_Time": "CPUTM", "Document_Date": "BLDAT", "Source": "BLART"},
        ),
        (
            "DocumentNo|Posting Date|Account|Amount",
            "1|2025-01-31|4400|-1.00",
            "GL_Detail",
            {"Journal_ID": "DocumentNo"},
        ),
        (
            "Invoice ID|Invoice No|Invoice Date|Vendor|Invoice Total|PO Number",
            "1|A1|2025-01-31|V1|1.00|P1",
            "Invoices_Received",
            {"Supplier_Account_ID": "Vendor", "PO_ID": "PO Number", "Invoice_Number": "Invoice No"},
        ),
        (
            "Payment No|Payment Date|Supplier|Amount Paid|Invoice No|IBAN",
            "1|2025-01-31|V1|1.00|A1|DE00",
            "Payments_Made",
            {"Reference_Number": "Invoice No", "Bank_Account": "IBAN"},
        ),
        (
            "PO Number|PO Line|Order Date|Vendor|Qty|Unit Price",
            "1|1|2025-01-31|V1|2|3.50",
            "Purchase_Orders",
            {"Quantity": "Qty"},
        ),
        (
            "GR Number|PO Number|PO Line|GR Date|Quantity",
            "1|1|1|2025-01-31|2",
            "Goods_Received",
            {"Receipt_ID": "GR Number"},
        ),
    ],
)
def test_tables_are_known_by_their_columns(header: str, line: str, table: str, fields: dict[str, str]) -> None:
    proposal = propose(source(header, line), FileMapping())

    assert proposal.table == table
    assert {field: proposal.columns.get(field) for field in fields} == fields


def test_a_column_whose_values_do_not_fit_is_not_proposed() -> None:
    columns = source("Journal_ID|Effective_Date|GL_Account_Number|Amount|Period", "1|2025-01-31|1|1.00|first quarter")

    assert "Period" not in propose(columns, FileMapping()).columns


def test_what_lacks_a_required_field_is_ignored_and_told() -> None:
    proposal = propose(source("Journal_ID|Effective_Date|Amount", "1|2025-01-31|1.00", "gl.csv"), FileMapping())

    assert proposal.table is None
    assert "GL_Detail, which needs GL_Account_Number" in proposal.reason


def test_few_known_columns_among_many_are_not_enough() -> None:
    proposal = propose(
        source("account|account_name|month|budget|owner", "1|x|2025-01|5|y", "budget.csv"), FileMapping()
    )

    assert proposal.table is None


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("GL_Detail.csv.gz", "GL_Detail"),
        ("2025-01 journal entries.csv", "GL_Detail"),
        ("exports/VendorMaster_2025.xlsx#Sheet1", None),
        ("exports/VendorMaster_2025.csv", "Supplier_Listing"),
        ("book.xlsx#Payments", "Payments_Made"),
        ("log_file.csv.gz", "Journal_Log"),
        ("data.csv", None),
    ],
)
def test_a_name_tells_the_table(name: str, table: str | None) -> None:
    assert table_named(name) == table


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert plain("JE_Header_ Description") == plain("je header description")
    assert plain("Währung") == "wahrung"
    assert field_likeness("Amount_Currency", "Waehrung") == 95


def test_a_near_spelling_is_less_sure_than_a_synonym() -> None:
    assert 0 < field_likeness("GL_Account_Number", "GL_Acount_Number") < 95


def test_names_that_share_little_do_not_match() -> None:
    assert field_likeness("Amount", "Account") == 0
