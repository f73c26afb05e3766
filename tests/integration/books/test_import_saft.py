"""SAF-T: one audit file becomes ledger, accounts, balances, parties, invoices and receipts."""

import gzip
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.errors import DamagedFileError, NothingRecognisedError, TooLargeError, UnknownVersionError
from audit_agent.books.importing import import_books
from audit_agent.books.mapping import FileMapping
from audit_agent.domain.books import BooksManifest, SourceFile
from audit_agent.store.evidence import FolderEvidence
from tests.integration.books.audit_files import LINES, PORTUGUESE, norwegian, norwegian_line

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

NAME = "saft.xml"


def of_table(manifest: BooksManifest, table: str) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == table]
    return found


def test_a_norwegian_file_gives_ledger_balances_and_parties(imported: "Importer") -> None:
    result = imported(norwegian(LINES), NAME)

    debit, credit = result.rows()
    assert (debit["Journal_ID"], debit["Journal_ID_Line_Number"], debit["Source"]) == ("GL-7", 1, "GL")
    assert (debit["Effective_Date"], debit["Document_Date"]) == (date(2025, 10, 3), date(2025, 10, 1))
    assert (debit["Entered_By"], debit["Entered_Date"], debit["Period"]) == ("kari", date(2025, 10, 4), 10)
    assert [
        (row["GL_Account_Number"], row["Amount"], row["Amount_Credit_Debit_Indicator"]) for row in (debit, credit)
    ] == [
        ("4000", Decimal("100.5"), "D"),
        ("2400", Decimal("100.5"), "C"),
    ]
    assert (debit["Amount_Currency"], debit["Segment01"], debit["Source_File"]) == ("NOK", "20", f"{NAME}#GL_Detail")
    balances = [
        (row["GL_Account_Number"], row["Amount_Beginning"], row["Amount_Ending"])
        for row in result.rows("Trial_Balance")
    ]
    assert balances == [("4000", Decimal(1000), Decimal("1100.5")), ("2400", Decimal(-1000), Decimal("-1100.5"))]
    assert result.rows("Trial_Balance")[0]["Balance_As_Of_Date"] == date(2025, 12, 31)
    assert [row["GL_Account_Name"] for row in result.rows("Chart_Of_Accounts")] == ["Varekjøp", "Leverandørgjeld"]
    (supplier,) = result.rows("Supplier_Listing")
    assert (supplier["Supplier_Account_ID"], supplier["TIN"], supplier["Bank_Account"]) == ("20", "999", "NO93")
    assert (supplier["Address_Street"], supplier["Address_City"]) == ("Veien 1", "Oslo")
    assert [row["Customer_Name"] for row in result.rows("Customer_Listing")] == ["Kunden AS"]


def test_a_portuguese_file_gives_invoices_and_receipts_too(imported: "Importer") -> None:
    result = imported(PORTUGUESE.encode("cp1252"), NAME)

    line = result.rows()[0]
    assert (line["Journal_ID"], line["Journal_ID_Line_Number"]) == ("2025-10-03 DIV 15", None)
    assert (line["Entered_Date"], line["Entered_Time"], line["Fiscal_Year"]) == (date(2025, 10, 3), time(22, 15), 2025)
    invoices = [
        (row["Invoice_Number"], row["Invoice_Amount"], row["Voided"]) for row in result.rows("Invoices_Generated")
    ]
    assert invoices == [
        ("FT A/1", Decimal("61.5"), False),
        ("NC A/1", Decimal("-12.3"), False),
        ("FT A/2", Decimal("6.15"), True),
    ]
    (receipt,) = result.rows("Cash_Received")
    assert (receipt["Receipt_ID"], receipt["Receipt_Amount"], receipt["Receipt_Type"]) == (
        "RG A/1",
        Decimal("61.5"),
        "TB",
    )
    assert (receipt["Reference_Number"], receipt["Customer_Account_ID"]) == ("FT A/1", "C1")
    assert [row["Customer_Name"] for row in result.rows("Customer_Listing")] == ["Café"]
    notes = [note for source in result.manifest.sources for note in source.notes if "control totals" in note]
    assert len(notes) == 3
    assert all("agree with what it holds" in note for note in notes)


def test_accounts_that_only_add_up_others_have_no_balance(imported: "Importer") -> None:
    result = imported(PORTUGUESE.encode("cp1252"), NAME)

    (balance,) = result.rows("Trial_Balance")
    assert (balance["GL_Account_Number"], balance["Amount_Beginning"]) == ("6221", Decimal(-20))
    assert [row["Parent_GL_Account_Number"] for row in result.rows("Chart_Of_Accounts")] == [None, "62"]


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        (("3", "100.50", "100.50"), "states 3 entries and holds 2 lines or 1 transactions or 1 journals"),
        (("1", "100.51", "100.50"), "states debits of 100.51 and holds 100.50, a difference of -0.01"),
        (("1", "100.50", "none"), "states 'none', which is no number"),
    ],
)
def test_a_difference_to_the_files_own_control_totals_is_told(
    imported: "Importer", totals: tuple[str, str, str], told: str
) -> None:
    result = imported(norwegian(LINES, totals), NAME)

    assert told in of_table(result.manifest, "GL_Detail").notes[0]


def test_a_row_is_known_by_its_line_far_into_the_file(imported: "Importer") -> None:
    text = norwegian("\n" * 70_000 + LINES)
    line = 1 + text[: text.index("<n1:Line>")].count("\n")

    result = imported(text, NAME)

    assert [row["Source_Row"] for row in result.rows()] == [line, line + 3]
    assert line > 70_000


def test_a_file_of_one_line_loses_only_the_record_that_is_refused(imported: "Importer") -> None:
    lines = LINES + norwegian_line("", "Debit", "5.00") + norwegian_line("1", "Debit", "five")

    result = imported(norwegian(lines).replace("\n", " "), NAME)

    assert {(row["GL_Account_Number"], row["Source_Row"]) for row in result.rows()} == {("4000", 1), ("2400", 1)}
    assert [field for _, field, _ in result.rejects()] == ["Debit_Amount", "GL_Account_Number"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso8859-1"])
def test_the_encoding_is_the_one_the_file_says(imported: "Importer", encoding: str) -> None:
    declared = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "iso8859-1": "ISO-8859-1"}[encoding]
    text = norwegian(LINES).replace('encoding="UTF-8"', f'encoding="{declared}"')

    result = imported(text.encode(encoding), NAME)

    assert result.rows("Chart_Of_Accounts")[0]["GL_Account_Name"] == "Varekjøp"
    assert result.rows()[0]["Source_Row"] == 1 + text[: text.index("<n1:Line>")].count("\n")


def test_a_compressed_file_is_read_too(imported: "Importer") -> None:
    result = imported(gzip.compress(norwegian(LINES).encode()), f"{NAME}.gz")

    assert len(result.rows()) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (norwegian(LINES)[:-200].encode(), r"damaged XML, line \d+: .*The copy is incomplete"),
        (norwegian(LINES).encode("cp1252"), r"damaged XML, line 10: .*encoding.*Export it again as UTF-8"),
        (
            norwegian(LINES).replace("</n1:Line>", "", 1).encode(),
            r"damaged XML, line \d+: Opening and ending tag mismatch",
        ),
        (b"<?xml version='1.0'?>\n", "damaged XML, line 2"),
    ],
)
def test_a_damaged_file_says_what_and_where(imported: "Importer", content: bytes, message: str) -> None:
    with pytest.raises(DamagedFileError, match=message):
        imported(content, NAME)


def test_entities_are_refused_before_any_is_expanded(imported: "Importer") -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<n1:AuditFile'
    text = norwegian(LINES).replace("<n1:AuditFile", bomb, 1)

    with pytest.raises(DamagedFileError, match=r"saft\.xml, line 2: the XML declares a document type"):
        imported(text, NAME)


def test_a_text_without_end_is_refused(imported: "Importer") -> None:
    with pytest.raises(TooLargeError, match=r"line \d+: a text is longer than 1,000,000 characters"):
        imported(norwegian(LINES.replace("Varer", "x" * 1_100_000)), NAME)


def test_nesting_without_end_is_refused(imported: "Importer") -> None:
    with pytest.raises(TooLargeError, match="nested more than 200 deep"):
        imported(f"<AuditFile>{'<a>' * 300}{'</a>' * 300}</AuditFile>", NAME)


def test_a_version_that_is_not_known_is_refused(imported: "Importer") -> None:
    with pytest.raises(UnknownVersionError, match=r"line 3: it is SAF-T of version 3\.0; versions 1 and 2 are read"):
        imported(norwegian(LINES, version="3.0"), NAME)


def test_xml_of_another_kind_is_left_aside(imported: "Importer") -> None:
    with pytest.raises(NothingRecognisedError, match=r"It is XML, but neither .* its first element is catalogue"):
        imported("<catalogue><AuditFile/></catalogue>", NAME)


def test_a_mapping_can_take_another_element(imported: "Importer") -> None:
    mapping = FileMapping(columns={"Effective_Date": "TransactionDate", "Document_Date": None})

    result = imported(norwegian(LINES), NAME, mapping=mapping, pattern=f"{NAME}#GL_Detail")

    assert {(row["Effective_Date"], row["Document_Date"]) for row in result.rows()} == {(date(2025, 10, 1), None)}


cents = st.integers(-(10**13), 10**13)
texts = st.one_of(
    cents.map(lambda n: (f"{Decimal(n) / 100:.2f}", n)), st.sampled_from([("", 0), ("1.2.3", 0), ("x", 0)])
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(texts, st.booleans(), st.sampled_from(["4000", ""])), min_size=1, max_size=10))
def test_no_cent_is_lost(
    tmp_path: Path, evidence: FolderEvidence, lines: list[tuple[tuple[str, int], bool, str]]
) -> None:
    totals, kept = [10050, 10050], [10050, 10050]
    written = [LINES]
    for (text, value), credit, account in lines:
        written.append(norwegian_line(account, "Credit" if credit else "Debit", text))
        totals[credit] += value
        kept[credit] += value if account else 0
    path = tmp_path / NAME
    stated = [f"{Decimal(value) / 100:.2f}" for value in totals]
    path.write_text(norwegian("\n".join(written), ("1", stated[0], stated[1])), encoding="utf-8")

    _, manifest = import_books(path, evidence)

    source = of_table(manifest, "GL_Detail")
    given, imported = source.source_totals, source.imported_totals
    assert given.rows == imported.rows + source.rejected_rows == len(lines) + 2
    assert [given.debits, given.credits] == [Decimal(value) / 100 for value in totals]
    assert [imported.debits, imported.credits] == [Decimal(value) / 100 for value in kept]
    assert "agree with what it holds" in source.notes[0]
