"""What bank procedures share: transactions and statements with a currency and the file they came in."""

import ibis

from audit_agent.procedures.procedure import Books

STATEMENT_FACTS = ("Bank_Account", "Statement_ID", "Opening_Date", "Closing_Date")
"""Fields of a statement that readers of an exception ask for first."""


def statements(books: Books) -> ibis.Table:
    """All statements with `Account` and `Currency`, which are never empty, `from_day` and `file`."""
    rows = books.whole("Bank_Statement_Balances")
    return rows.mutate(
        Account=rows.Bank_Account.fill_null(""),
        Currency=rows.Amount_Currency.fill_null(books.currency),
        from_day=ibis.coalesce(rows.Opening_Date, rows.Closing_Date),
        file=_file(rows),
    )


def bank_transactions(books: Books, *, whole: bool = False) -> ibis.Table:
    """Transactions with `Account` and `Currency`, never empty, and `file`; `whole` also outside the period."""
    rows = books.whole("Bank_Statement") if whole else books.table("Bank_Statement")
    return rows.mutate(
        Account=rows.Bank_Account.fill_null(""),
        Currency=rows.Amount_Currency.fill_null(books.currency),
        file=_file(rows),
    )


def _file(rows: ibis.Table) -> ibis.Value:
    """The file without the table or sheet in it."""
    return rows.Source_File.re_replace("#[^#]*$", "")
