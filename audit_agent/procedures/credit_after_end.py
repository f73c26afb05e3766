"""Credit notes in the first days after a period that take back sales of its last days."""

from collections.abc import Sequence
from decimal import Decimal

import ibis

from audit_agent.procedures.accounting_periods import period_end_before
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.procedure import Books
from audit_agent.procedures.sales import sales_invoices

_WHOLE = "decimal(16, 0)"
"""Whole units of money: two of them multiply within 38 digits."""


def credits_after_end(books: Books, words: Sequence[str], year_end_month: int, days: int, sale_days: int) -> ibis.Table:
    """Credit notes within `days` after a period's end, where the customer bought as much within `sale_days` before it.

    With `period_end`, `worth`, `in_full` (an invoice of that very amount was among them), and `usual`: less than the
    whole of an invoice is taken back, and all that is credited so is no larger a share of those sales than credit notes
    were of the customer's sales before.
    """
    every = sales_invoices(books, words)
    every = every.mutate(worth=every.Invoice_Amount.abs())
    notes = every.filter(every.credit_note & (every.worth > money(Decimal(0))))
    notes = notes.mutate(period_end=period_end_before(notes.Invoice_Date, books, year_end_month))
    after = notes.Invoice_Date.delta(notes.period_end, unit="day")
    notes = notes.filter((after > 0) & (after <= days))
    past = every.select(
        "Customer_Account_ID", "Currency", sold_on="Invoice_Date", sold=every.worth, back=every.credit_note
    )
    same = ["Customer_Account_ID", "Currency"]
    wanted = notes.select(*same, "period_end", credit="Invoice_ID", credited="worth")
    pairs = wanted.inner_join(past, same)
    before = pairs.period_end.delta(pairs.sold_on, unit="day")
    recent, sale = (before >= 0) & (before < sale_days), ~pairs.back
    found = pairs.group_by(["credit", *same]).aggregate(
        bought=pairs.count(where=recent & sale & (pairs.sold >= pairs.credited)),
        equal=pairs.count(where=recent & sale & (pairs.sold == pairs.credited)),
        recently=pairs.sold.sum(where=recent & sale).fill_null(0).cast(_WHOLE),
        earlier=pairs.sold.sum(where=(before >= sale_days) & sale).fill_null(0).cast(_WHOLE),
        earlier_back=pairs.sold.sum(where=(before >= sale_days) & pairs.back).fill_null(0).cast(_WHOLE),
    )
    found = found.rename(Invoice_ID="credit")
    rows = notes.inner_join(found.filter(found.bought > 0), ["Invoice_ID", *same])
    together = rows.worth.sum().over(ibis.window(group_by=[*same, "period_end"])).cast(TOTAL)
    usual = together.cast(_WHOLE) * rows.earlier <= rows.earlier_back * rows.recently
    return rows.mutate(in_full=rows.equal > 0, usual=usual & (rows.equal == 0) & (rows.earlier > 0))
