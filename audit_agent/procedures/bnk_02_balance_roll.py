"""BNK-02: bank statements that do not lead from their opening to their closing balance, or do not follow each other."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.bank_statements import STATEMENT_FACTS, bank_transactions, statements
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.exact import TOTAL, money, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_SAME = ("Account", "Currency", "Statement_ID", "from_day", "Opening_Balance", "Closing_Date", "Closing_Balance")
"""What makes two statements one that was given twice."""

_NOT_SUMMED = "Sums not checked, because transactions do not say which statement they are of"


class Parameters(ParameterSet):
    """What is let pass."""

    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest difference that is let pass.", unit="books' currency", minimum="0"
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every statement that closes in the period."""
    return books.table("Bank_Statement_Balances")


def _summed(books: Books) -> bool:
    return books.filled("Bank_Statement", "Statement_ID")


def _tested(rows: ibis.Table, books: Books) -> ibis.Table:
    return rows.semi_join(books.table("Bank_Statement_Balances"), ["Source_File", "Source_Row"])


def _moved(books: Books) -> ibis.Table:
    """Statements with `moved`, what their transactions come to.

    Statement numbers of two files may be the same, so transactions count for the statements of their own file where
    it has any.
    """
    balances, rows = statements(books), bank_transactions(books, whole=True)
    balances = balances.mutate(owner=ibis.ifelse(balances.file.isin(rows.file), balances.file, ""))
    rows = rows.mutate(owner=ibis.ifelse(rows.file.isin(statements(books).file), rows.file, ""))
    by = ["owner", "Account", "Statement_ID"]
    sums = rows.group_by(by).aggregate(movement=rows.Amount.sum().cast(TOTAL), transactions=rows.count())
    joined = balances.left_join(sums, by)
    return joined.mutate(
        moved=joined.movement.fill_null(0).cast(TOTAL), transactions=joined.transactions.fill_null(0).cast("int64")
    )


def _not_summing(books: Books, parameters: Parameters) -> ibis.Table:
    """Statements whose transactions do not lead to the closing balance."""
    rows = _tested(_moved(books), books)
    rows = rows.mutate(gap=(rows.Closing_Balance - rows.Opening_Balance - rows.moved).cast(TOTAL))
    rows = rows.filter(rows.gap.abs() > money(parameters.tolerance))
    return _flag(
        rows,
        "does not add up",
        gap=rows.gap,
        moved=rows.moved,
        number=rows.transactions,
        other_id=ibis.null("string"),
        other_day=ibis.null("date"),
        other_balance=no_amount(),
    )


def _once(books: Books) -> ibis.Table:
    """Statements with `copies`, and `copy` counted from 0."""
    rows = statements(books)
    same = ibis.window(group_by=list(_SAME))
    order = ibis.window(group_by=list(_SAME), order_by=["Source_File", "Source_Row"])
    return rows.mutate(copies=rows.count().over(same), copy=ibis.row_number().over(order))


def _not_following(books: Books, parameters: Parameters) -> ibis.Table:
    """Statements that open at another balance than the one before them closed at; those given twice count once."""
    rows = _once(books)
    rows = rows.filter(rows.copy == 0)
    order = ibis.window(
        group_by=["Account", "Currency"], order_by=["from_day", "Closing_Date", "Source_File", "Source_Row"]
    )
    rows = rows.mutate(
        other_id=rows.Statement_ID.lag().over(order),
        other_day=rows.Closing_Date.lag().over(order),
        other_balance=rows.Closing_Balance.lag().over(order).cast(TOTAL),
    )
    rows = rows.mutate(gap=(rows.Opening_Balance - rows.other_balance).cast(TOTAL))
    rows = _tested(rows.filter(rows.gap.abs() > money(parameters.tolerance)), books)
    return _flag(
        rows,
        "does not follow",
        gap=rows.gap,
        moved=no_amount(),
        number=ibis.null("int64"),
        other_id=rows.other_id,
        other_day=rows.other_day,
        other_balance=rows.other_balance,
    )


def _repeated(books: Books) -> ibis.Table:
    """Statements that were given more than once: their transactions count twice in everything else."""
    rows = _once(books)
    rows = _tested(rows.filter(rows.copies > 1), books)
    return _flag(
        rows,
        "is there twice",
        gap=(rows.Closing_Balance - rows.Opening_Balance).cast(TOTAL),
        moved=no_amount(),
        number=rows.copies.cast("int64"),
        other_id=ibis.null("string"),
        other_day=ibis.null("date"),
        other_balance=no_amount(),
    )


def _flag(rows: ibis.Table, kind: str, gap: ibis.Value, **figures: ibis.Value) -> ibis.Table:
    account = ibis.ifelse(rows.Account == "", "", ibis.literal(" of account ") + rows.Account)
    return flagged(
        rows,
        table="Bank_Statement_Balances",
        key=ibis.literal("Statement ") + rows.Statement_ID + account + f": {kind}",
        amount=gap.abs().max().over(ibis.window(group_by=["Account", "Statement_ID"])),
        currency=rows.Currency,
        day=rows.Closing_Date,
        weight=gap.abs().max().over(ibis.window(group_by=["Account", "Statement_ID"])),
        fields=STATEMENT_FACTS,
        figures={
            "kind": ibis.literal(kind),
            "gap": gap,
            "opening": rows.Opening_Balance.cast(TOTAL),
            "closing": rows.Closing_Balance.cast(TOTAL),
            **figures,
        },
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Statements that do not add up, do not follow each other, or were given twice; the largest difference first."""
    rows = _not_following(books, parameters).union(_repeated(books))
    return rows.union(_not_summing(books, parameters)) if _summed(books) else rows


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many accounts and statements there are, and what could not be checked."""
    rows = statements(books)
    found = {"Accounts": str(rows.Account.nunique().to_pyarrow().as_py()), "Statements": count(rows)}
    if not _summed(books):
        return Measures(found | {_NOT_SUMMED: "yes"})
    unowned = counts(_moved(books), without=_moved(books).transactions == 0)["without"]
    return Measures(found | {"Statements without transactions": unowned})


def remark(measures: Measures, parameters: Parameters) -> str:
    """Say what was not checked."""
    return f"{_NOT_SUMMED}." if _NOT_SUMMED in measures.statistics else ""


def reason(row: Row, parameters: Parameters) -> str:
    """What the statement says, and what its transactions or its neighbour say."""
    currency = row["exception_currency"]
    name = f"Statement {row['Statement_ID']}" + (f" of account {row['Bank_Account']}" if row["Bank_Account"] else "")
    match row["kind"]:
        case "does not add up":
            return (
                f"{name} opens at {show(row['opening'], currency)}; with {counted(row['number'], 'transaction')} of "
                f"{show(row['moved'], currency)} it comes to {show(row['opening'] + row['moved'], currency)}, and it "
                f"closes at {show(row['closing'], currency)}: a difference of {show(row['gap'], currency)}."
            )
        case "does not follow":
            return (
                f"{name} opens at {show(row['opening'], currency)}; the one before it, {row['other_id']}, closed at "
                f"{show(row['other_balance'], currency)} on {row['other_day']}: {show(row['gap'], currency)} happened "
                "in between, on a statement that is not here."
            )
        case _:
            return f"{name} was given {row['number']:,} times; its transactions count that often in the books."


PROCEDURE = Procedure(
    id="BNK-02",
    version="1",
    title="Roll of bank balances",
    purpose="Check that bank statements are complete and whole: opening balance and transactions make the closing "
    "balance of each, and each opens where the one before it closed.",
    standard="ISA 500.A31; ISA 505",
    inputs=(
        TableNeed(
            table="Bank_Statement_Balances",
            columns=("Statement_ID", "Opening_Balance", "Closing_Balance", "Closing_Date"),
            optional_columns=("Bank_Account", "Opening_Date", "Amount_Currency"),
        ),
        TableNeed(
            table="Bank_Statement",
            columns=("Amount",),
            optional_columns=("Bank_Account", "Statement_ID", "Amount_Currency"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Statements in another order than their dates say, transactions refused at the import.",
    wording=Wording(
        one="bank statement does not roll",
        many="bank statements do not roll",
        none="Every bank statement leads from its opening to its closing balance and follows the one before.",
    ),
    facts=STATEMENT_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
)
