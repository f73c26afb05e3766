"""JE-14: revenue credited against accounts that revenue does not come from."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.extenuating import accounts_of, in_reversal
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_key, journal_lines, of_journal, with_account_names
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_REVERSAL = DismissalRule(
    id="reversal",
    title="Reverses another entry or is reversed",
    because="The books link it with the entry it takes back, whose own pair is tested.",
)


class Parameters(ParameterSet):
    """What revenue is, and what it may be debited to. Words are looked for in the chart of accounts."""

    revenue_words: tuple[str, ...] = parameter(
        ("revenue", "sales", "turnover", "umsatz", "ventes"), "Words that mark revenue accounts."
    )
    no_revenue_words: tuple[str, ...] = parameter(
        ("cost of", "expense", "payable", "receivable", "asset"), "Words of accounts that are no revenue all the same."
    )
    allowed_words: tuple[str, ...] = parameter(
        (
            *("receivable", "cash", "bank", "deferred", "unbilled", "contract asset", "prepayment", "clearing card"),
            *("vat", "tax", "forderung", "kasse"),
        ),
        "Words that mark accounts to which revenue is debited in the ordinary course; revenue itself is one.",
    )
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest debit that is looked at.", unit="books' currency", minimum="0"
    )
    dismiss: tuple[Literal["reversal"], ...] = dismiss_parameter(_REVERSAL)


def _revenue(books: Books, parameters: Parameters) -> ibis.Table:
    return accounts_of(books, parameters.revenue_words, parameters.no_revenue_words)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of journals that credit revenue."""
    lines, revenue = journal_lines(books), _revenue(books, parameters)
    credited = lines.filter(lines.Signed < 0).semi_join(revenue, "GL_Account_Number").select("Journal_ID").distinct()
    return lines.semi_join(credited, "Journal_ID")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Debits of accounts outside the matrix, by journal; the exposure is what is debited there."""
    lines = population(books, parameters)
    ordinary = accounts_of(books, parameters.allowed_words).union(_revenue(books, parameters)).distinct()
    debits = lines.filter((lines.Signed > 0) & (lines.Signed >= money(parameters.minimum_amount)))
    rows = with_account_names(debits.anti_join(ordinary, "GL_Account_Number"), books)
    journal = ibis.window(group_by="Journal_ID")
    single = rows.Currency.min().over(journal) == rows.Currency.max().over(journal)
    rows = rows.mutate(
        debited=ibis.ifelse(single, rows.Signed.sum().over(journal).cast(TOTAL), None),
        single=single,
    )
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.debited,
        currency=ibis.ifelse(rows.single, rows.Currency, None),
        day=rows.Effective_Date,
        weight=rows.debited.fill_null(0),
        fields=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
        figures={"account_name": rows.account_name, "line_currency": rows.Currency},
        part=-rows.Amount,
        dismissed=first_of(parameters.dismiss, {_REVERSAL.id: in_reversal(rows, books)}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Revenue accounts, and the journals that credit them."""
    journals = population(books, parameters).select("Journal_ID").distinct()
    return Measures(
        {"Revenue accounts": count(_revenue(books, parameters)), "Journals that credit them": count(journals)}
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Which account is debited, and how much."""
    name = f" ({row['account_name']})" if row["account_name"] else ""
    amount = show(row["Amount"], row["line_currency"])
    return (
        f"{of_journal(row)} credits revenue and debits {amount} to account {row['GL_Account_Number']}{name}, to which "
        "revenue is not debited in the ordinary course."
    )


PROCEDURE = Procedure(
    id="JE-14",
    version="1",
    title="Revenue credited against unusual accounts",
    purpose="Find journals that credit revenue and debit something else than receivables, cash, deferred revenue or "
    "tax.",
    standard="ISA 240.27 (presumed risk of fraud in revenue)",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Reversal_Journal_ID",),
        ),
        TableNeed(
            table="Chart_Of_Accounts",
            columns=("GL_Account_Number",),
            optional_columns=("GL_Account_Name", "Account_Type", "Account_Subtype"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Interim accounts of shops and payment services, barter, corrections within the period.",
    wording=Wording(
        one="journal credits revenue against an unusual account",
        many="journals credit revenue against unusual accounts",
        none="Revenue is credited against ordinary accounts only.",
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_REVERSAL,),
)
