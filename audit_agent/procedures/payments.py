"""What payment procedures share: payments with a currency, which of them stand, and what a supplier was paid."""

from decimal import Decimal

import ibis

from audit_agent.procedures.exact import TOTAL, money, no_amount
from audit_agent.procedures.procedure import Books

PAYMENT_FACTS = ("Payment_ID", "Payment_Date", "Reference_Number", "Supplier_Account_ID", "Entered_By")
"""Fields of a payment that readers of an exception ask for first."""


def payments_made(books: Books, *, whole: bool = False) -> ibis.Table:
    """Payments_Made with `Currency`, which is never empty; `whole` also those outside the period."""
    payments = books.whole("Payments_Made") if whole else books.table("Payments_Made")
    return payments.mutate(Currency=payments.Amount_Currency.fill_null(books.currency))


def stands(payments: ibis.Table) -> ibis.Value:
    """Whether money left: the amount is positive and the payment was not voided."""
    return (payments.Payment_Amount > money(Decimal(0))) & ~payments.Voided.fill_null(False)


def net_paid(payments: ibis.Table) -> ibis.Value:
    """What was paid net of voids and of what came back, as an aggregate.

    A row that takes a voided payment back takes nothing else back.
    """
    back = (-payments.Payment_Amount).sum(where=payments.Payment_Amount < money(Decimal(0))).fill_null(0).cast(TOTAL)
    gone = payments.Payment_Amount > money(Decimal(0))
    voided = payments.Payment_Amount.sum(where=gone & payments.Voided.fill_null(False)).fill_null(0).cast(TOTAL)
    paid = payments.Payment_Amount.sum(where=stands(payments)).fill_null(0).cast(TOTAL)
    return paid - ibis.greatest(back - voided, ibis.literal(Decimal(0), TOTAL))


def paid_to_suppliers(books: Books) -> ibis.Table:
    """What each supplier (`paid_supplier`) was paid in the period: `paid` and `paid_currency`, NULL where they mix."""
    payments = payments_made(books)
    groups = payments.group_by(paid_supplier=payments.Supplier_Account_ID).aggregate(
        total=net_paid(payments), first=payments.Currency.min(), last=payments.Currency.max()
    )
    one = groups.first == groups.last
    return groups.select(
        "paid_supplier",
        paid=ibis.ifelse(one, ibis.greatest(groups.total, ibis.literal(Decimal(0), TOTAL)), no_amount()),
        paid_currency=ibis.ifelse(one, groups.first, None),
    )
