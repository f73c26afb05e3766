"""What journal procedures share: signed lines, and the exposure of a set of lines."""

from collections.abc import Sequence

import ibis

from audit_agent.procedures.procedure import Books, Row

JOURNAL_FACTS = ("Journal_ID", "Entered_By", "Entered_Date", "Source")
"""Fields of a journal that readers of an exception ask for first."""


MANUAL_SOURCES = ("MAN", "MJ", "GJ", "Manual", "Spreadsheet", "Top-side", "Adjustment")
"""Codes by which systems call entries made by hand, whatever the case."""

_COLUMNS = (
    "Journal_ID Journal_ID_Line_Number JE_Header_Description JE_Line_Description Source Business_Unit_Code "
    "Effective_Date Document_Date Fiscal_Year Period GL_Account_Number Amount Amount_Credit_Debit_Indicator "
    "Amount_Currency Local_Amount Entered_By Entered_Date Entered_Time Approved_By "
    "Source_File Source_File_SHA256 Source_Row"
).split()


def journal_lines(books: Books) -> ibis.Table:
    """What procedures read of GL_Detail, with `Currency` (never empty) and `Signed` (credits negative)."""
    return _signed(books.table("GL_Detail"), books)


def all_journal_lines(books: Books) -> ibis.Table:
    """Like `journal_lines`, but also those outside the period, for what a cut journal or number series would spoil."""
    return _signed(books.whole("GL_Detail"), books)


def _signed(lines: ibis.Table, books: Books) -> ibis.Table:
    lines = lines.select(*_COLUMNS)
    debit = lines.Amount_Credit_Debit_Indicator == "D"
    return lines.mutate(
        Currency=lines.Amount_Currency.fill_null(books.currency),
        Signed=ibis.ifelse(debit, lines.Amount, -lines.Amount),
    )


def of_sources(lines: ibis.Table, sources: Sequence[str]) -> ibis.Table:
    """Only lines of these sources; all of them when none is named."""
    return lines.filter(lines.Source.isin(list(sources))) if sources else lines


def of_manual_sources(lines: ibis.Table, sources: Sequence[str]) -> ibis.Table:
    """Only lines of these sources, whatever the case; all of them when none is named."""
    return lines.filter(lines.Source.upper().isin([source.upper() for source in sources])) if sources else lines


def without_users(lines: ibis.Table, users: Sequence[str]) -> ibis.Table:
    """Leave out lines entered by these users."""
    return lines.filter(~lines.Entered_By.fill_null("").isin(list(users))) if users else lines


def with_exposure(lines: ibis.Table, by: Sequence[str]) -> ibis.Table:
    """Add what each group of lines is about: `exposure`, `exposure_currency` and `group_lines`.

    The exposure is the larger of the group's debits and credits, so that a balanced journal counts once;
    there is none where the group mixes currencies.
    """
    debits = lines.Signed.clip(lower=0).sum()
    credits = (-lines.Signed).clip(lower=0).sum()
    groups = lines.group_by(list(by)).aggregate(
        group_debits=debits,
        group_credits=credits,
        first_currency=lines.Currency.min(),
        last_currency=lines.Currency.max(),
        group_lines=lines.count(),
    )
    single = groups.first_currency == groups.last_currency
    groups = groups.select(
        *by,
        "group_lines",
        exposure=ibis.ifelse(single, ibis.greatest(groups.group_debits, groups.group_credits), None),
        exposure_currency=ibis.ifelse(single, groups.first_currency, None),
    )
    return lines.inner_join(groups, list(by))


def with_account_names(rows: ibis.Table, books: Books) -> ibis.Table:
    """Add `account_name`, NULL where the books have no name for the account."""
    if not books.has("Chart_Of_Accounts"):
        return rows.mutate(account_name=ibis.null("string"))
    chart = books.table("Chart_Of_Accounts")
    names = chart.group_by(number=chart.GL_Account_Number).aggregate(account_name=chart.GL_Account_Name.min())
    return rows.left_join(names, rows.GL_Account_Number == names.number).drop("number")


def journal_key(lines: ibis.Table) -> ibis.Value:
    """What people call a journal."""
    return ibis.literal("Journal ") + lines.Journal_ID


def of_journal(row: Row) -> str:
    """`Journal 100011090 by STEINER`, or without the user where none is known."""
    user = row["Entered_By"]
    return f"Journal {row['Journal_ID']}" + (f" by {user}" if user else "")
