"""The sums, lines, allowances, charges and taxes of an e-invoice, as they are written."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit_agent.documents.reading.einvoices import CII, UBL, EInvoice
from audit_agent.documents.text.model import DocumentText

LINE, ALLOWANCE, CHARGE, TAX = "line", "allowance", "charge", "tax"
"""What a component can be."""

_MONEY = "LegalMonetaryTotal"
_DEAL = "SupplyChainTradeTransaction"
_SELLER = f"{_DEAL}/ApplicableHeaderTradeAgreement/SellerTradeParty"
_SETTLED = f"{_DEAL}/ApplicableHeaderTradeSettlement"
_SUMMED = f"{_SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_TAX = "SpecifiedLineTradeSettlement/ApplicableTradeTax"
_PATHS = {
    UBL: {
        "registration": "AccountingSupplierParty/Party/PartyTaxScheme",
        "registered": "CompanyID",
        "scheme": "TaxScheme/ID",
        "legal_id": "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID",
        "allowances_total": f"{_MONEY}/AllowanceTotalAmount",
        "charges_total": f"{_MONEY}/ChargeTotalAmount",
        "prepaid": f"{_MONEY}/PrepaidAmount",
        "rounding": f"{_MONEY}/PayableRoundingAmount",
        "payable": f"{_MONEY}/PayableAmount",
        "adjustment": "AllowanceCharge",
        "is_charge": "ChargeIndicator",
        "adjusted": "Amount",
        "adjustment_reason": "AllowanceChargeReason",
        "category": "TaxCategory/ID",
        "percent": "TaxCategory/Percent",
        "line_category": "Item/ClassifiedTaxCategory/ID",
        "line_percent": "Item/ClassifiedTaxCategory/Percent",
        "tax_group": "TaxTotal/TaxSubtotal",
        "taxable": "TaxableAmount",
        "taxed": "TaxAmount",
        "tax_category": "TaxCategory/ID",
        "tax_percent": "TaxCategory/Percent",
    },
    CII: {
        "registration": f"{_SELLER}/SpecifiedTaxRegistration",
        "registered": "ID",
        "scheme": "ID@schemeID",
        "legal_id": f"{_SELLER}/SpecifiedLegalOrganization/ID",
        "allowances_total": f"{_SUMMED}/AllowanceTotalAmount",
        "charges_total": f"{_SUMMED}/ChargeTotalAmount",
        "prepaid": f"{_SUMMED}/TotalPrepaidAmount",
        "rounding": f"{_SUMMED}/RoundingAmount",
        "payable": f"{_SUMMED}/DuePayableAmount",
        "adjustment": f"{_SETTLED}/SpecifiedTradeAllowanceCharge",
        "is_charge": "ChargeIndicator/Indicator",
        "adjusted": "ActualAmount",
        "adjustment_reason": "Reason",
        "category": "CategoryTradeTax/CategoryCode",
        "percent": "CategoryTradeTax/RateApplicablePercent",
        "line_category": f"{_LINE_TAX}/CategoryCode",
        "line_percent": f"{_LINE_TAX}/RateApplicablePercent",
        "tax_group": f"{_SETTLED}/ApplicableTradeTax",
        "taxable": "BasisAmount",
        "taxed": "CalculatedAmount",
        "tax_category": "CategoryCode",
        "tax_percent": "RateApplicablePercent",
    },
}


@dataclass(frozen=True)
class Component:
    """A line, an allowance or charge on the whole invoice, or the taxes of one category and rate."""

    kind: str
    number: int
    """Within its kind, from 1."""
    line: int
    """Of the file."""
    amount: str
    """Net of tax; of taxes the amount they are on."""
    tax: str = ""
    category: str = ""
    """The code of UNTDID 5305: `S`, `Z`, `E`, `AE`, ..."""
    percent: str = ""
    description: str = ""
    quantity: str = ""
    unit_price: str = ""


@dataclass(frozen=True)
class Figures:
    """The texts of an invoice's figures; empty where the invoice does not state one."""

    lines: str
    allowances: str
    charges: str
    net: str
    tax: str
    second_tax: str
    """Another sum of taxes in the same currency that differs from the first."""
    total: str
    prepaid: str
    rounding: str
    payable: str
    components: tuple[Component, ...]


def figures_of(pieces: EInvoice) -> Figures:
    """Everything that EN 16931 has rules of arithmetic for (BT-92 to BT-131)."""
    taxes = pieces.taxes()
    others = [piece.text.strip() for value, piece in taxes if value != taxes[0][0]]
    return Figures(
        lines=pieces.raw("lines_total"),
        allowances=pieces.raw("allowances_total"),
        charges=pieces.raw("charges_total"),
        net=pieces.raw("net"),
        tax=taxes[0][1].text.strip() if taxes else "",
        second_tax=others[0] if others else "",
        total=pieces.raw("total"),
        prepaid=pieces.raw("prepaid"),
        rounding=pieces.raw("rounding"),
        payable=pieces.raw("payable"),
        components=(*_lines(pieces), *_adjustments(pieces), *_taxes(pieces)),
    )


def einvoice(text: DocumentText) -> EInvoice:
    """The elements of an e-invoice, with the paths of its figures."""
    return EInvoice(text, _PATHS)


def seller_of(pieces: EInvoice) -> str:
    """The seller's VAT number (BT-31), legal registration (BT-30) or name: the first there is.

    A seller may be registered for other taxes too, and some write a remark there instead of a number.
    """
    vat = (below for below in pieces.groups("registration") if pieces.raw("scheme", below) in ("VAT", "VA"))
    numbers = (pieces.raw("registered", below) for below in vat)
    return next(filter(None, numbers), "") or pieces.raw("legal_id") or pieces.raw("supplier")


def _lines(pieces: EInvoice) -> Iterator[Component]:
    for number, (below, line) in enumerate(pieces.groups("line").items(), start=1):
        yield Component(
            kind=LINE,
            number=number,
            line=line,
            amount=pieces.raw("amount", below),
            category=pieces.raw("line_category", below),
            percent=pieces.raw("line_percent", below),
            description=pieces.raw("description", below),
            quantity=pieces.raw("quantity", below),
            unit_price=pieces.raw("unit_price", below),
        )


def _adjustments(pieces: EInvoice) -> Iterator[Component]:
    numbers = {ALLOWANCE: 0, CHARGE: 0}
    for below, line in pieces.groups("adjustment").items():
        kind = CHARGE if pieces.raw("is_charge", below) in ("true", "1") else ALLOWANCE
        numbers[kind] += 1
        yield Component(
            kind=kind,
            number=numbers[kind],
            line=line,
            amount=pieces.raw("adjusted", below),
            category=pieces.raw("category", below),
            percent=pieces.raw("percent", below),
            description=pieces.raw("adjustment_reason", below),
        )


def _taxes(pieces: EInvoice) -> Iterator[Component]:
    groups = pieces.groups("tax_group").items()
    # A second sum of taxes, in the currency of the tax return, may have groups of its own.
    own = [(below, line) for below, line in groups if pieces.in_own_currency(f"{below.rpartition('/')[0]}/TaxAmount")]
    for number, (below, line) in enumerate(own, start=1):
        yield Component(
            kind=TAX,
            number=number,
            line=line,
            amount=pieces.raw("taxable", below),
            tax=pieces.raw("taxed", below),
            category=pieces.raw("tax_category", below),
            percent=pieces.raw("tax_percent", below),
        )
