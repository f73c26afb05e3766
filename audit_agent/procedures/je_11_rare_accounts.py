"""JE-11: seldom-used accounts and unusual pairs of accounts."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.extenuating import accounts_of, approved_by_another, moves_cash
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_lines, with_account_names, with_exposure
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_PAID = DismissalRule(
    id="paid-with-owners",
    title="Paid to or by the owners, approved",
    because="The account is one of equity or tax, which is used once or twice a year; the money moved on a cash "
    "account, and somebody else approved it.",
)


class Parameters(ParameterSet):
    """Which accounts and which pairs are unusual."""

    largest_lines: int = parameter(
        3, "An account with this many lines or fewer is seldom used.", unit="lines", minimum="0", maximum="1000000"
    )
    pair_percent: Decimal = parameter(
        Decimal(0),
        "A pair of debited and credited account is unusual when fewer than this share of journals have it; 0: pairs "
        "are not tested. 0.1 is usual.",
        unit="percent of journals",
        minimum="0",
        maximum="100",
    )
    pair_accounts: int = parameter(
        20,
        "Journals that touch more accounts than this have no meaningful pairs and are left out of that test.",
        unit="accounts",
        minimum="2",
        maximum="100",
    )
    yearly_words: tuple[str, ...] = parameter(
        ("equity", "dividend", "income tax"), "Words in the chart of accounts that mark accounts used once a year."
    )
    dismiss: tuple[Literal["paid-with-owners"], ...] = dismiss_parameter(_PAID)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every journal line."""
    return journal_lines(books)


def _seldom(books: Books, parameters: Parameters) -> ibis.Table:
    lines = journal_lines(books)
    accounts = lines.group_by("GL_Account_Number").aggregate(account_lines=lines.count())
    return accounts.filter(accounts.account_lines <= parameters.largest_lines)


def _account_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """Every line of a seldom-used account, the least used first."""
    lines = with_exposure(journal_lines(books), ["GL_Account_Number"])
    rows = with_account_names(lines.inner_join(_seldom(books, parameters), "GL_Account_Number"), books)
    paid = moves_cash(rows, books) & _yearly(rows, books, parameters) & approved_by_another(rows)
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Account ") + rows.GL_Account_Number,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Effective_Date,
        weight=-rows.account_lines,
        fields=(*JOURNAL_FACTS, "GL_Account_Number"),
        figures={
            "account_name": rows.account_name,
            "account_lines": rows.account_lines,
            "debited": ibis.null("string"),
            "credited": ibis.null("string"),
            "pair_journals": ibis.literal(0, "int64"),
            "all_journals": ibis.literal(0, "int64"),
        },
        dismissed=first_of(parameters.dismiss, {_PAID.id: paid}),
    )


def _yearly(rows: ibis.Table, books: Books, parameters: Parameters) -> ibis.Value:
    if not books.has("Chart_Of_Accounts"):
        return ibis.literal(False)
    return rows.GL_Account_Number.isin(accounts_of(books, parameters.yearly_words).GL_Account_Number)


def _pairs(books: Books, parameters: Parameters) -> ibis.Table:
    """Journals with an unusual pair: `Journal_ID`, `debited`, `credited`, `pair_journals`, `all_journals`."""
    lines = journal_lines(books)
    touched = lines.group_by("Journal_ID").aggregate(accounts=lines.GL_Account_Number.nunique())
    simple = touched.filter(touched.accounts <= parameters.pair_accounts).select("Journal_ID")
    sides = lines.semi_join(simple, "Journal_ID").select(
        "Journal_ID", "GL_Account_Number", side=lines.Amount_Credit_Debit_Indicator
    )
    debits = sides.filter(sides.side == "D").select("Journal_ID", debited="GL_Account_Number").distinct()
    credits = sides.filter(sides.side == "C").select("Journal_ID", credited="GL_Account_Number").distinct()
    pairs = debits.inner_join(credits, "Journal_ID")
    frequency = pairs.group_by(["debited", "credited"]).aggregate(pair_journals=pairs.count())
    frequency = frequency.mutate(all_journals=simple.count().as_scalar())
    # 1,000,000 = 100 percent times the four places of the parameter: whole numbers on both sides.
    unusual = frequency.pair_journals * 1_000_000 < frequency.all_journals * int(parameters.pair_percent * 10_000)
    return pairs.inner_join(frequency.filter(unusual), ["debited", "credited"])


def _pair_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of journals with an unusual pair that touch one of its two accounts."""
    lines = journal_lines(books)
    joined = lines.inner_join(_pairs(books, parameters), "Journal_ID")
    debit = (joined.Amount_Credit_Debit_Indicator == "D") & (joined.GL_Account_Number == joined.debited)
    credit = (joined.Amount_Credit_Debit_Indicator == "C") & (joined.GL_Account_Number == joined.credited)
    rows = with_exposure(joined.filter(debit | credit), ["debited", "credited"])
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Debit ") + rows.debited + ", credit " + rows.credited,
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Effective_Date,
        weight=-rows.pair_journals,
        fields=(*JOURNAL_FACTS, "GL_Account_Number"),
        figures={
            "account_name": ibis.null("string"),
            "account_lines": ibis.literal(0, "int64"),
            "debited": rows.debited,
            "credited": rows.credited,
            "pair_journals": rows.pair_journals,
            "all_journals": rows.all_journals,
        },
        dismissed=ibis.null("string"),
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines on seldom-used accounts and, if asked for, in unusual pairs."""
    rows = _account_rows(books, parameters)
    return rows.union(_pair_rows(books, parameters)) if parameters.pair_percent else rows


def measures(books: Books, parameters: Parameters) -> Measures:
    """Accounts, and how many are seldom used."""
    return Measures(
        {
            "Accounts": count(journal_lines(books).select("GL_Account_Number").distinct()),
            "Seldom-used accounts": count(_seldom(books, parameters)),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How seldom the account or the pair is used."""
    if row["debited"]:
        return (
            f"Account {row['debited']} is debited against {row['credited']} in {row['pair_journals']:,} of "
            f"{counted(row['all_journals'], 'journal')}."
        )
    name = f" ({row['account_name']})" if row["account_name"] else ""
    used = counted(row["account_lines"], "line")
    return f"Account {row['GL_Account_Number']}{name} has {used} (seldom: {parameters.largest_lines:,} or fewer)."


PROCEDURE = Procedure(
    id="JE-11",
    version="2",
    title="Seldom-used accounts and unusual account pairs",
    purpose="Find entries to accounts that are hardly used, and entries whose debited and credited accounts seldom "
    "go together.",
    standard="ISA 240.A45(a)",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "GL_Account_Number", "Amount"),
            optional_columns=("Entered_By", "Entered_Date", "Approved_By"),
        ),
        TableNeed(
            table="Chart_Of_Accounts",
            columns=("GL_Account_Number",),
            optional_columns=("GL_Account_Name", "Account_Type", "Account_Subtype"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Accounts for yearly transactions such as tax or dividends; accounts opened or closed in the year.",
    wording=Wording(
        one="account or pair of accounts is seldom used",
        many="accounts or pairs of accounts are seldom used",
        none="No account is seldom used.",
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_PAID,),
)
