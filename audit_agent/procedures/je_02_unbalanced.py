"""JE-02: journals whose debits and credits differ."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import JOURNAL_FACTS, journal_key, journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording


class Parameters(ParameterSet):
    """When a journal counts as unbalanced."""

    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest difference that is let pass.", unit="books' currency", minimum="0"
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every journal line."""
    return books.table("GL_Detail")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of journals that are out of balance in a currency."""
    lines = journal_lines(books)
    open_ = _out_of_balance(books, parameters)
    open_ = open_.anti_join(_balanced_in_local(books, parameters), "Journal_ID")
    rows = lines.inner_join(open_, ["Journal_ID", "Currency"])
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows) + ibis.ifelse(rows.Currency == books.currency, "", ibis.literal(" in ") + rows.Currency),
        amount=rows.imbalance.abs(),
        currency=rows.Currency,
        day=rows.Effective_Date,
        weight=rows.imbalance.abs(),
        fields=JOURNAL_FACTS,
        figures={"Difference": rows.imbalance, "debits": rows.debits, "credits": rows.credits},
    )


def _out_of_balance(books: Books, parameters: Parameters) -> ibis.Table:
    lines = journal_lines(books)
    debit = lines.Amount_Credit_Debit_Indicator == "D"
    sums = lines.group_by(["Journal_ID", "Currency"]).aggregate(
        imbalance=lines.Signed.sum().cast(TOTAL),
        debits=lines.Amount.sum(where=debit).fill_null(0).cast(TOTAL),
        credits=lines.Amount.sum(where=~debit).fill_null(0).cast(TOTAL),
    )
    return sums.filter(sums.imbalance.abs() > money(parameters.tolerance))


def _balanced_in_local(books: Books, parameters: Parameters) -> ibis.Table:
    """Journals in several currencies, each line of which bears a local amount, that balance in it."""
    lines = journal_lines(books)
    debit = lines.Amount_Credit_Debit_Indicator == "D"
    local = ibis.ifelse(debit, lines.Local_Amount, -lines.Local_Amount)
    sums = lines.group_by("Journal_ID").aggregate(
        several=lines.Currency.min() != lines.Currency.max(),
        complete=lines.count() == lines.Local_Amount.count(),
        local_difference=local.sum(),
    )
    balanced = sums.local_difference.abs() <= money(parameters.tolerance)
    return sums.filter(sums.several & sums.complete & balanced).select("Journal_ID")


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many journals there are."""
    journals = books.table("GL_Detail").Journal_ID.nunique().to_pyarrow().as_py()
    mixed = _balanced_in_local(books, parameters).count().to_pyarrow().as_py()
    return Measures(
        {"Journals": str(journals), "Journals in several currencies that balance in local currency": str(mixed)}
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Both sums and their difference."""
    currency = row["exception_currency"]
    return (
        f"Journal {row['Journal_ID']} is out of balance by {show(row['Difference'], currency)}: "
        f"debits {show(row['debits'])}, credits {show(row['credits'])}."
    )


PROCEDURE = Procedure(
    id="JE-02",
    version="1",
    title="Unbalanced journals",
    purpose="Find journals whose debits and credits differ, per currency. Books that do not balance are "
    "incomplete or were changed outside the ledger.",
    standard="ISA 240.33(a); AICPA ADS general ledger 3.2.1",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Amount_Currency", "Local_Amount"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Journals cut in two by the period or by the extract; journals in several currencies whose "
    "lines carry no local amount.",
    wording=Wording(
        one="journal is out of balance", many="journals are out of balance", none="Every journal balances."
    ),
    facts=(*JOURNAL_FACTS, "Difference"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
