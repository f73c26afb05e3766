"""E-invoices of EN 16931 (UBL 2.1 and CII): a folder of them is read as a few tables, each row from its own file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from audit_agent.books.schema import schema_of
from audit_agent.books.source import BadRow, Layout, Loaded
from audit_agent.books.workbench import Workbench
from audit_agent.books.xml_tables import RowWriter, XmlFile, XmlTable
from audit_agent.documents.reading.einvoice_figures import Figures, einvoice, figures_of, seller_of
from audit_agent.documents.reading.einvoices import ROOTS, EInvoice
from audit_agent.documents.reading.result import Kind
from audit_agent.documents.text.einvoice import read_xml
from audit_agent.documents.text.errors import DocumentTooLargeError, UnreadableDocumentError
from audit_agent.documents.text.kinds import XML
from audit_agent.documents.text.limits import MEGABYTE, TextLimits
from audit_agent.documents.text.model import DocumentText, Outcome
from audit_agent.domain.books import FilePart
from audit_agent.domain.record import Digest, digest_of

FORMAT = "e-invoice"
NAME = "e-invoices"
INVOICES, TOTALS, COMPONENTS = "Invoices_Received", "Invoice_Totals", "Invoice_Components"

_SIZE = 64 * MEGABYTE
"""Of one e-invoice with whatever is attached to it; it is read as a whole."""

_FILE, _DIGEST = "file", "SHA-256 of the file"
_TOTALS = {
    "Lines_Amount": "lines",
    "Allowances_Amount": "allowances",
    "Charges_Amount": "charges",
    "Net_Amount": "net",
    "Tax_Amount": "tax",
    "Second_Tax_Amount": "second_tax",
    "Total_Amount": "total",
    "Prepaid_Amount": "prepaid",
    "Rounding_Amount": "rounding",
    "Payable_Amount": "payable",
}
_HEAD = {
    "Invoice_ID": _FILE,
    "Invoice_Number": "number (BT-1)",
    "Invoice_Date": "date (BT-2)",
    "Invoice_Type_Name": "type (BT-3)",
    "Supplier_Account_ID": "seller (BT-31, BT-30 or BT-27)",
    "Amount_Currency": "currency (BT-5)",
}
_COLUMNS = {
    TOTALS: _HEAD
    | {
        "Lines_Amount": "sum of lines (BT-106)",
        "Allowances_Amount": "sum of allowances (BT-107)",
        "Charges_Amount": "sum of charges (BT-108)",
        "Net_Amount": "total without tax (BT-109)",
        "Tax_Amount": "tax (BT-110)",
        "Second_Tax_Amount": "another tax in the same currency",
        "Total_Amount": "total with tax (BT-112)",
        "Prepaid_Amount": "paid (BT-113)",
        "Rounding_Amount": "rounding (BT-114)",
        "Payable_Amount": "due (BT-115)",
    },
    COMPONENTS: {
        "Invoice_ID": _FILE,
        "Component": "kind",
        "Component_Number": "number",
        "Description": "description",
        "Quantity": "quantity (BT-129)",
        "Unit_Price": "price (BT-146)",
        "Amount": "net amount (BT-131, BT-92, BT-99, BT-116)",
        "Tax_Amount": "tax (BT-117)",
        "Tax_Category": "category (BT-151, BT-95, BT-102, BT-118)",
        "Tax_Percent": "rate (BT-152, BT-96, BT-103, BT-119)",
    },
    INVOICES: _HEAD
    | {
        "Invoice_Due_Date": "due date (BT-9)",
        "Invoice_Amount": "total with tax, negative on credit notes",
        "Tax_Amount": "tax, negative on credit notes",
        "PO_ID": "order (BT-13)",
    },
}
"""Canonical field -> what it is in the terms of EN 16931."""


def is_einvoice(root: str) -> bool:
    """Whether a file that begins with this element is an e-invoice."""
    return root.rpartition("}")[2] in ROOTS and "}" in root


@dataclass
class EInvoices:
    """All e-invoices of one import; each is read as it is found, so that no more than one is in memory."""

    bench: Workbench
    parts: list[FilePart] = field(default_factory=list)
    damaged: list[BadRow] = field(default_factory=list)
    _writers: dict[str, RowWriter] = field(default_factory=dict)

    def add(self, path: Path, name: str, sha256: Digest, size: int) -> None:
        """Read one file; one that cannot be read is refused with its reason, and the others stay."""
        self.parts.append(FilePart(name=name, sha256=sha256, size=size))
        try:
            text = _text(path)
        except UnreadableDocumentError as error:
            place = re.search(r"line (\d+)", error.message)
            reason = f"cannot be read: {error.message.rstrip('.')}"
            self.damaged.append(BadRow(int(place[1]) if place else 1, "", reason, name, sha256))
            return
        invoice = einvoice(text)
        figures = figures_of(invoice)
        origin = {_FILE: name, _DIGEST: sha256}
        head = origin | _head(invoice)
        line = text.pieces[0].place.line
        self._write(
            TOTALS, line, head | {_COLUMNS[TOTALS][total]: getattr(figures, of) for total, of in _TOTALS.items()}
        )
        self._write(INVOICES, line, head | _booked(invoice, figures))
        columns = _COLUMNS[COMPONENTS]
        for part in figures.components:
            values = {
                columns["Component"]: part.kind,
                columns["Component_Number"]: str(part.number),
                columns["Description"]: part.description,
                columns["Quantity"]: part.quantity,
                columns["Unit_Price"]: part.unit_price,
                columns["Amount"]: part.amount,
                columns["Tax_Amount"]: part.tax,
                columns["Tax_Category"]: part.category,
                columns["Tax_Percent"]: part.percent,
            }
            self._write(COMPONENTS, part.line, origin | values)

    def _write(self, table: str, line: int, values: dict[str, str]) -> None:
        if table not in self._writers:
            path = self.bench.folder / self.bench.fresh_name("xml")
            headers = dict.fromkeys((_FILE, _DIGEST, *_COLUMNS[table].values()))
            self._writers[table] = RowWriter(path, tuple(headers))
        self._writers[table].add(line, values)

    def tables(self, invoices_booked: bool) -> tuple["EInvoiceTable", ...]:
        """What they hold; without Invoices_Received where another file has that, so that no invoice counts twice."""
        if not self.parts:
            return ()
        listed = digest_of([part.model_dump(mode="json") for part in self.parts])
        file = XmlFile(NAME, listed, sum(part.size for part in self.parts))
        names = (TOTALS, COMPONENTS) if invoices_booked else (TOTALS, COMPONENTS, INVOICES)
        return tuple(self._table(name, file) for name in names if name in self._writers or name == TOTALS)

    def _table(self, name: str, file: XmlFile) -> "EInvoiceTable":
        if name not in self._writers:
            self._writers[name] = RowWriter(self.bench.folder / self.bench.fresh_name("xml"), (_FILE, _DIGEST))
        written = self._writers[name]
        written.close()
        needed = schema_of(name).required
        columns = {
            field: column
            for field, column in _COLUMNS[name].items()
            if column in written.headers and (field in needed or column in written.filled)
        }
        layout = Layout(FORMAT, name, columns, decimal=".")
        if name != TOTALS:
            return EInvoiceTable(file, layout, written)
        # The files, and those that cannot be read, are told of once.
        return EInvoiceTable(file, layout, written, damaged=tuple(self.damaged), parts=tuple(self.parts))


@dataclass(frozen=True)
class EInvoiceTable(XmlTable):
    """One table of all e-invoices. Each row is from the file it names, in the line of its first text."""

    damaged: tuple[BadRow, ...] = ()
    parts: tuple[FilePart, ...] = ()

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        raw = super().load(bench, [_FILE, _DIGEST, *columns]).raw
        return Loaded(replace(raw, file=raw.columns[_FILE], sha256=raw.columns[_DIGEST]), self.damaged, self.parts)


def _text(path: Path) -> DocumentText:
    """The elements of a file; raises UnreadableDocumentError."""
    if path.stat().st_size > _SIZE:
        raise DocumentTooLargeError(f"The file is larger than {_SIZE // MEGABYTE} MB.", "Check where it comes from.")
    pieces = read_xml(path.read_bytes(), TextLimits())
    return DocumentText(media_type=XML, outcome=Outcome.READ, pieces=tuple(pieces))


def _head(invoice: EInvoice) -> dict[str, str]:
    columns = _COLUMNS[TOTALS]
    crediting = invoice.kind().value is Kind.CREDIT_NOTE
    type_name = " ".join(filter(None, ("credit note" if crediting else "invoice", invoice.raw("kind"))))
    return {
        columns["Invoice_Number"]: invoice.raw("invoice_number"),
        columns["Invoice_Date"]: _day(invoice, "invoice_date"),
        columns["Invoice_Type_Name"]: type_name,
        columns["Supplier_Account_ID"]: seller_of(invoice),
        columns["Amount_Currency"]: invoice.raw("currency"),
    }


def _booked(invoice: EInvoice, figures: Figures) -> dict[str, str]:
    columns = _COLUMNS[INVOICES]
    crediting = invoice.kind().value is Kind.CREDIT_NOTE
    return {
        columns["Invoice_Due_Date"]: _day(invoice, "due_date"),
        columns["Invoice_Amount"]: _turned(figures.total) if crediting else figures.total,
        columns["Tax_Amount"]: _turned(figures.tax) if crediting else figures.tax,
        columns["PO_ID"]: invoice.raw("order_number"),
    }


def _day(invoice: EInvoice, name: str) -> str:
    """The two syntaxes write dates differently, and both may be in one folder."""
    day = invoice.day(name).value
    return day.isoformat() if day else invoice.raw(name)


def _turned(amount: str) -> str:
    return amount[1:] if amount.startswith("-") else amount and f"-{amount.removeprefix('+')}"
