"""Circumstances that dismissal rules of journal procedures rest on: approvals, reversals, money that really moved."""

from collections.abc import Sequence

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.procedure import Books

_CASH_WORDS = ("cash", "bank", "caisse", "banque", "kasse")
_OWED_WORDS = ("loan", "overdraft", "interest", "charges", "fees", "darlehen", "kredit", "zins", "emprunt")
"""Words that tell a bank loan and bank charges from money in the bank."""

CHART_FOR_DISMISSALS = TableNeed(
    table="Chart_Of_Accounts",
    columns=("GL_Account_Number",),
    optional_columns=("GL_Account_Name", "Account_Type", "Account_Subtype"),
    required=False,
)


def approved_by_another(lines: ibis.Table) -> ibis.Value:
    """Whether somebody else than the preparer approved it; NULL where the books name no approver."""
    return lines.Approved_By.upper() != lines.Entered_By.upper()


def in_reversal(lines: ibis.Table, books: Books) -> ibis.Value:
    """Whether the line's journal reverses another or is reversed, as the books link them, in whatever direction."""
    linked = books.whole("GL_Detail").filter(lambda all_lines: all_lines.Reversal_Journal_ID.notnull())
    ends = linked.select(journal="Journal_ID").union(linked.select(journal="Reversal_Journal_ID")).distinct()
    return lines.Journal_ID.isin(ends.journal)


def moves_cash(lines: ibis.Table, books: Books) -> ibis.Value:
    """Whether the line's journal posts to an account that holds money; none does where the books carry no chart."""
    return touches(lines, books, _CASH_WORDS, without=_OWED_WORDS)


def touches(lines: ibis.Table, books: Books, words: Sequence[str], without: Sequence[str] = ()) -> ibis.Value:
    """Whether the line's journal posts to one of `accounts_of`; none does where the books carry no chart."""
    if not books.has("Chart_Of_Accounts"):
        return ibis.literal(False)
    accounts = accounts_of(books, words, without)
    journals = books.whole("GL_Detail").semi_join(accounts, "GL_Account_Number").select("Journal_ID").distinct()
    return lines.Journal_ID.isin(journals.Journal_ID)


def accounts_of(books: Books, words: Sequence[str], without: Sequence[str] = ()) -> ibis.Table:
    """Accounts (`GL_Account_Number`) whose type, subtype or name in the chart has one of the words, and none `without`.

    Letters compare whatever their case.
    """
    chart = books.whole("Chart_Of_Accounts")
    texts = (chart.Account_Type, chart.Account_Subtype, chart.GL_Account_Name)
    said = ibis.literal(" ")
    for text in texts:
        said = said + text.fill_null("").lower() + " "
    return chart.filter(_any(said, words) & ~_any(said, without)).select("GL_Account_Number").distinct()


def _any(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    found = ibis.literal(False)
    for word in words:
        found = found | text.contains(word.lower())
    return found
