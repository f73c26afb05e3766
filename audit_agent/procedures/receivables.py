"""What customers owe on the balance sheet day, and cash received that belongs to no invoice."""

from datetime import date
from decimal import Decimal

import ibis

from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.invoices import normalised_number
from audit_agent.procedures.procedure import Books


def balance_day(books: Books) -> date | None:
    """The end of the audit's period, else the day the open items are as of, else that of the last receipt."""
    return books.once("balance day", lambda: _balance_day(books))


def _balance_day(books: Books) -> date | None:
    if books.period is not None:
        return books.period.end
    for table, column in (("Open_Accounts_Receivable", "Balance_As_Of_Date"), ("Cash_Received", "Receipt_Date")):
        if books.filled(table, column):
            last: date = books.whole(table)[column].max().to_pyarrow().as_py()
            return last
    return None


def open_items(books: Books) -> ibis.Table:
    """Open items with `Currency`; of listings as of several days only the last one up to the balance sheet day."""
    items = books.whole("Open_Accounts_Receivable")
    items = items.mutate(Currency=items.Amount_Currency.fill_null(books.currency))
    if not books.filled("Open_Accounts_Receivable", "Balance_As_Of_Date"):
        return items
    day = balance_day(books)
    in_time = (
        items.filter(items.Balance_As_Of_Date <= ibis.date(str(day))).Balance_As_Of_Date.max().to_pyarrow().as_py()
    )
    as_of = in_time or items.Balance_As_Of_Date.min().to_pyarrow().as_py()
    return items.filter(items.Balance_As_Of_Date.isnull() | (items.Balance_As_Of_Date == ibis.date(str(as_of))))


def balances(books: Books) -> ibis.Table:
    """What each customer owes in a currency: `owed`, and `in_credit`, the number of its items below zero."""
    items = open_items(books)
    return items.group_by(["Customer_Account_ID", "Currency"]).aggregate(
        owed=items.Open_Amount.sum().cast(TOTAL), in_credit=items.count(where=items.Open_Amount < money(Decimal(0)))
    )


def credit_limits(books: Books) -> ibis.Table:
    """Each customer's credit limit, the lowest where it is listed twice."""
    listed = books.whole("Customer_Listing")
    listed = listed.mutate(Currency=listed.Amount_Currency.fill_null(books.currency))
    known = listed.filter(listed.Credit_Limit.notnull())
    return known.group_by(["Customer_Account_ID", "Currency"]).aggregate(limited=known.Credit_Limit.min().cast(TOTAL))


def over_limit(books: Books, percent: Decimal) -> ibis.Table:
    """Customers who owe more than their limit and that percentage of it, with `limited` and `excess`.

    `covered`: they had paid as much, and the payment is neither applied to an invoice nor among the open items.
    """
    same = ["Customer_Account_ID", "Currency"]
    rows = balances(books).inner_join(credit_limits(books), same)
    over = rows.owed * 10_000 > rows.limited * int((100 + percent) * 100)
    rows = rows.filter(over & (rows.owed > rows.limited))
    rows = rows.mutate(excess=(rows.owed - rows.limited).cast(TOTAL))
    if not books.has("Cash_Received"):
        return rows.mutate(covered=ibis.literal(False))
    cash = unapplied_cash(books, unknown_references=False)
    cash = cash.filter(~cash.paid_back)
    waiting = cash.group_by(same).aggregate(waiting=cash.Receipt_Amount.sum().cast(TOTAL))
    joined = rows.left_join(waiting, same, rname="{name}_cash")
    # Items below zero say that the cash is in what the customer owes already.
    return joined.mutate(covered=((joined.waiting >= joined.excess) & (joined.in_credit == 0)).fill_null(False))


def unapplied_cash(books: Books, *, unknown_references: bool) -> ibis.Table:
    """Receipts up to the balance sheet day that name no invoice, with `Currency`.

    With `unknown_references` also those that name what is no invoice of the books. `paid_back`: as many
    equal amounts went back to the customer as came from it. Needs Cash_Received.
    """
    every = books.whole("Cash_Received")
    every = every.mutate(
        Currency=every.Amount_Currency.fill_null(books.currency),
        reference=normalised_number(every.Reference_Number),
        worth=every.Receipt_Amount.abs(),
    )
    day = balance_day(books)
    every = every if day is None else every.filter(every.Receipt_Date <= ibis.date(str(day)))
    came = every.Receipt_Amount > money(Decimal(0))
    same = ["Customer_Account_ID", "Currency", "worth"]
    groups = every.group_by(same).aggregate(
        ins=every.count(where=came),
        backs=every.count(where=~came),
        last_back=every.Receipt_Date.max(where=~came),
    )
    nameless = every.reference == ""
    if unknown_references:
        nameless = nameless | ~every.reference.isin(_references(books).reference)
    rows = every.filter(came & nameless).inner_join(groups, same)
    back = (rows.backs >= rows.ins) & (rows.last_back >= rows.Receipt_Date)
    return rows.mutate(paid_back=back.fill_null(False))


def _references(books: Books) -> ibis.Table:
    """Every number by which a receipt may name an invoice."""
    numbers = []
    for table in ("Invoices_Generated", "Open_Accounts_Receivable"):
        if books.has(table):
            rows = books.whole(table)
            numbers += [
                rows.select(reference=normalised_number(rows[name])) for name in ("Invoice_ID", "Invoice_Number")
            ]
    return ibis.union(*numbers, distinct=True) if len(numbers) > 1 else numbers[0]
