"""JE-09: entries posted twice."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, in_keys, money
from audit_agent.procedures.extenuating import in_reversal
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_REVERSED = DismissalRule(
    id="reversed",
    title="All but one were reversed",
    because="The books link a reversal to every copy but one, so that the entry stands once.",
)


class Parameters(ParameterSet):
    """What duplicates have in common."""

    same: Literal["amount", "amount_and_date", "amount_date_and_text"] = parameter(
        "amount_and_date",
        "What lines share beside account, fiscal year, period and currency: the signed amount, also the effective "
        "date, also the line's description.",
    )
    across_journals: bool = parameter(True, "Only lines that lie in different journals.")
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest amount that is looked at.", unit="books' currency", minimum="0"
    )
    include_zero: bool = parameter(False, "Count lines of zero as duplicates, as some published work does.")
    dismiss: tuple[Literal["reversed"], ...] = dismiss_parameter(_REVERSED)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of the amounts looked at."""
    lines = journal_lines(books)
    lines = lines.filter(lines.Amount.abs() >= money(parameters.minimum_amount))
    return lines if parameters.include_zero else lines.filter(lines.Amount != money(Decimal(0)))


def _duplicates(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines that share everything asked for with another, with `copies` and the `first_row` that names the group."""
    lines = population(books, parameters)
    lines = lines.mutate(
        year=lines.Fiscal_Year.fill_null(0),
        month=lines.Period.fill_null(0),
        text=lines.JE_Line_Description.fill_null("").upper().strip(),
    )
    by = _shared(parameters)
    groups = lines.group_by(by).aggregate(
        copies=lines.count(), journals=lines.Journal_ID.nunique(), first_journal=lines.Journal_ID.min()
    )
    kept = groups.journals > 1 if parameters.across_journals else groups.copies > 1
    return lines.inner_join(groups.filter(kept), by)


def _shared(parameters: Parameters) -> list[str]:
    more = {"amount": [], "amount_and_date": ["Effective_Date"], "amount_date_and_text": ["Effective_Date", "text"]}
    return ["GL_Account_Number", "year", "month", "Currency", "Signed", *more[parameters.same]]


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All lines of each group; the exposure is every copy but one."""
    rows = _duplicates(books, parameters)
    group = ibis.window(group_by=_shared(parameters))
    standing = (~in_reversal(rows, books)).cast("int64").sum().over(group)
    day = ibis.literal(", ") + rows.Effective_Date.cast("string")
    shared = {"amount": "", "amount_and_date": day, "amount_date_and_text": day + " " + rows.text}[parameters.same]
    exposure = rows.Amount.abs().cast(TOTAL) * (rows.copies - 1)
    return flagged(
        rows,
        table="GL_Detail",
        key=ibis.literal("Account ")
        + rows.GL_Account_Number
        + ", "
        + in_keys(rows.Signed)
        + " "
        + rows.Currency
        + _period(rows)
        + shared,
        amount=exposure,
        currency=rows.Currency,
        day=rows.Effective_Date,
        weight=exposure,
        fields=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
        figures={
            "copies": rows.copies,
            "journals": rows.journals,
            "signed": rows.Signed,
            "year": rows.year,
            "month": rows.month,
        },
        dismissed=first_of(parameters.dismiss, {_REVERSED.id: standing <= 1}),
    )


def _period(rows: ibis.Table) -> ibis.Value:
    """Which period the lines are in, as far as the books say."""
    year, month = rows.year.cast("string"), rows.month.cast("string")
    only_year = ibis.ifelse(rows.year == 0, "", ibis.literal(", year ") + year)
    return ibis.ifelse(rows.month == 0, only_year, ibis.literal(", period ") + year + "/" + month)


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines that are duplicates."""
    return Measures({"Lines with the same account, period and amount": count(_duplicates(books, parameters))})


def reason(row: Row, parameters: Parameters) -> str:
    """How often, what, and in how many journals."""
    amount = show(row["signed"], row["exception_currency"])
    text = f"{row['copies']:,} lines post {amount} to account {row['GL_Account_Number']}"
    text += f" in period {row['month']}" if row["month"] else ""
    text += f" of {row['year']}" if row["year"] else ""
    text += f", effective {row['exception_day']}" if parameters.same != "amount" else ""
    return f"{text}, in {counted(row['journals'], 'journal')}, first in journal {row['Journal_ID']}."


PROCEDURE = Procedure(
    id="JE-09",
    version="2",
    title="Duplicate entries",
    purpose="Find entries that were posted more than once.",
    standard="ISA 240.A45; AICPA ADS general ledger 3.2.2",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Period", "Fiscal_Year", "Effective_Date", "JE_Line_Description", "Reversal_Journal_ID"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="very high",
    false_positives="Recurring entries, equal instalments, standard prices, payroll, reversals posted again correctly.",
    wording=Wording(
        one="group of entries looks posted more than once",
        many="groups of entries look posted more than once",
        none="No entry looks posted twice.",
    ),
    facts=(*JOURNAL_FACTS, "GL_Account_Number", "Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_REVERSED,),
)
