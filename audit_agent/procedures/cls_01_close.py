"""CLS-01: accruals that were not reversed once, suspense accounts with a balance, reconciling items that grow old."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.accruals import built_up, journals_by_posting, paired
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import all_journal_lines
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.standing_balances import (
    last_journal_day,
    stale_items,
    suspense_in_journals,
    suspense_in_trial_balance,
)

_BUILT_UP = DismissalRule(
    id="built-up",
    title="Built up and used",
    because="The same accounts were accrued in three months at least, each time approved by another, and never "
    "reversed; instead the account was used by other entries, as bonuses are when they are paid.",
)
_PUT_RIGHT = DismissalRule(
    id="put-right",
    title="The reversal too many was taken back",
    because="Entries in the month of the reversals post the accrual as often again as it was reversed too often.",
)
_CHEQUE = DismissalRule(
    id="cheque-outstanding",
    title="A cheque that is still valid",
    because="It is a cheque that the payee has not cashed yet, and banks pay it for about half a year.",
)
_ACCRUAL, _SUSPENSE, _STALE = "accrual", "suspense", "stale"
_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")


class Parameters(ParameterSet):
    """What accruals, suspense accounts and stale items are."""

    accrual_words: tuple[str, ...] = parameter(
        ("accrual", "accrued", "abgrenzung", "charges à payer", "ratei passivi"),
        "Words in the text of a journal that mark an accrual to be reversed in the month after.",
    )
    reversal_words: tuple[str, ...] = parameter(
        ("revers", "storno", "auflösung", "extourne", "release"), "Words that mark the reversal of one."
    )
    wait_days: int = parameter(
        25,
        "Accruals are tested once the books reach this day of the month after.",
        unit="day of the month",
        minimum="1",
        maximum="28",
    )
    suspense_words: tuple[str, ...] = parameter(
        ("suspense", "unallocated", "unidentified", "ungeklärt", "durchlaufend", "attente", "sospes"),
        "Words in the chart of accounts that mark accounts which hold nothing once a period is closed.",
    )
    tolerance: Decimal = parameter(
        Decimal("0.00"), "Largest balance of such an account that is let pass.", unit="books' currency", minimum="0"
    )
    stale_days: int = parameter(
        60, "A reconciling item older than this is stale.", unit="days", minimum="0", maximum="3660"
    )
    cheque_days: int = parameter(
        180, "A cheque that is not cashed is let pass for this long.", unit="days", minimum="0", maximum="3660"
    )
    cheque_words: tuple[str, ...] = parameter(
        ("cheque", "check", "scheck", "chèque"), "Words in the type of a reconciling item that mark a cheque."
    )
    dismiss: tuple[Literal["built-up", "put-right", "cheque-outstanding"], ...] = dismiss_parameter(
        _BUILT_UP, _PUT_RIGHT, _CHEQUE
    )


def _journals(books: Books, parameters: Parameters) -> ibis.Table:
    return journals_by_posting(books, parameters.accrual_words, parameters.reversal_words)


def _tested(books: Books, parameters: Parameters) -> ibis.Table:
    """Accruals of the audit's period whose following month is in the books."""
    last = books.once("last day", lambda: last_journal_day(books))
    months = last.year * 12 + last.month - 13 - (1 if last.day >= parameters.wait_days else 2)
    journals = _journals(books, parameters)
    tested = journals.filter(journals.accrual & (journals.month <= months))
    return tested.semi_join(books.table("GL_Detail"), "Journal_ID")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of accruals that can be tested, and reconciling items."""
    rows = all_journal_lines(books).semi_join(_tested(books, parameters), "Journal_ID").select(*_ORIGIN)
    if books.has("Reconciling_Items"):
        rows = rows.union(books.whole("Reconciling_Items").select(*_ORIGIN))
    return rows


def _accrual_rows(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of accruals that were not reversed as often as made, and of the reversals where they are too many."""
    journals = _journals(books, parameters)
    pairs = paired(journals)
    standing = built_up(journals, pairs, books).mutate(standing=ibis.literal(True))
    wrong = pairs.filter(pairs.accrued != pairs.reversed)
    made = _tested(books, parameters).inner_join(wrong.drop("mirror"), ["mark", "month"])
    made = made.left_join(standing, "accounts", rname="{name}_standing")
    names = [
        "Journal_ID",
        "mark",
        "month",
        "accrued",
        "reversed",
        "restored",
        "later",
        "amount",
        "currency",
        "standing",
    ]
    own = made.select(*names, part=ibis.literal(0, "int64"))
    surplus = own.filter(own.reversed > own.accrued)
    backs = journals.select(back_id="Journal_ID", back_mark="mirror", back_month="month")
    near = [surplus.mark == backs.back_mark, (backs.back_month - surplus.month).between(0, 1)]
    theirs = surplus.inner_join(backs, near)
    theirs = theirs.select(
        Journal_ID=theirs.back_id, **{name: theirs[name] for name in names[1:]}, part=ibis.literal(1, "int64")
    ).distinct()
    lines = all_journal_lines(books)
    rows = lines.inner_join(own.union(theirs), "Journal_ID")
    group = ibis.window(group_by=["mark", "month"])
    rows = rows.mutate(
        named=ibis.ifelse(rows.part == 0, rows.Journal_ID, None).min().over(group),
        dated=ibis.ifelse(rows.part == 0, rows.Effective_Date, None).min().over(group),
    )
    apart = (rows.accrued - rows.reversed).abs()
    return _flag(
        rows, "GL_Detail", _ACCRUAL,
        key=ibis.literal("Accrual ") + rows.named, amount=(rows.amount * apart).cast(TOTAL), currency=rows.currency,
        day=rows.Effective_Date, part=rows.part, accrued=rows.accrued, reversals=rows.reversed, later=rows.later,
        text=rows.JE_Header_Description.fill_null(rows.JE_Line_Description), document=rows.named, since=rows.dated,
        dismissed=first_of(
            parameters.dismiss,
            {
                _BUILT_UP.id: rows.standing,
                _PUT_RIGHT.id: (rows.reversed > rows.accrued) & (rows.restored >= rows.reversed - rows.accrued),
            },
        ),
    )  # fmt: skip


def _suspense_rows(books: Books, parameters: Parameters) -> ibis.Table:
    listed = books.filled("Trial_Balance", "Amount_Ending")
    find = suspense_in_trial_balance if listed else suspense_in_journals
    rows = find(books, parameters.suspense_words, parameters.tolerance)
    day = rows.Balance_As_Of_Date if listed else rows.Effective_Date
    table = "Trial_Balance" if listed else "GL_Detail"
    account = ibis.literal("Suspense account ") + rows.GL_Account_Number
    unit = (ibis.literal(" of unit ") + rows.Business_Unit_Code).fill_null("") if listed else ""
    return _flag(
        rows, table, _SUSPENSE, key=account + unit + " in " + rows.Currency, amount=rows.balance.abs(),
        currency=rows.Currency, day=day, document=rows.GL_Account_Number, balance=rows.balance,
    )  # fmt: skip


def _stale_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = stale_items(books, parameters.stale_days)
    kind, cheque = rows.Item_Type.fill_null("").lower(), ibis.literal(False)
    for word in parameters.cheque_words:
        cheque = cheque | kind.contains(word.lower())
    on = ibis.ifelse(rows.account == "", "", ibis.literal(" on account ") + rows.account)
    return _flag(
        rows, "Reconciling_Items", _STALE, key=ibis.literal("Reconciling item ") + rows.Item_ID + on,
        amount=rows.Amount.abs(), currency=rows.Currency, day=rows.Item_Date, document=rows.Item_ID,
        text=rows.Description, since=rows.as_of, age=rows.age, later=rows.Cleared_Date,
        dismissed=first_of(parameters.dismiss, {_CHEQUE.id: cheque & (rows.age <= parameters.cheque_days)}),
    )  # fmt: skip


def _flag(
    rows: ibis.Table,
    table: str,
    kind: str,
    *,
    key: ibis.Value,
    amount: ibis.Value,
    currency: ibis.Value,
    day: ibis.Value,
    document: ibis.Value,
    part: ibis.Value | int = 0,
    dismissed: ibis.Value | None = None,
    **figures: ibis.Value,
) -> ibis.Table:
    """All kinds in one shape; what a kind does not tell is NULL."""
    empty = {
        "text": ibis.null("string"),
        "since": ibis.null("date"),
        "later": ibis.null("date"),
        "accrued": ibis.null("int64"),
        "reversals": ibis.null("int64"),
        "age": ibis.null("int64"),
        "balance": no_amount(),
    }
    people = {
        name: rows[name] if name in rows.columns else ibis.null("string") for name in ("Journal_ID", "Entered_By")
    }
    return flagged(
        rows,
        table=table,
        key=key,
        amount=amount,
        currency=currency,
        day=day,
        weight=amount.fill_null(0),
        fields=("GL_Account_Number",),
        figures=people | {"kind": ibis.literal(kind), "document": document} | empty | figures,
        part=part,
        dismissed=ibis.null("string") if dismissed is None else dismissed,
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """All kinds that the books can tell, the largest amounts first."""
    rows = _accrual_rows(books, parameters)
    if books.has("Chart_Of_Accounts"):
        rows = rows.union(_suspense_rows(books, parameters))
    return rows.union(_stale_rows(books, parameters)) if books.has("Reconciling_Items") else rows


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many accruals could be tested, and what the books do not carry."""
    journals = _journals(books, parameters)
    accruals = journals.filter(journals.accrual).semi_join(books.table("GL_Detail"), "Journal_ID")
    tested = _tested(books, parameters)
    found = {
        "Accruals tested": count(tested),
        "Accruals whose following month the books do not carry, not tested": count(
            accruals.anti_join(tested, "Journal_ID")
        ),
    }
    if not books.has("Chart_Of_Accounts"):
        found["Suspense accounts"] = "no chart of accounts in the books, not tested"
    if not books.has("Reconciling_Items"):
        found["Reconciling items"] = "not in the books, not tested"
    return Measures(found)


def reason(row: Row, parameters: Parameters) -> str:
    """What was accrued and how often it was reversed, what the balance is, or how old the item is."""
    amount = show(row["exception_amount"], row["exception_currency"]) if row["exception_amount"] is not None else ""
    text = f" ({row['text']})" if row["text"] else ""
    if row["kind"] == _SUSPENSE:
        balance = show(row["balance"], row["exception_currency"])
        return f"Suspense account {row['document']} stands at {balance} at the end of the period."
    if row["kind"] == _STALE:
        cleared = f"; it was cleared on {row['later']}" if row["later"] else ""
        return (
            f"Reconciling item {row['document']}{text} over {amount} of {row['exception_day']} was open for "
            f"{counted(row['age'], 'day')} on {row['since']}{cleared}."
        )
    what = f"The accrual {row['document']}{text}, effective {row['since']},"
    if row["accrued"] > 1:
        what = f"{row['accrued']:,} equal accruals, the first {row['document']}{text}, effective {row['since']},"
    left = "still stands" if row["accrued"] > row["reversals"] else "was taken back too much"
    worth = f"; {amount} {left}" if amount else ""
    verb = "was" if row["accrued"] == 1 else "were"
    if row["reversals"] == 0:
        later = f"; the first reversal is dated {row['later']}" if row["later"] else ""
        return f"{what} {verb} not reversed by the end of the following month{worth}{later}."
    times = "once" if row["reversals"] == 1 else "twice" if row["reversals"] == 2 else f"{row['reversals']:,} times"
    return f"{what} {verb} reversed {times}{worth}."


PROCEDURE = Procedure(
    id="CLS-01",
    version="1",
    title="Accruals, suspense accounts and reconciling items at the close",
    purpose="Find accruals that were not reversed in the month after, or more often than once; balances left on "
    "suspense accounts; and items that stay on a reconciliation for long.",
    standard="ISA 240.33(a), A45; ISA 330.20",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Effective_Date", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"),
            optional_columns=(
                "JE_Header_Description",
                "JE_Line_Description",
                "Entered_By",
                "Approved_By",
                "Amount_Currency",
            ),
        ),
        TableNeed(
            table="Chart_Of_Accounts",
            columns=("GL_Account_Number",),
            optional_columns=("GL_Account_Name", "Account_Type", "Account_Subtype"),
            required=False,
        ),
        TableNeed(
            table="Trial_Balance",
            columns=("GL_Account_Number", "Amount_Ending"),
            optional_columns=("Fiscal_Year", "Period", "Balance_As_Of_Date", "Business_Unit_Code", "Amount_Currency"),
            required=False,
        ),
        TableNeed(
            table="Reconciling_Items",
            columns=("Item_ID", "Item_Date", "Amount"),
            optional_columns=(
                "GL_Account_Number",
                "Reconciliation_Date",
                "Item_Type",
                "Description",
                "Cleared_Date",
                "Amount_Currency",
            ),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Accruals that are built up until they are paid, reversals by the amount of the invoice that came, "
    "cheques that are not cashed yet, accounts called suspense that are in daily use.",
    wording=Wording(
        one="item of the close needs an explanation",
        many="items of the close need an explanation",
        none="Accruals were reversed once, suspense accounts are empty, and nothing stays on reconciliations.",
    ),
    facts=("GL_Account_Number", "Journal_ID", "Entered_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_BUILT_UP, _PUT_RIGHT, _CHEQUE),
)
