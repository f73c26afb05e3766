"""Procure to pay as rows of text; the first row of each table is its heading."""

from datetime import date

from audit_agent.sample import people
from audit_agent.sample.ledger_tables import CURRENCY, Rows, money
from audit_agent.sample.payables import Payment
from audit_agent.sample.purchase_irregularities import APPROVAL_LIMIT
from audit_agent.sample.purchasing import Invoice, Order, Receipt
from audit_agent.sample.suppliers import Supplier

_LINE = "10"


def supplier_listing(suppliers: list[Supplier]) -> Rows:
    """Supplier_Listing."""
    yield (
        "Supplier_Account_ID",
        "Supplier_Name",
        "TIN",
        "Address_Country",
        "Active_Status",
        "Bank_Account",
        "Created_At",
        "Created_By",
        "One_Time",
    )
    for supplier in suppliers:
        country = supplier.tax_number[:2]
        created = (supplier.created.isoformat(), people.BUYER_1.id, "false")
        yield (supplier.id, supplier.name, supplier.tax_number, country, "Active", supplier.bank_account, *created)


def purchase_orders(orders: list[Order]) -> Rows:
    """Purchase_Orders."""
    yield (
        "PO_ID",
        "PO_Line",
        "PO_Date",
        "Supplier_Account_ID",
        "Quantity",
        "Unit_Price",
        "Amount",
        "Amount_Currency",
        "Entered_By",
        "Approved_By",
    )
    for order in orders:
        figures = (str(order.quantity), money(order.unit_price), money(order.amount), CURRENCY)
        approver = people.FINANCE_DIRECTOR if order.amount > 5_000_000 else people.CONTROLLER
        yield (order.id, _LINE, order.day.isoformat(), order.supplier.id, *figures, order.by.id, approver.id)


def goods_received(receipts: list[Receipt]) -> Rows:
    """Goods_Received."""
    yield ("Receipt_ID", "PO_ID", "PO_Line", "Receipt_Date", "Quantity", "Supplier_Account_ID", "Entered_By")
    for receipt in receipts:
        order = receipt.order
        day = receipt.day.isoformat()
        yield (receipt.id, order.id, _LINE, day, str(receipt.quantity), order.supplier.id, people.WAREHOUSE.id)


def invoices_received(invoices: list[Invoice]) -> Rows:
    """Invoices_Received, as a German system exports it: decimal commas and days before months."""
    yield (
        "Invoice_ID",
        "Invoice_Number",
        "Invoice_Date",
        "Fiscal_Year",
        "Period",
        "Invoice_Type_Name",
        "Invoice_Due_Date",
        "Supplier_Account_ID",
        "Invoice_Amount",
        "Amount_Currency",
        "Tax_Code",
        "Tax_Amount",
        "PO_ID",
        "PO_Line",
        "Quantity",
        "Unit_Price",
        "Journal_ID",
        "Entered_By",
        "Entered_Date",
        "Approved_By",
        "Approved_Date",
    )
    for invoice in invoices:
        entered = _german_day(invoice.entered)
        approver = invoice.by if abs(invoice.gross) < APPROVAL_LIMIT else people.CONTROLLER
        yield (
            invoice.id,
            invoice.number,
            _german_day(invoice.day),
            str(invoice.entered.year),
            str(invoice.entered.month),
            invoice.kind,
            _german_day(invoice.due),
            invoice.supplier.id,
            _german(money(invoice.gross)),
            CURRENCY,
            "V19" if invoice.tax else "V0",
            _german(money(invoice.tax)),
            *_order_fields(invoice),
            invoice.journal.id,
            invoice.by.id,
            entered,
            approver.id,
            entered,
        )


def _order_fields(invoice: Invoice) -> tuple[str, str, str, str]:
    if invoice.order is None:
        return (invoice.unknown_order, _LINE if invoice.unknown_order else "", "", "")
    return (invoice.order.id, _LINE, str(invoice.quantity), _german(money(invoice.unit_price or 0)))


def _german(amount: str) -> str:
    return amount.replace(".", ",")


def _german_day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def payments_made(payments: list[Payment]) -> Rows:
    """Payments_Made."""
    yield (
        "Payment_ID",
        "Supplier_Account_ID",
        "Payment_Date",
        "Fiscal_Year",
        "Period",
        "Reference_Number",
        "Reference_Date",
        "Payment_Type",
        "Payment_Amount",
        "Amount_Currency",
        "Bank_Account",
        "Voided",
        "Journal_ID",
        "Entered_By",
    )
    for payment in payments:
        period = (payment.day.isoformat(), str(payment.day.year), str(payment.day.month))
        reference = (payment.reference, payment.reference_day.isoformat(), "Transfer", money(payment.amount), CURRENCY)
        bank = (payment.supplier.bank_account, "false", payment.journal.id, people.BATCH.id)
        yield (payment.id, payment.supplier.id, *period, *reference, *bank)
