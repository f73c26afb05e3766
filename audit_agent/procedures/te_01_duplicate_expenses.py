"""TE-01: expenses claimed twice."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.compared_text import plain
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, in_keys, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_FARE = DismissalRule(
    id="there-and-back",
    title="There and back",
    because="Fares of equal amount on one report, in a category of travel: a way out and a way home cost the same.",
)


class Parameters(ParameterSet):
    """What two claims for one expense have in common."""

    days_apart: int = parameter(
        1, "Claims for one expense are dated at most this far apart.", unit="days", minimum="0", maximum="31"
    )
    same_merchant: bool = parameter(False, "They also name the same merchant, where both name one.")
    fare_words: tuple[str, ...] = parameter(
        ("fare", "train", "taxi", "bus", "flight", "mileage", "toll", "parking"), "Words of categories of travel."
    )
    dismiss: tuple[Literal["there-and-back"], ...] = dismiss_parameter(_FARE)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims of more than nothing, with `Currency` and the merchant as it is compared."""
    claims = books.table("Expense_Reports")
    claims = claims.mutate(Currency=claims.Amount_Currency.fill_null(books.currency), shop=plain(claims.Merchant))
    return claims.filter((claims.Amount > 0) & claims.Expense_Date.notnull())


_BY = ("Employee_ID", "Amount", "Currency")


def _repeated(books: Books, parameters: Parameters) -> ibis.Table:
    """Claims for which the person claimed the same amount before or after, close by."""
    claims = population(books, parameters)
    other = claims.view()
    days = claims.Expense_Date.delta(other.Expense_Date, unit="day")
    conditions = [
        *(claims[name] == other[name] for name in _BY),
        claims.Expense_ID != other.Expense_ID,
        days.abs() <= parameters.days_apart,
    ]
    if parameters.same_merchant:
        conditions.append(claims.shop.isnull() | other.shop.isnull() | (claims.shop == other.shop))
    twice = claims.inner_join(other, conditions).select("Expense_ID").distinct()
    return claims.semi_join(twice, "Expense_ID")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Groups of equal claims, the largest first; the exposure is every claim but one."""
    rows = _repeated(books, parameters)
    order = ibis.window(group_by=_BY, order_by=["Expense_Date", "Expense_ID"])
    gap = rows.Expense_Date.delta(rows.Expense_Date.lag().over(order), unit="day")
    rows = rows.mutate(begins=ibis.ifelse(gap.isnull() | (gap > parameters.days_apart), 1, 0))
    upto = ibis.window(group_by=_BY, order_by=["Expense_Date", "Expense_ID"], preceding=None, following=0)
    rows = rows.mutate(group=rows.begins.sum().over(upto))
    group = ibis.window(group_by=[*_BY, "group"])
    category = rows.Category.fill_null("").lower()
    travel = ibis.literal(False)
    for word in parameters.fare_words:
        travel = travel | category.contains(word.lower())
    rows = rows.mutate(
        copies=rows.count().over(group),
        first_day=rows.Expense_Date.min().over(group),
        paid_by=rows.Payment_Method.nunique().over(group),
        reports=rows.Report_ID.nunique().over(group),
        travel=travel & rows.Report_ID.notnull(),
    )
    exposure = (rows.Amount.cast(TOTAL) * (rows.copies - 1)).cast(TOTAL)
    return flagged(
        rows,
        table="Expense_Reports",
        key=ibis.literal("Claims of ")
        + rows.Employee_ID
        + ", "
        + in_keys(rows.Amount)
        + " "
        + rows.Currency
        + ", "
        + rows.first_day.cast("string"),
        amount=exposure,
        currency=rows.Currency,
        day=rows.Expense_Date,
        weight=exposure,
        fields=("Expense_ID", "Report_ID", "Employee_ID", "Expense_Date", "Merchant", "Amount", "Approved_By"),
        figures={"copies": rows.copies, "first_day": rows.first_day, "paid_by": rows.paid_by},
        dismissed=first_of(parameters.dismiss, {_FARE.id: rows.travel & (rows.reports == 1) & (rows.copies == 2)}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """What was left out."""
    claims = books.table("Expense_Reports")
    return Measures({"Claims of nothing or less, not tested": count(claims.filter(claims.Amount <= money(Decimal(0))))})


def reason(row: Row, parameters: Parameters) -> str:
    """Who claimed what how often, and whether two ways of paying are involved."""
    amount = show(row["Amount"], row["exception_currency"])
    text = f"{row['Employee_ID']} claimed {amount} {row['copies']:,} times from {row['first_day']} on"
    return f"{text}, paid in {row['paid_by']:,} ways." if row["paid_by"] > 1 else f"{text}."


PROCEDURE = Procedure(
    id="TE-01",
    version="1",
    title="Expenses claimed twice",
    purpose="Find expenses that one person claimed more than once: the same amount within a day, by card and in cash "
    "alike.",
    standard="ACFE Fraud Examiners Manual (expense reimbursement schemes)",
    inputs=(
        TableNeed(
            table="Expense_Reports",
            columns=("Expense_ID", "Employee_ID", "Expense_Date", "Amount"),
            optional_columns=("Report_ID", "Merchant", "Category", "Payment_Method", "Amount_Currency"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Fares there and back, allowances per day, standard prices.",
    wording=Wording(
        one="expense seems claimed twice", many="expenses seem claimed twice", none="No expense seems claimed twice."
    ),
    facts=("Expense_ID", "Report_ID", "Employee_ID", "Expense_Date", "Merchant", "Amount", "Approved_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_FARE,),
)
