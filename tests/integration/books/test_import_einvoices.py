"""E-invoices: a folder of them becomes invoices received, and the figures their arithmetic is made of."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit_agent.books.errors import DamagedFileError, NothingRecognisedError
from audit_agent.books.importing import import_books
from audit_agent.domain.books import BooksManifest, SourceFile
from audit_agent.store.evidence import FolderEvidence
from tests.integration.books.conftest import Imported

_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:Common"
_SPACES = f'xmlns:cac="{_COMMON}AggregateComponents-2" xmlns:cbc="{_COMMON}BasicComponents-2"'


def _tax(tag: str, percent: str = "25") -> str:
    return f"""<cac:{tag}><cbc:ID>S</cbc:ID><cbc:Percent>{percent}</cbc:Percent></cac:{tag}>"""


def ubl(
    number: str = "F-1", total: str = "125.00", root: str = "Invoice", net: str = "100.00", day: str = "2025-10-03"
) -> str:
    """An invoice of one line of 110, less 10, with 25 % of tax."""
    line = "CreditNoteLine" if root == "CreditNote" else "InvoiceLine"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" {_SPACES}>
<cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>{day}</cbc:IssueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>PO-9</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyTaxScheme><cbc:CompanyID>Godkänd</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme>
<cac:PartyTaxScheme><cbc:CompanyID>SE556</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme>
</cac:Party></cac:AccountingSupplierParty>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>10.00</cbc:Amount>
{_tax("TaxCategory")}</cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">25.00</cbc:TaxAmount>
<cac:TaxSubtotal><cbc:TaxableAmount>{net}</cbc:TaxableAmount><cbc:TaxAmount>25.00</cbc:TaxAmount>{_tax("TaxCategory")}
</cac:TaxSubtotal></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">280.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>110.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>{total}</cbc:TaxInclusiveAmount>
<cbc:AllowanceTotalAmount>10.00</cbc:AllowanceTotalAmount><cbc:PayableAmount>{total}</cbc:PayableAmount>
</cac:LegalMonetaryTotal>
<cac:{line}><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount>110.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Paper</cbc:Name>{_tax("ClassifiedTaxCategory")}</cac:Item></cac:{line}>
</{root}>
"""


CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>C-7</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20251004</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct><ram:Name>Ink</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>50.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Tinte GmbH</ram:Name>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113</ram:ID></ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:ApplicableTradeTax><ram:CalculatedAmount>9.50</ram:CalculatedAmount><ram:BasisAmount>50.00</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>50.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>50.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">9.50</ram:TaxTotalAmount>
<ram:GrandTotalAmount>59.50</ram:GrandTotalAmount><ram:DuePayableAmount>59.50</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""


def folder(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    place = tmp_path / "books"
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def imported(tmp_path: Path, evidence: FolderEvidence, files: dict[str, str | bytes]) -> Imported:
    digest, manifest = import_books(folder(tmp_path, files), evidence)
    return Imported(digest, manifest, evidence)


def test_a_folder_becomes_invoices_received(tmp_path: Path, evidence: FolderEvidence) -> None:
    result = imported(tmp_path, evidence, {"in/a.xml": ubl(), "in/b.xml": ubl("K-1", root="CreditNote"), "c.xml": CII})

    rows = {row["Invoice_Number"]: row for row in result.rows("Invoices_Received")}
    invoice, credit, other = rows["F-1"], rows["K-1"], rows["C-7"]
    assert (invoice["Invoice_ID"], invoice["Source_File"], invoice["Source_Row"]) == ("in/a.xml", "in/a.xml", 3)
    assert (invoice["Invoice_Amount"], invoice["Tax_Amount"]) == (Decimal(125), Decimal(25))
    assert (invoice["Supplier_Account_ID"], invoice["PO_ID"], invoice["Amount_Currency"]) == ("SE556", "PO-9", "EUR")
    assert (credit["Invoice_Amount"], credit["Tax_Amount"]) == (Decimal(-125), Decimal(-25))
    assert credit["Invoice_Type_Name"] == "credit note"
    assert (other["Invoice_Date"], other["Supplier_Account_ID"]) == (date(2025, 10, 4), "DE123")


def test_its_figures_are_kept_as_the_invoice_states_them(tmp_path: Path, evidence: FolderEvidence) -> None:
    result = imported(tmp_path, evidence, {"b.xml": ubl("K-1", root="CreditNote")})

    (totals,) = result.rows("Invoice_Totals")
    named = ("Lines", "Allowances", "Charges", "Net", "Tax", "Second_Tax", "Total", "Payable")
    assert [totals[f"{name}_Amount"] for name in named] == [110, 10, None, 100, 25, None, 125, 125]
    components = result.rows("Invoice_Components")
    assert [(row["Component"], row["Amount"], row["Tax_Amount"], row["Tax_Percent"]) for row in components] == [
        ("line", 110, None, 25),
        ("allowance", 10, None, 25),
        ("tax", 100, 25, 25),
    ]
    text = ubl()
    assert components[0]["Source_Row"] == 1 + text[: text.index("<cbc:ID>1<")].count("\n")


def test_every_file_is_named_with_its_digest(tmp_path: Path, evidence: FolderEvidence) -> None:
    result = imported(tmp_path, evidence, {"a.xml": ubl(), "b.xml": ubl("F-2")})

    parts = {part.name: part.sha256 for source in result.manifest.sources for part in source.parts}
    rows = result.rows("Invoice_Totals")
    assert {row["Source_File"]: row["Source_File_SHA256"] for row in rows} == parts
    assert set(parts) == {"a.xml", "b.xml"}


def test_a_damaged_invoice_is_refused_and_the_others_stay(tmp_path: Path, evidence: FolderEvidence) -> None:
    result = imported(tmp_path, evidence, {"a.xml": ubl(), "cut.xml": ubl("F-2")[:1500]})

    ((row, field, reason),) = result.rejects()
    assert (field, row > 10) == ("", True)
    assert reason.startswith("cannot be read: The XML is damaged")
    assert len(result.rows("Invoices_Received")) == 1


def test_a_figure_that_is_no_number_refuses_its_rows(tmp_path: Path, evidence: FolderEvidence) -> None:
    result = imported(tmp_path, evidence, {"a.xml": ubl(), "b.xml": ubl("F-2", total="12,5")})

    assert {(field, reason.split(" with")[0]) for _, field, reason in result.rejects()} == {
        ("Invoice_Amount", "is not a number"),
        ("Payable_Amount", "is not a number"),
        ("Total_Amount", "is not a number"),
    }
    assert [row["Invoice_Number"] for row in result.rows("Invoices_Received")] == ["F-1"]


def test_a_lonely_damaged_invoice_says_what_and_where(tmp_path: Path, evidence: FolderEvidence) -> None:
    with pytest.raises(
        NothingRecognisedError, match=r"The first one: cut\.xml, row \d+: .*cannot be read: The XML is damaged"
    ):
        imported(tmp_path, evidence, {"cut.xml": ubl()[:1500]})


def test_a_document_type_is_refused(tmp_path: Path, evidence: FolderEvidence) -> None:
    bomb = ubl().replace("<Invoice", '<!DOCTYPE a [<!ENTITY b "c">]>\n<Invoice', 1)

    with pytest.raises((NothingRecognisedError, DamagedFileError), match="document type"):
        imported(tmp_path, evidence, {"bomb.xml": bomb})


def test_they_are_no_second_register_of_invoices(tmp_path: Path, evidence: FolderEvidence) -> None:
    register = "Invoice_ID,Invoice_Date,Supplier_Account_ID,Invoice_Amount\nI1,2025-10-03,V1,125.00\n"

    result = imported(tmp_path, evidence, {"invoices_received.csv": register, "a.xml": ubl()})

    assert [row["Invoice_ID"] for row in result.rows("Invoices_Received")] == ["I1"]
    assert len(result.rows("Invoice_Totals")) == 1


cents = st.integers(-(10**10), 10**10)
amounts = st.one_of(cents.map(lambda n: (f"{Decimal(n) / 100:.2f}", n)), st.sampled_from([("x", 0), ("1.0.0", 0)]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(invoices=st.lists(st.tuples(amounts, st.sampled_from(["2025-10-03", "someday"])), min_size=1, max_size=6))
def test_no_cent_is_lost(tmp_path: Path, evidence: FolderEvidence, invoices: list[tuple[tuple[str, int], str]]) -> None:
    for stale in (tmp_path / "books").glob("*.xml"):
        stale.unlink()
    files: dict[str, str | bytes] = {"good.xml": ubl()}
    total = kept = 12500
    for number, ((text, value), day) in enumerate(invoices):
        files[f"{number}.xml"] = ubl(str(number), total=text, day=day)
        total += value
        kept += value if day != "someday" else 0

    _, manifest = import_books(folder(tmp_path, files), evidence)

    source = received(manifest)
    given, imported_ = source.source_totals, source.imported_totals
    assert given.rows == imported_.rows + source.rejected_rows == len(files)
    assert (given.debits or 0) - (given.credits or 0) == Decimal(total) / 100
    assert (imported_.debits or 0) - (imported_.credits or 0) == Decimal(kept) / 100


def received(manifest: BooksManifest) -> SourceFile:
    (found,) = [source for source in manifest.sources if source.table == "Invoices_Received"]
    return found
