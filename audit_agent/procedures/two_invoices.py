"""What makes two similar invoices definitely two, as far as the books say."""

from collections.abc import Sequence
from decimal import Decimal

import ibis

from audit_agent.procedures.compared_text import contains_any
from audit_agent.procedures.dismissing import DismissalRule
from audit_agent.procedures.exact import MONEY, TOTAL, money
from audit_agent.procedures.invoices import INVOICE_FACTS, is_credit_note, received_invoices
from audit_agent.procedures.procedure import Books
from audit_agent.procedures.recurring import RECURRING_BECAUSE, with_regularity

_CURRENCY = DismissalRule(
    id="other-currency", title="Different currency", because="The two invoices are in different currencies."
)
_NOTE = DismissalRule(
    id="credit-note",
    title="One is a credit note",
    because="One of the two is a credit note, which takes back rather than bills again.",
)
_REVERSED = DismissalRule(
    id="reversed",
    title="Reversed",
    because="Credit notes over the same amount leave at most one invoice of this supplier over it standing.",
)
_INSTALMENTS = DismissalRule(
    id="instalments",
    title="Instalments",
    because="The types of both invoices say that they are instalments, and their number or amount differs.",
)
_CONTRACT = DismissalRule(
    id="contract",
    title="Within their orders",
    because="Both have numbers of their own and name an order, and no more was billed on it than ordered.",
)
_RECURRING = DismissalRule(id="recurring", title="Recurring schedule", because=RECURRING_BECAUSE)

RULES = (_CURRENCY, _NOTE, _REVERSED, _INSTALMENTS, _CONTRACT, _RECURRING)


def with_circumstances(books: Books, credit_note_words: Sequence[str], instalment_words: Sequence[str]) -> ibis.Table:
    """All invoices with `is_note`, `in_parts`, `recurring`, `standing` and `covered`.

    `standing`: how many invoices of the supplier over the amount are left when credit notes over it are taken off;
    `covered`: whether no more was billed on the invoice's order than ordered.
    """
    invoices = received_invoices(books, whole=True)
    invoices = invoices.mutate(
        is_note=is_credit_note(invoices, credit_note_words),
        in_parts=contains_any(invoices.Invoice_Type_Name, instalment_words),
        size=invoices.Invoice_Amount.abs(),
    )
    same = ["Supplier_Account_ID", "Currency", "size"]
    rows = with_regularity(invoices, [*same, "is_note"], "Invoice_Date", "Invoice_Amount")
    balance = ibis.ifelse(rows.is_note, -1, 1).sum().over(ibis.window(group_by=same))
    rows = rows.mutate(standing=balance).left_join(_orders(books), ["PO_ID", "Currency"], rname="{name}_ordered")
    billed = rows.group_by(["PO_ID", "Currency"]).aggregate(
        billed=ibis.ifelse(rows.is_note, -rows.size, rows.size).cast(TOTAL).sum()
    )
    rows = rows.left_join(billed, ["PO_ID", "Currency"], rname="{name}_billed")
    return rows.select(
        *INVOICE_FACTS, "Invoice_Amount", "Currency", "Source_File", "Source_File_SHA256", "Source_Row",
        "is_note", "in_parts", "recurring", "standing", covered=(rows.billed <= rows.ordered).fill_null(False),
    )  # fmt: skip


def _orders(books: Books) -> ibis.Table:
    """What was ordered on each order, by currency; nothing where the books carry no orders."""
    if not books.has("Purchase_Orders"):
        invoices = received_invoices(books, whole=True).filter(ibis.literal(False))
        return invoices.select("PO_ID", "Currency", ordered=invoices.Invoice_Amount.cast(TOTAL))
    orders = books.whole("Purchase_Orders")
    value = orders.Amount.fill_null((orders.Quantity * orders.Unit_Price).cast(MONEY))
    orders = orders.mutate(Currency=orders.Amount_Currency.fill_null(books.currency), value=value)
    return orders.group_by(["PO_ID", "Currency"]).aggregate(ordered=orders.value.cast(TOTAL).sum())


def conditions(pairs: ibis.Table) -> dict[str, ibis.Value]:
    """When each rule holds for a pair with `one_...` and `two_...` of `with_circumstances` and what is the same."""
    equal = pairs.one_invoice_amount.abs() == pairs.two_invoice_amount.abs()
    billed = (pairs.one_invoice_amount > money(Decimal(0))) & (pairs.two_invoice_amount > money(Decimal(0)))
    return {
        _CURRENCY.id: pairs.one_currency != pairs.two_currency,
        _NOTE.id: pairs.one_is_note | pairs.two_is_note,
        _REVERSED.id: pairs.same_supplier & equal & (pairs.one_standing <= 1),
        _INSTALMENTS.id: pairs.one_in_parts & pairs.two_in_parts & ~(pairs.same_number & equal),
        _CONTRACT.id: ~pairs.same_number & pairs.one_covered & pairs.two_covered & billed,
        _RECURRING.id: ~pairs.same_number & pairs.same_supplier & equal & pairs.one_recurring & pairs.two_recurring,
    }
