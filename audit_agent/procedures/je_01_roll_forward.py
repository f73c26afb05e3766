"""JE-01: opening balance, journals and closing balance of every account."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import all_journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_GRAIN = ("Business_Unit_Code", "Fiscal_Year", "Period")
"""Columns that refine the account, each where both the trial balance and the journals fill it."""


class Parameters(ParameterSet):
    """What is let pass."""

    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest difference that is let pass.", unit="books' currency", minimum="0"
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every row of the trial balance, whatever the period: a cut one cannot roll forward."""
    return books.whole("Trial_Balance")


def _key(books: Books) -> list[str]:
    both = ("Trial_Balance", "GL_Detail")
    return ["GL_Account_Number", *(name for name in _GRAIN if all(books.filled(table, name) for table in both))]


def _movements(books: Books) -> ibis.Table:
    """Signed sum and number of the lines of each key and currency."""
    lines = all_journal_lines(books)
    return lines.group_by([*_key(books), "Currency"]).aggregate(movement=lines.Signed.sum().cast(TOTAL))


def _balances(books: Books) -> ibis.Table:
    balances = books.whole("Trial_Balance")
    return balances.mutate(Currency=balances.Amount_Currency.fill_null(books.currency))


def _not_rolled(books: Books, parameters: Parameters) -> ibis.Table:
    """Rows of the trial balance that opening balance and journals do not lead to."""
    balances, movements, by = _balances(books), _movements(books), [*_key(books), "Currency"]
    joined = balances.left_join(movements, by)
    moved = joined.movement.fill_null(0).cast(TOTAL)
    opening = joined.Amount_Beginning.fill_null(0).cast(TOTAL)
    rows = joined.mutate(moved=moved, opening=opening, gap=(opening + moved - joined.Amount_Ending).cast(TOTAL))
    rows = rows.filter(rows.gap.abs() > money(parameters.tolerance))
    return flagged(
        rows,
        table="Trial_Balance",
        key=_named(rows, books),
        amount=rows.gap.abs(),
        currency=rows.Currency,
        day=rows.Balance_As_Of_Date,
        weight=rows.gap.abs(),
        fields=("GL_Account_Number",),
        figures={
            "listed": ibis.literal(True),
            "opening": rows.opening,
            "moved": rows.moved,
            "closing": rows.Amount_Ending.cast(TOTAL),
            "gap": rows.gap,
        },
    )


def _not_listed(books: Books, parameters: Parameters) -> ibis.Table:
    """Journal lines of accounts and periods that the trial balance does not have."""
    by = [*_key(books), "Currency"]
    lines = all_journal_lines(books)
    rows = lines.anti_join(_balances(books), by).inner_join(_movements(books), by)
    return flagged(
        rows,
        table="GL_Detail",
        key=_named(rows, books),
        amount=rows.movement.abs(),
        currency=rows.Currency,
        day=rows.Effective_Date,
        weight=rows.movement.abs(),
        fields=("GL_Account_Number",),
        figures={
            "listed": ibis.literal(False),
            "opening": ibis.null(TOTAL),
            "moved": rows.movement,
            "closing": ibis.null(TOTAL),
            "gap": rows.movement,
        },
    )


def _named(rows: ibis.Table, books: Books) -> ibis.Value:
    name = ibis.literal("Account ") + rows.GL_Account_Number
    words = {"Business_Unit_Code": " of unit ", "Fiscal_Year": ", year ", "Period": ", period "}
    for column in _key(books)[1:]:
        name = name + ibis.literal(words[column]) + rows[column].cast("string").fill_null("-")
    return name + ibis.ifelse(rows.Currency == books.currency, "", ibis.literal(" in ") + rows.Currency)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Balances that do not follow from the journals, and journals without a balance."""
    return _not_rolled(books, parameters).union(_not_listed(books, parameters))


def measures(books: Books, parameters: Parameters) -> Measures:
    """How the two were compared."""
    by = [*_key(books), "Currency"]
    return Measures(
        {
            "Compared by": ", ".join(_key(books)),
            "Balances": count(books.whole("Trial_Balance")),
            "Balances without a journal": count(_balances(books).anti_join(_movements(books), by)),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """What the journals lead to, and what the trial balance says."""
    currency = row["exception_currency"]
    if not row["listed"]:
        return (
            f"Journals move account {row['GL_Account_Number']} by {show(row['moved'], currency)}, and the trial "
            "balance does not have it."
        )
    led_to = row["opening"] + row["moved"]
    return (
        f"Account {row['GL_Account_Number']} opens at {show(row['opening'], currency)} and journals move it by "
        f"{show(row['moved'], currency)}, which makes {show(led_to, currency)}; the trial balance says "
        f"{show(row['closing'], currency)}."
    )


PROCEDURE = Procedure(
    id="JE-01",
    version="1",
    title="Roll-forward of balances",
    purpose="Check that the journals are complete: opening balance plus journals is the closing balance of every "
    "account, and every account with journals has a balance. Business unit, year and period are compared where both "
    "sides fill them.",
    standard="ISA 240.33(a); AS 2401.61; AICPA ADS general ledger profiling",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=("Business_Unit_Code", "Fiscal_Year", "Period", "Amount_Currency"),
        ),
        TableNeed(
            table="Trial_Balance",
            columns=("GL_Account_Number", "Amount_Ending"),
            optional_columns=("Amount_Beginning", "Business_Unit_Code", "Fiscal_Year", "Period", "Amount_Currency"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="A trial balance of another grain or date than the journals, accounts that the system carries "
    "forward.",
    wording=Wording(
        one="account does not roll forward",
        many="accounts do not roll forward",
        none="Every account rolls forward.",
    ),
    facts=("GL_Account_Number",),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
