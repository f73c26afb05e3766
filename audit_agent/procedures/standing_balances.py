"""What should be nothing, or soon cleared, at the end of a period: suspense accounts and reconciling items."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import ibis

from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.extenuating import accounts_of
from audit_agent.procedures.journals import all_journal_lines
from audit_agent.procedures.procedure import Books


def closing_day(books: Books) -> date:
    """The end of the audit's period, else the last day on which a journal takes effect."""
    if books.period is not None:
        return books.period.end
    return books.once("closing day", lambda: last_journal_day(books))


def last_journal_day(books: Books) -> date:
    """The last day on which any journal of the books takes effect."""
    day: date = books.whole("GL_Detail").Effective_Date.max().to_pyarrow().as_py()
    return day


def suspense_in_trial_balance(books: Books, words: Sequence[str], tolerance: Decimal) -> ibis.Table:
    """Balances of suspense accounts in the last period of the trial balance that is not after the closing day."""
    table = books.whole("Trial_Balance")
    if books.filled("Trial_Balance", "Balance_As_Of_Date"):
        when = table.Balance_As_Of_Date
        rows = table.filter(when <= ibis.date(str(closing_day(books))))
        rows = rows.filter(rows.Balance_As_Of_Date == rows.Balance_As_Of_Date.max().over(ibis.window()))
    else:
        rows = table.mutate(place=table.Fiscal_Year.fill_null(0) * 1_000 + table.Period.fill_null(0))
        if books.period is not None and books.filled("Trial_Balance", "Fiscal_Year"):
            rows = rows.filter(rows.Fiscal_Year <= books.period.end.year)
        rows = rows.filter(rows.place == rows.place.max().over(ibis.window())).drop("place")
    rows = rows.mutate(Currency=rows.Amount_Currency.fill_null(books.currency), balance=rows.Amount_Ending.cast(TOTAL))
    rows = rows.semi_join(accounts_of(books, words), "GL_Account_Number")
    return rows.filter(rows.balance.abs() > money(tolerance))


def suspense_in_journals(books: Books, words: Sequence[str], tolerance: Decimal) -> ibis.Table:
    """Lines of suspense accounts that journals up to the closing day leave with a `balance`."""
    lines = all_journal_lines(books)
    lines = lines.filter(lines.Effective_Date <= ibis.date(str(closing_day(books))))
    lines = lines.semi_join(accounts_of(books, words), "GL_Account_Number")
    account = ibis.window(group_by=["GL_Account_Number", "Currency"])
    rows = lines.mutate(balance=lines.Signed.sum().over(account).cast(TOTAL))
    return rows.filter(rows.balance.abs() > money(tolerance))


def stale_items(books: Books, days: int) -> ibis.Table:
    """Reconciling items that were open longer than `days` on their last reconciliation, with `as_of` and `age`.

    Reconciliations after the closing day do not count; an item without one is taken as of that day.
    """
    closing = ibis.date(str(closing_day(books)))
    items = books.whole("Reconciling_Items")
    items = items.mutate(
        Currency=items.Amount_Currency.fill_null(books.currency),
        account=items.GL_Account_Number.fill_null(""),
        as_of=items.Reconciliation_Date.fill_null(closing),
    )
    items = items.filter((items.as_of <= closing) & (items.Item_Date <= items.as_of))
    last = items.as_of.max().over(ibis.window(group_by=["account", "Item_ID"]))
    items = items.mutate(latest=last)
    still = items.Cleared_Date.isnull() | (items.Cleared_Date > items.as_of)
    rows = items.filter((items.as_of == items.latest) & still).mutate(
        age=ibis._.as_of.delta(ibis._.Item_Date, unit="day")
    )
    return rows.filter(rows.age > days)
