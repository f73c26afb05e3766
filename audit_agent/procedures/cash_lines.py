"""The cash side of the ledger: lines on the accounts that stand for money at a bank."""

from collections.abc import Sequence

import ibis

from audit_agent.procedures.procedure import Books

CASH_WORDS = ("bank", "cash", "giro", "banque")
NOT_CASH_WORDS = (
    "charge", "fee", "interest", "discount", "loan", "expense", "petty", "register", "debt",
    "gebühr", "zins", "kredit", "darlehen", "kasse", "frais",
)  # fmt: skip


def cash_accounts(
    books: Books, named: Sequence[str], words: Sequence[str], other_words: Sequence[str]
) -> tuple[str, ...]:
    """The accounts that are named; else those whose name in the chart has one of the words and none of the others."""
    if named or not books.has("Chart_Of_Accounts"):
        return tuple(named)
    chart = books.whole("Chart_Of_Accounts")
    name = chart.GL_Account_Name.fill_null("").lower()
    found = chart.filter(_any(name, words) & ~_any(name, other_words)).select("GL_Account_Number").distinct()
    return tuple(sorted(found.to_pyarrow()["GL_Account_Number"].to_pylist()))


def cash_lines(books: Books, accounts: Sequence[str]) -> ibis.Table:
    """Ledger lines on these accounts, whatever the period; `Signed` is positive where money came in."""
    lines = books.whole("GL_Detail")
    debit = lines.Amount_Credit_Debit_Indicator == "D"
    lines = lines.mutate(
        Currency=lines.Amount_Currency.fill_null(books.currency),
        Signed=ibis.ifelse(debit, lines.Amount, -lines.Amount),
    )
    return lines.filter(lines.GL_Account_Number.isin(list(accounts)) if accounts else ibis.literal(False))


def _any(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    found = ibis.literal(False)
    for word in words:
        found = found | text.contains(word.lower())
    return found
