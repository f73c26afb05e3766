"""Balances that customers were asked to confirm, what supports each, and which differences are a matter of days."""

import ibis

from audit_agent.procedures.exact import MONEY, TOTAL
from audit_agent.procedures.procedure import Books
from audit_agent.procedures.receivables import balance_day
from audit_agent.procedures.sales import sales_invoices, with_shipments

UNANSWERED, DIFFERENT, ALTERNATIVE = "unanswered", "different", "alternative"


def confirmations(books: Books, *, silence_agrees: bool) -> ibis.Table:
    """Confirmations with `Currency`, `as_of`, `audited` (what is supported), `gap` (book less audited) and `state`.

    What nobody answered is supported by other procedures (ISA 505.12), else by nothing (ISA 530.11), unless silence
    counts as agreement (ISA 505.15). `asked` is how often that customer was asked.
    """
    rows = books.whole("Confirmations")
    day = balance_day(books)
    silent = rows.Book_Amount if silence_agrees else ibis.literal(0).cast(MONEY)
    audited = ibis.coalesce(rows.Confirmed_Amount, rows.Alternative_Amount, silent)
    other = ibis.ifelse(rows.Alternative_Amount.notnull(), ALTERNATIVE, DIFFERENT if silence_agrees else UNANSWERED)
    return rows.mutate(
        Currency=rows.Amount_Currency.fill_null(books.currency),
        as_of=rows.Balance_As_Of_Date.fill_null(ibis.null("date") if day is None else ibis.date(str(day))),
        audited=audited,
        gap=(rows.Book_Amount - audited).cast(MONEY),
        state=ibis.ifelse(rows.Confirmed_Amount.notnull(), DIFFERENT, other),
        asked=rows.count().over(ibis.window(group_by="Customer_Account_ID")),
    )


def with_timing(rows: ibis.Table, books: Books, days: int) -> ibis.Table:
    """Add `cash_under_way` and `goods_under_way`: what the customer confirmed less is exactly one or the other.

    Cash: all that the books received from it within `days` after the balance sheet day, or one such receipt. Goods:
    invoices of the last `days` up to that day whose goods had left by then, all or one. A customer that was asked more
    than once is left out, as one receipt would explain two differences.
    """
    able = (rows.state == DIFFERENT) & (rows.gap > 0) & (rows.asked == 1)
    cash = goods = ibis.literal(False)
    mark = rows.Customer_Account_ID + " " + rows.Currency + " " + rows.gap.cast("string")
    wanted = rows.filter(able).select("Customer_Account_ID", "Currency", "as_of", "gap").distinct()
    if books.has("Cash_Received"):
        receipts = books.whole("Cash_Received")
        receipts = receipts.select(
            "Customer_Account_ID",
            Currency=receipts.Amount_Currency.fill_null(books.currency),
            on=receipts.Receipt_Date,
            worth=receipts.Receipt_Amount,
        )
        cash = mark.isin(_explained(wanted, receipts, 1, days).mark)
    if books.has("Invoices_Generated") and books.has("Shipments_Made"):
        sold = with_shipments(sales_invoices(books, ()), books)
        left = sold.filter(sold.last_shipped.notnull() & ~sold.credit_note)
        left = left.select(
            "Customer_Account_ID", "Currency", on="Invoice_Date", worth="Invoice_Amount", shipped="last_shipped"
        )
        goods = mark.isin(_explained(wanted, left, 1 - days, 0).mark)
    return rows.mutate(cash_under_way=(able & cash).fill_null(False), goods_under_way=(able & goods).fill_null(False))


def _explained(wanted: ibis.Table, moves: ibis.Table, first: int, last: int) -> ibis.Table:
    """Which gaps (`mark`) equal a movement from the first to the last day after the balance sheet day, or their sum."""
    same = ["Customer_Account_ID", "Currency"]
    pairs = wanted.inner_join(moves, same)
    pairs = pairs.filter(pairs.on.delta(pairs.as_of, unit="day").between(first, last))
    if "shipped" in pairs.columns:
        pairs = pairs.filter(pairs.shipped <= pairs.as_of)
    by = [*same, "as_of", "gap"]
    sums = pairs.group_by(by).aggregate(
        together=pairs.worth.sum().cast(TOTAL), equal=pairs.count(where=pairs.worth == pairs.gap)
    )
    found = sums.filter((sums.equal > 0) | (sums.together == sums.gap.cast(TOTAL)))
    return found.select(
        mark=found.Customer_Account_ID + " " + found.Currency + " " + found.gap.cast("string")
    ).distinct()
