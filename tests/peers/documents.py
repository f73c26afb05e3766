"""Small documents made for tests: the same invoice in every format."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from html import escape

from fpdf import FPDF
from PIL import Image

Rows = Sequence[Sequence[str]]

INVOICE: Rows = (
    ("Nordlicht Papier GmbH",),
    ("Invoice",),
    ("Invoice number: NP-2025-0417",),
    ("Invoice date: 2025-10-03",),
    ("Due date: 2025-11-02",),
    ("PO number: 4500017",),
    ("Bill to:", "Hafen Handel AG"),
    ("Description", "Quantity", "Unit price", "Amount"),
    ("Copy paper A4", "10", "4.20", "42.00"),
    ("Toner black", "2", "79.00", "158.00"),
    ("Subtotal", "EUR 200.00"),
    ("VAT 19%", "EUR 38.00"),
    ("Total amount due", "EUR 238.00"),
    ("Payment terms: 30 days net",),
)
"""Adds up: 42 + 158 = 200, 200 + 38 = 238."""

_COLUMNS = (20, 90, 125, 160)


def pdf(
    rows: Rows = INVOICE,
    pages: int = 1,
    hidden: str = "",
    password: str = "",
    attached: tuple[str, bytes] | None = None,
) -> bytes:
    """`hidden` is written on the last page without ink, in white, in a tiny type and beyond its edge."""
    document = FPDF()
    document.set_compression(False)
    if password:
        document.set_encryption(owner_password="owner", user_password=password)
    for _ in range(pages):
        _write_page(document, rows)
    if hidden:
        _hide(document, hidden)
    if attached:
        document.embed_file(bytes=attached[1], basename=attached[0])
    return bytes(document.output())


def with_picture_page() -> bytes:
    """A page of text without an order number, and one that is only a picture."""
    document = FPDF()
    _write_page(document, tuple(row for row in INVOICE if not row[0].startswith("PO number")))
    document.add_page()
    document.image(Image.new("L", (40, 40), 120), 20, 20, 100, 100)
    return bytes(document.output())


def _write_page(document: FPDF, rows: Rows) -> None:
    document.add_page()
    document.set_font("Helvetica", size=11)
    for number, row in enumerate(rows):
        for column, cell in zip(_COLUMNS, row, strict=False):
            document.text(column, 20 + 8 * number, cell)


def _hide(document: FPDF, hidden: str) -> None:
    document.set_text_color(255, 255, 255)
    document.text(20, 200, hidden)
    document.set_text_color(0, 0, 0)
    document.text(400, 210, hidden)
    document.set_font("Helvetica", size=1)
    document.text(20, 220, hidden)
    document.set_font("Helvetica", size=11)
    with document.local_context(text_mode="INVISIBLE"):
        document.text(20, 230, hidden)


def pdf_of_many_pages(count: int) -> bytes:
    """One empty page that counts `count` times."""
    kids = b"3 0 R " * count
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [ %s ] >>" % (count, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer


def text(rows: Rows = INVOICE) -> bytes:
    return "\n".join("\t".join(row) for row in rows).encode()


def html(rows: Rows = INVOICE, extra: str = "") -> bytes:
    cells = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" if len(row) > 1 else _paragraph_row(row[0])
        for row in rows
    )
    return (
        f"<!DOCTYPE html><html><head><title>x</title></head><body><table>{cells}</table>{extra}</body></html>".encode()
    )


def _paragraph_row(text_: str) -> str:
    return f"<tr><td colspan=4>{escape(text_)}</td></tr>"


def mail(rows: Rows = INVOICE, attached: tuple[str, bytes] | None = None, html_extra: str | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "billing@nordlicht.example"
    message["To"] = "payables@hafen.example"
    message["Subject"] = "Your invoice"
    message["Date"] = "Fri, 03 Oct 2025 10:00:00 +0000"
    message.set_content(text(rows).decode())
    if html_extra is not None:
        message.add_alternative(html(rows, html_extra).decode(), subtype="html")
    if attached:
        message.add_attachment(attached[1], maintype="application", subtype="octet-stream", filename=attached[0])
    return message.as_bytes()


def docx(rows: Rows = INVOICE, extra: str = "") -> bytes:
    """Rows of one cell are paragraphs, others rows of a table; `extra` is XML at the end of the body."""
    body = "".join(_word_row(row) if len(row) > 1 else _word_paragraph(row[0]) for row in rows)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return zipped({"word/document.xml": f"<w:document {space}><w:body>{body}{extra}</w:body></w:document>"})


def _word_paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{escape(words)}</w:t></w:r></w:p>"


def _word_row(row: Sequence[str]) -> str:
    cells = "".join(f"<w:tc>{_word_paragraph(cell)}</w:tc>" for cell in row)
    return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"


def xlsx(sheet: str, strings: Sequence[str] = (), formats: Sequence[int] = (0,), second_sheet: str = "") -> bytes:
    """`sheet` is the XML of `<sheetData>` and what goes with it; a second sheet is hidden."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = f'<sheet xmlns:r="{relations}" name="Costs" sheetId="1" r:id="r1"/>'
    targets = '<Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
    parts = {"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{sheet}</worksheet>'}
    if second_sheet:
        sheets += f'<sheet xmlns:r="{relations}" name="Notes" sheetId="2" state="hidden" r:id="r2"/>'
        targets += '<Relationship Id="r2" Target="worksheets/sheet2.xml"/>'
        parts["xl/worksheets/sheet2.xml"] = f'<worksheet xmlns="{main}">{second_sheet}</worksheet>'
    items = "".join(f"<si><t>{escape(one)}</t></si>" for one in strings)
    styles = "".join(f'<xf numFmtId="{one}"/>' for one in formats)
    parts |= {
        "xl/workbook.xml": f'<workbook xmlns="{main}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{targets}</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{items}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs>{styles}</cellXfs></styleSheet>',
    }
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def ubl(note: str = "", item: str = "Copy paper A4", tax_total: str = "38.00") -> bytes:
    """The same invoice as data."""
    cac, cbc = "urn:cac", "urn:cbc"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="{cac}" xmlns:cbc="{cbc}">
  <cbc:ID>NP-2025-0417</cbc:ID>
  <cbc:IssueDate>2025-10-03</cbc:IssueDate>
  <cbc:DueDate>2025-11-02</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:Note>{escape(note)}</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>4500017</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Nordlicht Papier GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyLegalEntity><cbc:RegistrationName>Hafen Handel AG</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PaymentTerms><cbc:Note>30 days net</cbc:Note></cac:PaymentTerms>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax_total}</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">200.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">238.00</cbc:TaxInclusiveAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine>
    <cbc:InvoicedQuantity unitCode="C62">10</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">42.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>{escape(item)}</cbc:Name></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">4.20</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
  <cac:InvoiceLine>
    <cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">158.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Toner black</cbc:Name></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">79.00</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>
""".encode()
