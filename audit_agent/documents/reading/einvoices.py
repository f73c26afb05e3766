"""E-invoices of EN 16931, in UBL and in CII: each field is an element, so nothing has to be looked for."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from audit_agent.documents.reading.amounts import written_in_data
from audit_agent.documents.reading.currencies import CODES
from audit_agent.documents.reading.dates import dates_in
from audit_agent.documents.reading.labels import supported
from audit_agent.documents.reading.result import DocumentResult, Field, Kind, LineItem, Party
from audit_agent.documents.text.model import DocumentText, Piece

T = TypeVar("T")
_CREDITING = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""Type codes of UNTDID 1001 that EN 16931 counts as credit notes."""

_PARTY = "Party/PartyLegalEntity/RegistrationName|Party/PartyName/Name"
_TAX_PARTY = "Party/PartyTaxScheme/CompanyID"
_UBL = {
    "kind": "InvoiceTypeCode|CreditNoteTypeCode",
    "invoice_number": "ID",
    "invoice_date": "IssueDate",
    "due_date": "DueDate|PaymentMeans/PaymentDueDate|PaymentTerms/PaymentDueDate",
    "order_number": "OrderReference/ID",
    "currency": "DocumentCurrencyCode",
    "terms": "PaymentTerms/Note",
    "lines_total": "LegalMonetaryTotal/LineExtensionAmount",
    "net": "LegalMonetaryTotal/TaxExclusiveAmount",
    "tax": "TaxTotal/TaxAmount|TaxTotal[2]/TaxAmount",
    "total": "LegalMonetaryTotal/TaxInclusiveAmount",
    "supplier": "|".join(f"AccountingSupplierParty/{path}" for path in _PARTY.split("|")),
    "supplier_tax": f"AccountingSupplierParty/{_TAX_PARTY}",
    "customer": "|".join(f"AccountingCustomerParty/{path}" for path in _PARTY.split("|")),
    "customer_tax": f"AccountingCustomerParty/{_TAX_PARTY}",
    "line": "InvoiceLine|CreditNoteLine",
    "description": "Item/Name|Item/Description",
    "quantity": "InvoicedQuantity|CreditedQuantity",
    "unit_price": "Price/PriceAmount",
    "amount": "LineExtensionAmount",
}
_DEAL = "SupplyChainTradeTransaction"
_AGREED = f"{_DEAL}/ApplicableHeaderTradeAgreement"
_SETTLED = f"{_DEAL}/ApplicableHeaderTradeSettlement"
_SUMMED = f"{_SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
_CII = {
    "kind": "ExchangedDocument/TypeCode",
    "invoice_number": "ExchangedDocument/ID",
    "invoice_date": "ExchangedDocument/IssueDateTime/DateTimeString",
    "due_date": f"{_SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
    "order_number": f"{_AGREED}/BuyerOrderReferencedDocument/IssuerAssignedID",
    "currency": f"{_SETTLED}/InvoiceCurrencyCode",
    "terms": f"{_SETTLED}/SpecifiedTradePaymentTerms/Description",
    "lines_total": f"{_SUMMED}/LineTotalAmount",
    "net": f"{_SUMMED}/TaxBasisTotalAmount",
    "tax": f"{_SUMMED}/TaxTotalAmount|{_SUMMED}/TaxTotalAmount[2]",
    "total": f"{_SUMMED}/GrandTotalAmount",
    "supplier": f"{_AGREED}/SellerTradeParty/Name",
    "supplier_tax": f"{_AGREED}/SellerTradeParty/SpecifiedTaxRegistration/ID",
    "customer": f"{_AGREED}/BuyerTradeParty/Name",
    "customer_tax": f"{_AGREED}/BuyerTradeParty/SpecifiedTaxRegistration/ID",
    "line": f"{_DEAL}/IncludedSupplyChainTradeLineItem",
    "description": "SpecifiedTradeProduct/Name",
    "quantity": "SpecifiedLineTradeDelivery/BilledQuantity",
    "unit_price": "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
    "amount": "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",
}
UBL, CII = "Invoice", "CrossIndustryInvoice"
"""The two syntaxes, by the element they begin with; a credit note in UBL begins with another."""

ROOTS = (UBL, "CreditNote", CII)
_PATHS = {UBL: _UBL, CII: _CII}


def is_einvoice(text: DocumentText) -> bool:
    """The document is one of the two syntaxes."""
    return bool(text.pieces) and _root(text) in ROOTS


def read_einvoice(text: DocumentText) -> DocumentResult:
    """What the elements say."""
    invoice = EInvoice(text)
    return DocumentResult(
        outcome=text.outcome,
        reader="e-invoice",
        kind=invoice.kind(),
        supplier=Party(name=invoice.words("supplier"), tax_id=invoice.words("supplier_tax")),
        customer=Party(name=invoice.words("customer"), tax_id=invoice.words("customer_tax")),
        invoice_number=invoice.words("invoice_number"),
        order_number=invoice.words("order_number"),
        invoice_date=invoice.day("invoice_date"),
        due_date=invoice.day("due_date"),
        currency=invoice.field("currency", lambda words: words if words in CODES else None),
        net=invoice.amount("net"),
        tax=invoice.tax(),
        total=invoice.amount("total"),
        lines=tuple(invoice.lines()),
        lines_total=invoice.amount("lines_total"),
        terms=invoice.words("terms"),
        problems=tuple(invoice.problems()),
    )


def _root(text: DocumentText) -> str:
    return text.pieces[0].label.partition("/")[0].partition("@")[0]


class EInvoice:
    """The elements of an e-invoice by what they mean. `more` are names and paths besides those that are known here."""

    def __init__(self, text: DocumentText, more: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._root = _root(text)
        self.syntax = CII if self._root == CII else UBL
        self._paths = {**_PATHS[self.syntax], **(more or {}).get(self.syntax, {})}
        self._first = text.pieces[0]
        self._pieces: dict[str, Piece] = {}
        for piece in text.pieces:
            self._pieces.setdefault(piece.label.removeprefix(f"{self._root}/"), piece)

    def raw(self, name: str, below: str = "") -> str:
        """The text of the first element that has one; empty when none has."""
        paths = (f"{below}/{path}" if below else path for path in self._paths[name].split("|"))
        return next((self._pieces[path].text.strip() for path in paths if path in self._pieces), "")

    def in_own_currency(self, path: str) -> bool:
        """Whether the amount at this path is in the document's currency; one that names none is."""
        currency, marked = self.raw("currency"), self._pieces.get(f"{path}@currencyID")
        return marked is None or not currency or marked.text == currency

    def field(self, name: str, parse: Callable[[str], T | None], below: str = "") -> Field[T]:
        """The first element of that name that can be parsed, with its words."""
        for path in self._paths[name].split("|"):
            piece = self._pieces.get(f"{below}/{path}" if below else path)
            if piece is not None and (value := parse(piece.text)) is not None:
                return supported(value, piece)
        return Field[T](reason=f"It has no {self._paths[name].replace('|', ' or ')} that can be read.")

    def words(self, name: str, below: str = "") -> Field[str]:
        """A text."""
        return self.field(name, lambda words: words, below)

    def day(self, name: str) -> Field[date]:
        """A date."""
        return self.field(name, lambda words: next(iter(dates_in(words)), None))

    def amount(self, name: str, below: str = "") -> Field[Decimal]:
        """A number."""
        return self.field(name, written_in_data, below)

    def tax(self) -> Field[Decimal]:
        """In the document's currency; a second one may be in the currency of the tax return."""
        taxes = self.taxes()
        if not taxes:
            return Field[Decimal](reason="It has no sum of taxes in its own currency.")
        return supported(*taxes[0])

    def taxes(self) -> list[tuple[Decimal, Piece]]:
        """Every sum of taxes in the document's currency."""
        taxes = []
        for path in self._paths["tax"].split("|"):
            piece = self._pieces.get(path)
            if piece is not None and self.in_own_currency(path) and (value := written_in_data(piece.text)) is not None:
                taxes.append((value, piece))
        return taxes

    def problems(self) -> Iterator[str]:
        """What only data can get wrong: two sums of taxes, or none where net and total differ."""
        taxes, net, total = {value for value, _ in self.taxes()}, self.amount("net").value, self.amount("total").value
        if len(taxes) > 1:
            yield "It states two different sums of taxes in its own currency."
        if not taxes and net is not None and total is not None and net != total:
            yield "Net and total differ, and no tax in the document's own currency is stated."

    def kind(self) -> Field[Kind]:
        """By its type code; without one the root element says it."""
        code = self.field("kind", lambda words: words if words.isdigit() else None)
        piece = next(
            (one for one in self._pieces.values() if code.quotation and one.place == code.quotation.place), None
        )
        crediting = code.value in _CREDITING or (code.value is None and self._root == "CreditNote")
        return supported(Kind.CREDIT_NOTE if crediting else Kind.INVOICE, piece or self._first)

    def lines(self) -> Iterator[LineItem]:
        """What is billed."""
        for below in self.groups("line"):
            yield LineItem(
                description=self.words("description", below),
                quantity=self.amount("quantity", below),
                unit_price=self.amount("unit_price", below),
                amount=self.amount("amount", below),
            )

    def groups(self, name: str) -> dict[str, int]:
        """The elements of that name, which may be many: the path their own elements stand below -> line of the file."""
        paths = (r"(?:\[\d+\])?/".join(path.split("/")) for path in self._paths[name].split("|"))
        pattern = re.compile(rf"(?:{'|'.join(paths)})(?:\[\d+\])?(?=/)")
        found: dict[str, int] = {}
        for label, piece in self._pieces.items():
            if match := pattern.match(label):
                found.setdefault(match[0], piece.place.line)
        return found
