"""What happened to each purchase order, or each of its lines, and when: ordered, received, invoiced, paid."""

from collections.abc import Sequence
from typing import Any

import ibis

from audit_agent.procedures.exact import MONEY, TOTAL
from audit_agent.procedures.invoices import is_credit_note, normalised_number, received_invoices
from audit_agent.procedures.payments import payments_made, stands
from audit_agent.procedures.procedure import Books

TABLES = {
    "order": "Purchase_Orders",
    "receipt": "Goods_Received",
    "invoice": "Invoices_Received",
    "payment": "Payments_Made",
}
"""The table that tells each step."""

ITEM = ["PO_ID", "line"]
"""What the steps of one purchase share; `line` is empty where an order is looked at as a whole."""

_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")


def purchase_events(books: Books, credit_note_words: Sequence[str], ahead_words: Sequence[str]) -> ibis.Table:
    """The event log: `step` (or `credit`, a credit note), `day`, `value`, `Currency`, `category` and where it is told.

    The day of an invoice is that of its entry, as the supplier dates it before the goods arrive. Lines are told apart
    in orders of which every event names its line. `ahead`: the event's type says that it is paid in advance.
    """
    invoices = _invoices(books, credit_note_words, ahead_words)
    events = _orders(books).union(_receipts(books)).union(_columns(invoices))
    if books.has("Payments_Made"):
        events = events.union(_payments(books, invoices, ahead_words))
    order = ibis.window(group_by="PO_ID")
    by_line = events.PO_Line.count().over(order) == events.count().over(order)
    # A payment of an invoice over several lines is one event where the order is looked at as a whole.
    return events.mutate(line=ibis.ifelse(by_line, events.PO_Line, "")).drop("PO_Line").distinct()


def _columns(rows: ibis.Table) -> ibis.Table:
    names = ("step", "PO_ID", "PO_Line", "day", "value", "Currency", "category", "supplier", "document", "ahead")
    return rows.select(*names, *_ORIGIN)


def _orders(books: Books) -> ibis.Table:
    rows = books.whole("Purchase_Orders")
    return _columns(
        rows.mutate(
            step=ibis.literal("order"),
            day=rows.PO_Date,
            value=rows.Amount.fill_null((rows.Quantity * rows.Unit_Price).cast(MONEY)),
            Currency=rows.Amount_Currency.fill_null(books.currency),
            category=rows.Item_Category,
            supplier=rows.Supplier_Account_ID,
            document=rows.PO_ID,
            ahead=ibis.literal(False),
        )
    )


def _receipts(books: Books) -> ibis.Table:
    rows = books.whole("Goods_Received")
    rows = rows.filter(rows.Quantity > 0)
    return _columns(
        rows.mutate(
            step=ibis.literal("receipt"),
            day=ibis.coalesce(rows.Receipt_Date, rows.Entered_Date),
            value=ibis.null(MONEY),
            Currency=ibis.null("string"),
            category=ibis.null("string"),
            supplier=rows.Supplier_Account_ID,
            document=rows.Receipt_ID,
            ahead=ibis.literal(False),
        )
    )


def _invoices(books: Books, credit_note_words: Sequence[str], ahead_words: Sequence[str]) -> ibis.Table:
    rows = received_invoices(books, whole=True)
    rows = rows.filter(rows.PO_ID.notnull())
    return rows.mutate(
        step=ibis.ifelse(is_credit_note(rows, credit_note_words), "credit", "invoice"),
        day=ibis.coalesce(rows.Entered_Date, rows.Invoice_Date),
        value=rows.Invoice_Amount.abs(),
        category=ibis.null("string"),
        supplier=rows.Supplier_Account_ID,
        document=rows.Invoice_ID,
        ahead=_says(rows.Invoice_Type_Name, ahead_words),
    )


def _payments(books: Books, invoices: ibis.Table, ahead_words: Sequence[str]) -> ibis.Table:
    """Payments that stand and name an invoice of an order, or the order itself, of the same supplier."""
    payments = payments_made(books, whole=True)
    payments = payments.filter(stands(payments)).mutate(
        reference=normalised_number(payments.Reference_Number), supplier=payments.Supplier_Account_ID
    )
    bills = invoices.filter(invoices.step == "invoice")
    orders = books.whole("Purchase_Orders")
    named = [
        _names(bills, bills.Invoice_Number, bills.supplier),
        _names(bills, bills.Invoice_ID, bills.supplier),
        _names(orders, orders.PO_ID, orders.Supplier_Account_ID, line=ibis.null("string")),
    ]
    names = ibis.union(*named, distinct=True)
    paid = payments.inner_join(names, ["supplier", "reference"])
    return _columns(
        paid.mutate(
            step=ibis.literal("payment"),
            day=paid.Payment_Date,
            value=paid.Payment_Amount,
            category=ibis.null("string"),
            document=paid.Payment_ID,
            ahead=_says(paid.Payment_Type, ahead_words),
        )
    )


def _names(rows: ibis.Table, number: ibis.Value, supplier: ibis.Value, line: Any = None) -> ibis.Table:
    """By which number a payment means which order line."""
    names = rows.select(
        supplier=supplier,
        reference=normalised_number(number),
        PO_ID=rows.PO_ID,
        PO_Line=rows.PO_Line if line is None else line,
    )
    return names.filter(names.reference != "")


def _says(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    found = ibis.literal(False)
    for word in words:
        found = found | text.fill_null("").lower().contains(word.lower())
    return found


def purchase_items(events: ibis.Table) -> ibis.Table:
    """One row per order or line of the books: first day (`first_order`, ...) and number (`count_order`, ...) of steps.

    Also `category`, `supplier`, `worth` (what was invoiced, else ordered) with `worth_currency`, `credited`, and
    `ahead`, whether any invoice or payment says that it is in advance.
    """
    days, numbers = {}, {}
    for step in TABLES:
        of_step = events.step == step
        days[f"first_{step}"] = events.day.min(where=of_step)
        numbers[f"count_{step}"] = events.count(where=of_step)
    valued = events.step.isin(["invoice", "order", "credit"])
    invoiced = events.value.sum(where=events.step == "invoice").cast(TOTAL)
    ordered = events.value.sum(where=events.step == "order").cast(TOTAL)
    single = events.Currency.min(where=valued) == events.Currency.max(where=valued)
    items = events.group_by(ITEM).aggregate(
        **days,
        **numbers,
        category=events.category.min(),
        supplier=events.supplier.min(),
        worth=ibis.ifelse(single, ibis.coalesce(invoiced, ordered), None),
        worth_currency=ibis.ifelse(single, events.Currency.min(where=valued), None),
        invoiced=invoiced,
        credited=events.value.sum(where=events.step == "credit").fill_null(0).cast(TOTAL),
        ahead=events.ahead.any(),
    )
    return items.filter(items.count_order > 0)
