"""BNK-01: bank statements against the cash side of the ledger, line by line."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.matching.reconciling import Nearness
from audit_agent.procedures.bank_matches import BANK, LEDGER, Charges, Covered, Days, bank_matches
from audit_agent.procedures.bank_statements import bank_transactions, statements
from audit_agent.procedures.cash_lines import CASH_WORDS, NOT_CASH_WORDS, cash_accounts, cash_lines
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_REVERSED = DismissalRule(
    id="reversed-in-ledger",
    title="Reversed in the ledger within the month",
    because="Another cash line of the same month takes it back with the same words, and neither reached the bank: "
    "no month's end shows it.",
)
_MATCHES = "Computed_Bank_Matches"
_KINDS = ("fee", "wrong amount", "timing", "duplicate", "unrecorded", "outstanding")
_FIGURES = ("kind", "side", "name", "days", "gap", "other", "other_day", "other_amount")
_FACTS = ("Item", "Item_Date", "Item_Amount", "Item_Text")
_UNITS = 10_000
_NOTHING = "Nothing was compared: the parameter cash_accounts names no account, and the chart of accounts shows none"


class Parameters(ParameterSet):
    """Which accounts are the bank's, and how far apart two lines for one movement may be."""

    cash_accounts: tuple[str, ...] = parameter(
        (), "Accounts of the ledger that the bank statements belong to; found by their names when empty."
    )
    cash_words: tuple[str, ...] = parameter(CASH_WORDS, "Words in the names of such accounts.")
    other_words: tuple[str, ...] = parameter(NOT_CASH_WORDS, "Words in the names of accounts that are not.")
    days: int = parameter(
        4, "Bank and ledger date one movement at most this far apart.", unit="days", minimum="0", maximum="60"
    )
    late_days: int = parameter(
        31,
        "Equal amounts further apart, with a reference or words in common, are one movement up to here: timing.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    tolerance: Decimal = parameter(
        Decimal(25),
        "What the bank may have kept as a fee, or somebody mistyped, for two lines to be one movement.",
        unit="books' currency",
        minimum="0",
    )
    tolerance_percent: int = parameter(
        5,
        "The tolerance is at most this share of the amount, unless a reference is shared.",
        unit="percent",
        minimum="0",
        maximum="100",
    )
    group_lines: int = parameter(
        4,
        "So many lines at most are tried in every combination as one movement; whole journals and days are besides.",
        unit="lines",
        minimum="1",
        maximum="6",
    )
    fee_words: tuple[str, ...] = parameter(
        ("fee", "charge", "commission", "interest", "gebühr", "entgelt", "zins", "frais", "kosten"),
        "Words in what a bank writes to its own charges.",
    )
    fee_codes: tuple[str, ...] = parameter(
        ("NCHG", "NCOM", "NINT", "CHRG", "COMM", "INTR", "FEES"), "Transaction codes of its own charges."
    )
    dismiss: tuple[Literal["reversed-in-ledger"], ...] = dismiss_parameter(_REVERSED)


def _accounts(books: Books, parameters: Parameters) -> tuple[str, ...]:
    return books.once(
        "cash accounts",
        lambda: cash_accounts(books, parameters.cash_accounts, parameters.cash_words, parameters.other_words),
    )


def _covered(books: Books) -> Covered:
    """The days of the statements where their balances are in the books, and of all journals."""
    days = None
    if books.has("Bank_Statement_Balances"):
        rows = statements(books)
        days = _span(rows, rows.from_day, rows.Closing_Date)
    journals = books.whole("GL_Detail")
    return Covered(days, _span(journals, journals.Effective_Date, journals.Effective_Date))


def _span(rows: ibis.Table, start: ibis.Value, end: ibis.Value) -> Days | None:
    found = rows.aggregate(start=start.min(), end=end.max()).to_pyarrow().to_pylist()[0]
    return (found["start"], found["end"]) if found["start"] else None


def _matches(books: Books, parameters: Parameters) -> ibis.Table:
    accounts = _accounts(books, parameters)
    near = Nearness(
        days=parameters.days,
        late_days=max(parameters.days, parameters.late_days),
        tolerance=int(parameters.tolerance * _UNITS),
        percent=parameters.tolerance_percent,
        group=parameters.group_lines,
    )
    bank = bank_transactions(books, whole=True)
    bank = bank if accounts else bank.filter(ibis.literal(False))
    charges = Charges(parameters.fee_words, parameters.fee_codes)
    return books.computed(
        _MATCHES, lambda: bank_matches(bank, cash_lines(books, accounts), near, charges, _covered(books))
    )


def _bank_lines(books: Books, parameters: Parameters) -> ibis.Table:
    rows = bank_transactions(books)
    return rows if _accounts(books, parameters) else rows.filter(ibis.literal(False))


def _ledger_lines(books: Books, parameters: Parameters) -> ibis.Table:
    rows = cash_lines(books, _accounts(books, parameters))
    return rows.semi_join(books.table("GL_Detail"), ["Source_File", "Source_Row"])


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """The period's bank transactions and cash lines of the ledger; none where no cash account is known."""
    bank = _bank_lines(books, parameters).select("Source_File", "Source_Row")
    return bank.union(_ledger_lines(books, parameters).select("Source_File", "Source_Row"))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """What is left when bank and ledger are matched, and matches that differ; those with a line in the period."""
    found = _matches(books, parameters)
    open_ = found.filter(found.kind.isin(_KINDS))
    sides = {BANK: bank_transactions(books, whole=True), LEDGER: cash_lines(books, _accounts(books, parameters))}
    bank, ledger = sides[BANK], sides[LEDGER]
    bank = bank.mutate(Item=bank.Transaction_ID, Item_Date=bank.Booking_Date, Item_Amount=bank.Amount,
                       Item_Text=bank.Description)  # fmt: skip
    ledger = ledger.mutate(
        Item=ledger.Journal_ID,
        Item_Date=ledger.Effective_Date,
        Item_Amount=ledger.Signed,
        Item_Text=ibis.coalesce(ledger.JE_Line_Description, ledger.JE_Header_Description),
    )
    here = _of_side(open_, BANK, _bank_lines(books, parameters)).select("match")
    there = _of_side(open_, LEDGER, _ledger_lines(books, parameters)).select("match")
    open_ = open_.semi_join(here.union(there), "match")
    return _flag(_of_side(open_, BANK, bank), "Bank_Statement", 0, parameters).union(
        _flag(_of_side(open_, LEDGER, ledger), "GL_Detail", 1, parameters)
    )


def _of_side(matches: ibis.Table, side: str, lines: ibis.Table) -> ibis.Table:
    own = matches.filter(matches.side == side)
    return own.inner_join(lines, [own.file == lines.Source_File, own.row == lines.Source_Row], rname="{name}_line")


def _flag(rows: ibis.Table, table: str, part: int, parameters: Parameters) -> ibis.Table:
    return flagged(
        rows,
        table=table,
        key=rows.name,
        amount=rows.exposure,
        currency=rows.Currency,
        day=rows.Item_Date,
        weight=rows.exposure,
        fields=_FACTS,
        figures={name: rows[name] for name in _FIGURES},
        part=part,
        dismissed=first_of(parameters.dismiss, {_REVERSED.id: (rows.side == LEDGER) & rows.cancelled}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """The accounts, how lines were matched, and what is left by kind; lines of all days."""
    accounts = _accounts(books, parameters)
    if not accounts:
        return Measures({_NOTHING: "yes"})
    found = _matches(books, parameters)
    bank, ledger = found.side == BANK, found.side == LEDGER
    numbers = counts(
        found, bank=bank, ledger=ledger, exact=bank & (found.how == "exact"),
        same_day=bank & (found.how == "exact") & (found.days == 0), near=bank & (found.how == "near"),
        in_bank_groups=bank & (found.how == "group"), in_ledger_groups=ledger & (found.how == "group"),
        uncovered=found.kind == "not covered",
    )  # fmt: skip
    kinds = found.group_by("kind").aggregate(number=found.match.nunique()).to_pyarrow().to_pylist()
    by_kind = {row["kind"]: str(row["number"]) for row in kinds}
    return Measures(
        {
            "Cash accounts": ", ".join(accounts),
            "Bank transactions": numbers["bank"],
            "Cash lines of the ledger": numbers["ledger"],
            "Matched by the exact amount": numbers["exact"],
            "of these on the same day": numbers["same_day"],
            "Matched within the tolerance": numbers["near"],
            "Bank transactions matched in groups": numbers["in_bank_groups"],
            "Cash lines matched in groups": numbers["in_ledger_groups"],
            _UNCOVERED: numbers["uncovered"],
        }
        | {f"Left: {kind}": by_kind.get(kind, "0") for kind in _KINDS}
    )


_UNCOVERED = "Lines of days the other side does not cover, not compared"


def remark(measures: Measures, parameters: Parameters) -> str:
    """Say what was not compared."""
    if _NOTHING in measures.statistics:
        return f"{_NOTHING}."
    number = int(measures.statistics[_UNCOVERED])
    return f"{counted(number, 'line')} of days the other side does not cover were not compared." if number else ""


def reason(row: Row, parameters: Parameters) -> str:
    """What the line is, and what the other side has instead."""
    currency = row["exception_currency"]
    amount = show(row["Item_Amount"], currency)
    line = f"{row['name'].partition(' and ')[0]} over {amount} on {row['Item_Date']}"
    line = line[0].upper() + line[1:]
    if row["other"] and row["side"] == BANK:
        other = f"{row['other']} over {show(row['other_amount'], currency)} on {row['other_day']}"
    match row["kind"]:
        case "fee" if row["other"]:
            return f"{line} is {show(row['gap'], currency)} off {other}: the bank seems to have kept a fee."
        case "fee":
            return f"{line} is a charge of the bank that the ledger does not have."
        case "wrong amount":
            return f"{line} and {other} seem to be one movement, and differ by {show(row['gap'], currency)}."
        case "timing":
            apart = counted(abs(row["days"]), "day")
            return f"{line} and {other} seem to be one movement, {apart} apart."
        case "duplicate":
            twin = f"{row['other']} over {show(row['other_amount'], currency)} on {row['other_day']}"
            return f"{line} has no counterpart, and looks like {twin}, which has one: it may be there twice."
        case "unrecorded":
            return f"{line} is not in the ledger."
        case _:
            return f"{line} is not on a bank statement."


PROCEDURE = Procedure(
    id="BNK-01",
    version="1",
    title="Bank reconciliation",
    purpose="Match every transaction of the bank statements with the cash side of the ledger, one to one by amount, "
    "date and reference, then within a fee, then in groups; and say what each line is that is left.",
    standard="ISA 505; ISA 330.A48; COSO principle 10",
    inputs=(
        TableNeed(
            table="Bank_Statement",
            columns=("Transaction_ID", "Booking_Date", "Amount"),
            optional_columns=("Amount_Currency", "Description", "Counterparty", "Reference", "Transaction_Code"),
        ),
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Effective_Date", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=(
                "Journal_ID_Line_Number",
                "JE_Header_Description",
                "JE_Line_Description",
                "Amount_Currency",
            ),
        ),
        TableNeed(
            table="Chart_Of_Accounts",
            columns=("GL_Account_Number",),
            optional_columns=("GL_Account_Name",),
            required=False,
        ),
        TableNeed(
            table="Bank_Statement_Balances",
            columns=("Closing_Date",),
            optional_columns=("Opening_Date",),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Several movements of one amount on nearby days; cash pooled over accounts that the statements do "
    "not cover; transfers between own accounts.",
    wording=Wording(
        one="difference between bank and ledger",
        many="differences between bank and ledger",
        none="Bank statements and ledger agree line by line.",
    ),
    facts=_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_REVERSED,),
)
