"""The French FEC: one file of 18 columns becomes ledger, chart of accounts and listings."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.fec import COLUMNS
from audit_agent.books.importing import import_books
from audit_agent.books.mapping import FileMapping
from audit_agent.domain.books import BooksManifest, SourceFile
from audit_agent.store.evidence import FolderEvidence

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

NAME = "123456789FEC20251231.txt"


def line(entry: str = "1", **values: str) -> dict[str, str]:
    """A line of the purchase journal: 1,000.50 on account 606 unless said otherwise."""
    return (
        dict.fromkeys(COLUMNS, "")
        | {
            "JournalCode": "ACH",
            "JournalLib": "Achats",
            "EcritureNum": entry,
            "EcritureDate": "20251003",
            "CompteNum": "606000",
            "CompteLib": "Achats non stockés",
            "PieceRef": "F-17",
            "PieceDate": "20251001",
            "EcritureLib": "Papeterie",
            "Debit": "1000,50",
            "Credit": "0,00",
            "ValidDate": "20251031",
        }
        | values
    )


def supplier(**values: str) -> dict[str, str]:
    """The other side: what is owed to a supplier."""
    owed = {"CompteNum": "401000", "CompteLib": "Fournisseurs", "CompAuxNum": "DUPONT", "CompAuxLib": "Dupont SARL"}
    return line(**{**owed, "Debit": "0,00", "Credit": "1000,50", **values})


def fec(*lines: dict[str, str], delimiter: str = "\t", columns: tuple[str, ...] = COLUMNS) -> str:
    rows = [columns, *(tuple(one[name] for name in columns) for one in lines)]
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def of_table(manifest: BooksManifest, table: str) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == table]
    return found


@pytest.mark.parametrize("delimiter", ["\t", "|"])
def test_a_file_gives_ledger_accounts_and_third_parties(imported: "Importer", delimiter: str) -> None:
    customer = line(CompteNum="411000", CompteLib="Clients", CompAuxNum="C1", CompAuxLib="Martin", JournalCode="VTE")

    result = imported(fec(line(), supplier(), customer, delimiter=delimiter), NAME)

    first, second, third = result.rows()
    assert [row["Journal_ID"] for row in (first, second, third)] == ["ACH-1", "ACH-1", "VTE-1"]
    assert [(row["Amount"], row["Amount_Credit_Debit_Indicator"]) for row in (first, second)] == [
        (Decimal("1000.5"), "D"),
        (Decimal("1000.5"), "C"),
    ]
    assert (first["Effective_Date"], first["Document_Date"]) == (date(2025, 10, 3), date(2025, 10, 1))
    assert (first["Source"], first["JE_Header_Description"], first["Segment02"]) == ("ACH", "Achats", "F-17")
    assert (first["Amount_Currency"], first["Source_Row"], first["Source_File"]) == ("EUR", 2, f"{NAME}#GL_Detail")
    accounts = [(row["GL_Account_Number"], row["GL_Account_Name"]) for row in result.rows("Chart_Of_Accounts")]
    assert accounts == [("606000", "Achats non stockés"), ("401000", "Fournisseurs"), ("411000", "Clients")]
    (owed,), (owing,) = result.rows("Supplier_Listing"), result.rows("Customer_Listing")
    assert (owed["Supplier_Account_ID"], owed["Supplier_Name"], owed["Source_Row"]) == ("DUPONT", "Dupont SARL", 3)
    assert (owing["Customer_Account_ID"], owing["Customer_Name"]) == ("C1", "Martin")


def test_amount_and_side_may_stand_for_debit_and_credit(imported: "Importer") -> None:
    columns = tuple({"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in COLUMNS)
    lines = [line() | {"Montant": "7,25", "Sens": side} for side in ("+1", "-1", "D", "C")]

    result = imported(fec(*lines, columns=columns), NAME)

    assert [row["Amount_Credit_Debit_Indicator"] for row in result.rows()] == ["D", "C", "D", "C"]
    assert {row["Amount"] for row in result.rows()} == {Decimal("7.25")}


def test_the_currency_of_a_document_is_not_that_of_the_ledger(imported: "Importer") -> None:
    result = imported(fec(line(Montantdevise="1100,00", Idevise="USD"), supplier()), NAME)

    assert {row["Amount_Currency"] for row in result.rows()} == {"EUR"}
    assert any("own currency is left out" in note for note in of_table(result.manifest, "GL_Detail").notes)


def test_a_negative_debit_stays_a_negative_debit(imported: "Importer") -> None:
    result = imported(fec(line(Debit="-12,00"), supplier()), NAME)

    assert result.rows()[0]["Amount"] == Decimal(-12)
    assert of_table(result.manifest, "GL_Detail").source_totals.debits == Decimal(-12)


def test_a_ledger_in_the_old_western_encoding_is_read(imported: "Importer") -> None:
    result = imported(fec(line(EcritureLib="Règlement d'été"), supplier()).encode("iso8859-15"), NAME)

    assert result.rows()[0]["JE_Line_Description"] == "Règlement d'été"


def test_no_listing_is_made_where_nothing_is_owed(imported: "Importer") -> None:
    result = imported(fec(line(), line()), NAME)

    assert {source.table for source in result.manifest.sources} == {"GL_Detail", "Chart_Of_Accounts"}


def test_columns_that_the_format_asks_for_are_named_when_they_lack(imported: "Importer") -> None:
    columns = tuple(name for name in COLUMNS if name not in ("ValidDate", "Idevise"))

    result = imported(fec(line(), columns=columns), NAME)

    (note,) = [note for note in of_table(result.manifest, "GL_Detail").notes if "lacks" in note]
    assert note.endswith("lacks: ValidDate, Idevise.")


def test_a_mapping_of_one_table_leaves_the_others_as_they_are(imported: "Importer") -> None:
    mapping = FileMapping(columns={"Segment01": "PieceRef"}, constants={"Amount_Currency": "XPF"})

    result = imported(fec(line(), supplier()), NAME, mapping=mapping, pattern=f"{NAME}#GL_Detail")

    row = result.rows()[0]
    assert (row["Segment01"], row["Amount_Currency"], row["Journal_ID"]) == ("F-17", "XPF", "ACH-1")
    assert len(result.rows("Chart_Of_Accounts")) == 2


def test_a_mapping_of_the_whole_file_reads_it_as_any_other(imported: "Importer") -> None:
    mapping = FileMapping(table="GL_Detail", columns={"Journal_ID": "EcritureNum"})

    result = imported(fec(line(), supplier()), NAME, mapping=mapping)

    assert result.source.name == NAME
    assert {row["Journal_ID"] for row in result.rows()} == {"1"}


def test_a_line_that_cannot_be_read_is_refused_and_the_others_stay(imported: "Importer") -> None:
    lines = [line(), supplier(), line(EcritureDate="20250230"), line(""), line(Debit="5,00", Credit="5,00")]

    result = imported(fec(*lines), NAME)

    assert result.rejects() == [
        (4, "Effective_Date", "is not a date like 20251231"),
        (5, "Journal_ID", "is missing"),
        (6, "Amount", "is given as a debit and as a credit"),
    ]
    assert of_table(result.manifest, "GL_Detail").rejected_rows == 3


sums = st.integers(-(10**11), 10**11).map(lambda cents: (f"{Decimal(cents) / 100:.2f}".replace(".", ","), cents))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(
            sums, st.booleans(), st.sampled_from(["20251003", "20251301", ""]), st.sampled_from(["1", " 2 ", ""])
        ),
        min_size=1,
        max_size=10,
    )
)
def test_no_cent_is_lost(
    tmp_path: Path, evidence: FolderEvidence, lines: list[tuple[tuple[str, int], bool, str, str]]
) -> None:
    written = [line(), supplier()]
    totals, kept = [100050, 100050], [100050, 100050]
    for (text, cents), credit, day, entry in lines:
        sides = ("0,00", text) if credit else (text, "0,00")
        written.append(line(entry, EcritureDate=day, Debit=sides[0], Credit=sides[1]))
        totals[credit] += cents
        kept[credit] += cents if day == "20251003" and entry else 0
    path = tmp_path / NAME
    path.write_bytes(fec(*written).encode())

    _, manifest = import_books(path, evidence)

    source = of_table(manifest, "GL_Detail")
    given, imported = source.source_totals, source.imported_totals
    assert given.rows == imported.rows + source.rejected_rows == len(written)
    assert [given.debits, given.credits] == [Decimal(cents) / 100 for cents in totals]
    assert [imported.debits, imported.credits] == [Decimal(cents) / 100 for cents in kept]
