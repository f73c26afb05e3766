"""The Dutch audit file: ledger, accounts, customers and suppliers from one XML file."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.errors import DamagedFileError, UnknownVersionError
from audit_agent.books.importing import import_books
from audit_agent.domain.books import BooksManifest, SourceFile
from audit_agent.store.evidence import FolderEvidence

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer

NAME = "2025.xaf"
V3 = "http://www.auditfiles.nl/XAF/3.2"
V4 = "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0"


def line(account: str, amount: str, side: str, number: str = "1") -> str:
    return (
        f"<trLine><nr>{number}</nr><accID>{account}</accID><docRef>F17</docRef><effDate>2025-10-01</effDate>"
        f"<desc>Papier</desc><amnt>{amount}</amnt><amntTp>{side}</amntTp><custSupID>20</custSupID></trLine>\n"
    )


LINES = line("4000", "100.50", "D") + line("1600", "100.50", "C", "2")


def xaf(
    lines: str = LINES,
    totals: tuple[str, str, str] = ("2", "100.50", "100.50"),
    namespace: str = V3,
    user: str = "userID",
    header: str = "",
) -> str:
    count, debit, credit = totals
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<auditfile xmlns="{namespace}">
<header>{header}<fiscalYear>2025</fiscalYear><startDate>2025-01-01</startDate><endDate>2025-12-31</endDate>
<curCode>EUR</curCode></header>
<company><companyName>Molen BV</companyName>
<customersSuppliers>
<customerSupplier><custSupID>10</custSupID><custSupName>Klant</custSupName><custSupTp>C</custSupTp></customerSupplier>
<customerSupplier><custSupID>20</custSupID><custSupName>Papierhandel</custSupName><taxRegIdent>NL1</taxRegIdent>
<custSupTp>S</custSupTp><streetAddress><streetname>Gracht</streetname><number>1</number><city>Delft</city></streetAddress>
<bankAccount><bankAccNr>NL91</bankAccNr></bankAccount></customerSupplier>
<customerSupplier><custSupID>30</custSupID><custSupName>Beide</custSupName><custSupTp>B</custSupTp></customerSupplier>
</customersSuppliers>
<generalLedger><ledgerAccount><accID>4000</accID><accDesc>Kantoor</accDesc><accTp>P</accTp></ledgerAccount></generalLedger>
<openingBalance><linesCount>1</linesCount><totalDebit>5.00</totalDebit><totalCredit>0</totalCredit>
<obLine><nr>1</nr><accID>1000</accID><amnt>5.00</amnt><amntTp>D</amntTp></obLine></openingBalance>
<transactions><linesCount>{count}</linesCount><totalDebit>{debit}</totalDebit><totalCredit>{credit}</totalCredit>
<journal><jrnID>70</jrnID><desc>Inkoop</desc>
<transaction><nr>15</nr><desc>Factuur</desc><periodNumber>10</periodNumber><trDt>2025-10-03</trDt><{user}>jan</{user}>
{lines}</transaction></journal></transactions>
</company>
</auditfile>
"""


def ledger(manifest: BooksManifest) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == "GL_Detail"]
    return found


@pytest.mark.parametrize(("namespace", "user"), [(V3, "userID"), (V4, "User")])
def test_a_file_gives_ledger_accounts_customers_and_suppliers(imported: "Importer", namespace: str, user: str) -> None:
    result = imported(xaf(namespace=namespace, user=user), NAME)

    debit, credit = result.rows()
    assert (debit["Journal_ID"], debit["Source"], debit["JE_Header_Description"]) == ("70-15", "70", "Factuur")
    assert (debit["Effective_Date"], debit["Document_Date"]) == (date(2025, 10, 3), date(2025, 10, 1))
    assert (debit["Entered_By"], debit["Period"], debit["Fiscal_Year"]) == ("jan", 10, 2025)
    assert (debit["Amount"], debit["Amount_Currency"]) == (Decimal("100.5"), "EUR")
    assert [row["Amount_Credit_Debit_Indicator"] for row in (debit, credit)] == ["D", "C"]
    assert [row["Source_Row"] for row in (debit, credit)] == [19, 20]
    assert [row["Customer_Account_ID"] for row in result.rows("Customer_Listing")] == ["10", "30"]
    supplier, _ = result.rows("Supplier_Listing")
    assert (supplier["Supplier_Name"], supplier["TIN"], supplier["Bank_Account"]) == ("Papierhandel", "NL1", "NL91")
    assert (supplier["Address_Street"], supplier["Address_City"]) == ("Gracht 1", "Delft")
    assert result.rows("Chart_Of_Accounts")[0]["Account_Type"] == "P"


def test_its_own_control_totals_are_held_against_it(imported: "Importer") -> None:
    result = imported(xaf(totals=("3", "100.50", "99.50")), NAME)

    notes = ledger(result.manifest).notes
    assert notes[0] == "openingBalance: the file's own control totals agree with what it holds."
    assert "opening balance (debits 5.00, credits 0) is not taken over" in notes[1]
    assert "states 3 entries and holds 2 lines or 1 transactions" in notes[2]
    assert "states credits of 99.50 and holds 100.50, a difference of 1.00" in notes[2]


def test_parties_without_a_type_are_listed_as_both(imported: "Importer") -> None:
    text = xaf().replace("<custSupTp>C</custSupTp>", "")

    result = imported(text, NAME)

    assert "10" in {row["Supplier_Account_ID"] for row in result.rows("Supplier_Listing")}
    assert "10" in {row["Customer_Account_ID"] for row in result.rows("Customer_Listing")}


@pytest.mark.parametrize(
    ("namespace", "header", "version"),
    [
        ("http://www.auditfiles.nl/XAF/5.0", "", "5.0"),
        ("", "<auditfileVersion>CLAIR2.00.00</auditfileVersion>", "CLAIR2"),
    ],
)
def test_a_version_that_is_not_known_is_refused(
    imported: "Importer", namespace: str, header: str, version: str
) -> None:
    with pytest.raises(UnknownVersionError, match=f"XAF of version {version}.*; versions 3 and 4 are read"):
        imported(xaf(namespace=namespace, header=header), NAME)


def test_a_file_cut_short_says_so(imported: "Importer") -> None:
    with pytest.raises(DamagedFileError, match=r"2025\.xaf is damaged XML, line 22.*The copy is incomplete"):
        imported(xaf()[:-20], NAME)


cents = st.integers(-(10**13), 10**13)
texts = st.one_of(cents.map(lambda n: (f"{Decimal(n) / 100:.2f}", n)), st.sampled_from([("", 0), ("1,5", 0), ("x", 0)]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(texts, st.booleans(), st.sampled_from(["4000", ""])), min_size=1, max_size=10))
def test_no_cent_is_lost(
    tmp_path: Path, evidence: FolderEvidence, lines: list[tuple[tuple[str, int], bool, str]]
) -> None:
    # Enough plain lines that minus signs are not taken for a second mark of credits.
    totals, kept = [10050 * 21] * 2, [10050 * 21] * 2
    written = [LINES] * 21
    for (text, value), credit, account in lines:
        written.append(line(account, text, "C" if credit else "D"))
        totals[credit] += value
        kept[credit] += value if account else 0
    path = tmp_path / NAME
    stated = [f"{Decimal(value) / 100:.2f}" for value in totals]
    path.write_text(xaf("".join(written), (str(42 + len(lines)), stated[0], stated[1])), encoding="utf-8")

    _, manifest = import_books(path, evidence)

    source = ledger(manifest)
    given, imported = source.source_totals, source.imported_totals
    assert given.rows == imported.rows + source.rejected_rows == len(lines) + 42
    assert [given.debits, given.credits] == [Decimal(value) / 100 for value in totals]
    assert [imported.debits, imported.credits] == [Decimal(value) / 100 for value in kept]
    assert "agree with what it holds" in source.notes[2]
