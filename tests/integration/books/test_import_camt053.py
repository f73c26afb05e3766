"""camt.053 bank statements: XML of any version, read an entry at a time and never beyond the file."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from audit_agent.books.errors import DamagedFileError, NothingRecognisedError
from audit_agent.domain.books import BooksManifest, SourceFile

if TYPE_CHECKING:
    from tests.integration.books.conftest import Importer


def balance(kind: str, amount: str, day: str, side: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def entry(amount: str = "100.50", side: str = "CRDT", details: str = "", status: str = "<Sts>BOOK</Sts>") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{status}"
        "<BookgDt><Dt>2025-01-03</Dt></BookgDt><ValDt><DtTm>2025-01-04T10:00:00+01:00</DtTm></ValDt>"
        "<AcctSvcrRef>BANK-1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd>"
        f"</Fmly></Domn></BkTxCd>{details}</Ntry>"
    )


DETAILS = (
    "<NtryDtls><TxDtls><Refs><EndToEndId>INV-17</EndToEndId></Refs><RltdPties><Dbtr>{name}</Dbtr>"
    "<DbtrAcct><Id><IBAN>DE1</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>Invoice 17</Ustrd>"
    "<Ustrd>of January</Ustrd></RmtInf></TxDtls></NtryDtls>"
)


def document(*entries: str, version: str = "02", before: str = "", balances: str | None = None) -> str:
    given = balance("PRCD", "1000", "2025-01-02") + balance("CLBD", "1100.50", "2025-01-03")
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{before}"
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb>"
        "<Acct><Id><IBAN>DE99</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{given if balances is None else balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    )


def of_table(manifest: BooksManifest, table: str) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == table]
    return found


@pytest.mark.parametrize(
    ("version", "name"),
    [("02", "<Nm>ACME Ltd</Nm>"), ("08", "<Pty><Nm>ACME Ltd</Nm></Pty>"), ("13", "<Nm>ACME Ltd</Nm>")],
)
def test_a_statement_gives_transactions_and_balances(imported: "Importer", version: str, name: str) -> None:
    text = document(entry(details=DETAILS.format(name=name)), version=version)

    result = imported(text, "bank.xml")

    (row,) = result.rows("Bank_Statement")
    assert (row["Amount"], row["Amount_Currency"]) == (Decimal("100.5"), "EUR")
    assert (row["Booking_Date"], row["Value_Date"]) == (date(2025, 1, 3), date(2025, 1, 4))
    assert (row["Bank_Account"], row["Statement_ID"], row["Transaction_ID"]) == ("DE99", "S-1", "S-1#1")
    assert (row["Counterparty"], row["Counterparty_Account"], row["Reference"]) == ("ACME Ltd", "DE1", "INV-17")
    assert (row["Description"], row["Transaction_Code"]) == ("Invoice 17 of January", "PMNT-RCDT-ESCT")
    assert (row["Source_File"], row["Source_Row"]) == ("bank.xml#Bank_Statement", 1)
    (end,) = result.rows("Bank_Statement_Balances")
    assert (end["Opening_Balance"], end["Closing_Balance"], end["Statement_Number"]) == (1000, Decimal("1100.5"), "7")
    notes = of_table(result.manifest, "Bank_Statement_Balances").notes
    assert "Opening balance and transactions make the closing balance in 1 of 1 statement." in notes


def test_utf16_is_read(imported: "Importer") -> None:
    result = imported(document(entry()).replace("UTF-8", "UTF-16").encode("utf-16"), "bank.xml")

    assert len(result.rows("Bank_Statement")) == 1


def batch(*amounts: str) -> str:
    parts = "".join(
        f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}</Amt></TxAmt></AmtDtls></TxDtls>" for amount in amounts
    )
    return f"<NtryDtls>{parts}</NtryDtls>"


def test_an_entry_of_several_transactions_is_taken_apart_where_they_add_up_to_it(imported: "Importer") -> None:
    text = document(entry("30", "DBIT", batch("10", "20")), entry("30", "DBIT", batch("10", "19")), entry("160.50"))

    result = imported(text, "bank.xml")

    assert [row["Amount"] for row in result.rows("Bank_Statement")] == [-10, -20, -30, Decimal("160.5")]
    notes = of_table(result.manifest, "Bank_Statement").notes
    assert any("is taken as one. Rows: 1." in note for note in notes)


def test_what_is_not_booked_goes_to_the_rejects(imported: "Importer") -> None:
    pending = [entry(status=f"<Sts>{text}</Sts>") for text in ("PDNG", "<Cd>INFO</Cd>", "<Cd>BOOK</Cd>")]

    result = imported(document(*pending, entry("ten")), "bank.xml")

    assert len(result.rows("Bank_Statement")) == 1
    assert result.rejects() == [
        (1, "", "is not booked (PDNG) and counts in no balance"),
        (2, "", "is not booked (INFO) and counts in no balance"),
        (4, "", "is no entry with an amount and a side"),
    ]


def test_a_statement_that_does_not_add_up_is_told(imported: "Importer") -> None:
    result = imported(document(entry("100.49")), "bank.xml")

    notes = of_table(result.manifest, "Bank_Statement_Balances").notes
    assert any("a difference of 0.01 EUR" in note for note in notes)


def test_an_overdrawn_account_has_negative_balances(imported: "Importer") -> None:
    ends = balance("OPBD", "50", "2025-01-02", "DBIT") + balance("CLBD", "50.50", "2025-01-03")

    result = imported(document(entry(), balances=ends), "bank.xml")

    assert [row["Opening_Balance"] for row in result.rows("Bank_Statement_Balances")] == [-50]


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE Document SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!DOCTYPE Document [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>",
        "<!DOCTYPE Document [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_a_document_type_is_refused(imported: "Importer", before: str) -> None:
    with pytest.raises(DamagedFileError, match="declares a document type"):
        imported(document(entry(), before=before), "bank.xml")


def test_a_file_that_ends_too_early_is_refused(imported: "Importer") -> None:
    with pytest.raises(DamagedFileError, match="is damaged XML"):
        imported(document(entry())[:-60], "bank.xml")


def test_other_xml_is_left_out(imported: "Importer") -> None:
    with pytest.raises(NothingRecognisedError, match=r"camt\.053 nor an e-invoice"):
        imported("<Order><ID>1</ID></Order>", "order.xml")
