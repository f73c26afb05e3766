"""What somebody had to approve: orders, and invoices that name none; and who may approve how much."""

from decimal import Decimal

import ibis

from audit_agent.procedures.compared_text import contains_any
from audit_agent.procedures.exact import MONEY, TOTAL, money
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS, is_credit_note, received_invoices
from audit_agent.procedures.procedure import Books

_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")
_FIELDS = ("document", "kind", "Supplier_Account_ID", "PO_ID", "Invoice_ID", "Entered_By", "Approved_By", "text")
_ORDER_WORDS = ("order", "purchase", "invoice", "po", "bestell", "rechnung", "commande", "facture")


def purchases(books: Books) -> ibis.Table:
    """One row per order and per invoice without one: `document`, `kind`, `supplier`, `user`, `day`, `amount`.

    Also `approver`, NULL unless each line names the same, and `Currency`. Source columns are those of a first line.
    """
    lines = _lines(books)
    rows = lines["Invoices_Received"]
    if "Purchase_Orders" in lines:
        rows = rows.union(lines["Purchase_Orders"])
    one = rows.Approved_By.min() == rows.Approved_By.max()
    every = rows.Approved_By.count() == rows.count()
    found = rows.group_by("document", "kind", "Currency").aggregate(
        supplier=rows.Supplier_Account_ID.min(),
        user=rows.Entered_By.min(),
        approver=ibis.ifelse(one & every, rows.Approved_By.min(), None),
        day=rows.day.min(),
        amount=rows.value.sum().cast(MONEY),
        Source_File=rows.Source_File.min(),
        Source_Row=rows.Source_Row.min(),
    )
    return found.filter(found.day.notnull() & (found.amount > money(Decimal(0))))


def purchase_rows(books: Books, found: ibis.Table) -> dict[str, ibis.Table]:
    """The source rows of these purchases by table, each with its purchase's figures."""
    figures = found.select(
        *(name for name in found.columns if name not in (*_ORIGIN, "supplier", "user", "approver", "amount"))
    )
    return {
        table: rows.select(*_FIELDS, "Currency", *_ORIGIN).inner_join(figures, ["document", "kind", "Currency"])
        for table, rows in _lines(books).items()
    }


def _lines(books: Books) -> dict[str, ibis.Table]:
    invoices = received_invoices(books)
    alone = invoices.filter(invoices.PO_ID.isnull() & ~is_credit_note(invoices, CREDIT_NOTE_WORDS))
    if not books.has("Purchase_Orders"):
        alone = invoices.filter(~is_credit_note(invoices, CREDIT_NOTE_WORDS))
    found = {
        "Invoices_Received": alone.select(
            "Supplier_Account_ID", "PO_ID", "Invoice_ID", "Entered_By", "Approved_By", "Currency", *_ORIGIN,
            document=alone.Invoice_ID, kind=ibis.literal("invoice"), text=ibis.null("string"),
            day=alone.Invoice_Date, value=alone.Invoice_Amount,
        )
    }  # fmt: skip
    if books.has("Purchase_Orders"):
        orders = books.table("Purchase_Orders")
        orders = orders.mutate(Currency=orders.Amount_Currency.fill_null(books.currency))
        found["Purchase_Orders"] = orders.select(
            "Supplier_Account_ID", "PO_ID", Invoice_ID=ibis.null("string"), Entered_By=orders.Entered_By,
            Approved_By=orders.Approved_By, Currency=orders.Currency, **{name: orders[name] for name in _ORIGIN},
            document=orders.PO_ID, kind=ibis.literal("order"), text=orders.Description, day=orders.PO_Date,
            value=orders.Amount.fill_null((orders.Quantity * orders.Unit_Price).cast(MONEY)),
        )  # fmt: skip
    return found


def limits(books: Books) -> ibis.Table:
    """Approval limits on purchases: `limit_amount`, `limit_currency`, `limit_user` and the days of validity."""
    table = books.whole("Approval_Limits")
    fits = (table.Document_Type.fill_null("") == "") | contains_any(table.Document_Type, _ORDER_WORDS)
    rows = table.filter(fits & (table.Limit_Amount > money(Decimal(0))))
    return rows.select(
        limit_amount=rows.Limit_Amount,
        limit_currency=rows.Amount_Currency.fill_null(books.currency),
        limit_user=rows.User_ID.upper(),
        valid_from=rows.Valid_From.fill_null(ibis.date("1900-01-01")),
        valid_to=rows.Valid_To.fill_null(ibis.date("9999-12-31")),
    )


def may_approve(rows: ibis.Table, books: Books) -> ibis.Value:
    """Whether another than who entered a purchase approved it, and may approve the `total` of its group that day."""
    steps = limits(books)
    asked = rows.select("document", "kind", "Currency", "day", "total", person=rows.approver.upper())
    able = asked.inner_join(
        steps,
        [
            asked.person == steps.limit_user,
            asked.Currency == steps.limit_currency,
            asked.total <= steps.limit_amount.cast(TOTAL),
            asked.day >= steps.valid_from,
            asked.day <= steps.valid_to,
        ],
    )
    names = able.select(name=able.kind + " " + able.document).distinct()
    another = rows.approver.upper() != rows.user.upper()
    return another.fill_null(False) & (rows.kind + " " + rows.document).isin(names.name)
