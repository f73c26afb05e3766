"""P2P-07: purchases split to stay under an approval limit."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_BLANKET = DismissalRule(
    id="blanket-order",
    title="Calls on a blanket order or contract",
    because="The orders say that they call on a blanket order or contract, which was approved as a whole.",
)


class Parameters(ParameterSet):
    """Which limit, how close to it, and within how many days."""

    limit: Decimal = parameter(
        Decimal(0),
        "The approval limit; 0: every limit for orders that Approval_Limits has.",
        unit="books' currency",
        minimum="0",
    )
    near_percent: Decimal = parameter(
        Decimal(90),
        "An order is just under the limit from this share of it on.",
        unit="percent of the limit",
        minimum="1",
        maximum="100",
    )
    window_days: int = parameter(
        14, "Orders at most this many days apart belong together.", unit="days", minimum="0", maximum="366"
    )
    document_types: tuple[str, ...] = parameter(
        ("order", "po", "purchase"),
        "Words in Approval_Limits.Document_Type of limits for orders; an empty type counts.",
    )
    blanket_words: tuple[str, ...] = parameter(
        ("blanket", "framework", "contract", "rahmen", "abruf"),
        "Words in an order's description that mark such orders.",
    )
    dismiss: tuple[Literal["blanket-order"], ...] = dismiss_parameter(_BLANKET)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of dated orders that name a supplier, with `value` and `Currency`."""
    lines = books.whole("Purchase_Orders")
    value = ibis.coalesce(lines.Amount.cast(TOTAL), (lines.Quantity * lines.Unit_Price).cast(TOTAL))
    lines = lines.mutate(Currency=lines.Amount_Currency.fill_null(books.currency), value=value)
    return lines.filter(lines.PO_Date.notnull() & lines.Supplier_Account_ID.notnull())


def _orders(books: Books, parameters: Parameters) -> ibis.Table:
    """One row for each order, with its value and whether it says to call on a blanket order."""
    lines = population(books, parameters)
    text = lines.Description.fill_null("").lower()
    blanket = ibis.literal(False)
    for word in parameters.blanket_words:
        blanket = blanket | text.contains(word.lower())
    return lines.group_by(["PO_ID", "Supplier_Account_ID", "Currency"]).aggregate(
        ordered=lines.PO_Date.min(),
        by=lines.Entered_By.min().fill_null(""),
        value=lines.value.sum().cast(TOTAL),
        blanket=blanket.cast("int64").min() == 1,
    )


def _near(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders just under a limit, with that limit as `ceiling`."""
    orders = _orders(books, parameters)
    if parameters.limit:
        limited = orders.filter(orders.Currency == books.currency).mutate(ceiling=money(parameters.limit))
    elif books.has("Approval_Limits"):
        limits = _limits(books, parameters)
        limited = orders.inner_join(limits, orders.Currency == limits.limit_currency).drop("limit_currency")
    else:
        limited = orders.mutate(ceiling=money(Decimal(0))).filter(ibis.literal(False))
    low = limited.value * 100 >= limited.ceiling * ibis.literal(parameters.near_percent, "decimal(9, 4)")
    return limited.filter(low & (limited.value <= limited.ceiling))


def _limits(books: Books, parameters: Parameters) -> ibis.Table:
    """Limits for orders (`ceiling`), by currency (`limit_currency`)."""
    limits = books.whole("Approval_Limits")
    kind = limits.Document_Type.fill_null("").lower()
    meant = kind == ""
    for word in parameters.document_types:
        meant = meant | kind.contains(word.lower())
    found = limits.filter(meant & (limits.Limit_Amount > 0))
    currency = found.Amount_Currency.fill_null(books.currency)
    return found.select(ceiling=found.Limit_Amount, limit_currency=currency).distinct()


_GROUP = ("Supplier_Account_ID", "by", "Currency", "ceiling")


def _split(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders just under a limit that have another of the same supplier and user close by."""
    near = _near(books, parameters)
    other = near.view()
    days = near.ordered.delta(other.ordered, unit="day")
    pairs = near.inner_join(
        other,
        [
            *(near[name] == other[name] for name in _GROUP),
            near.PO_ID != other.PO_ID,
            days.abs() <= parameters.window_days,
        ],
    )
    partnered = pairs.select("PO_ID", "ceiling").distinct()
    split = near.semi_join(partnered, ["PO_ID", "ceiling"])
    group = ibis.window(group_by=_GROUP)
    split = split.mutate(
        orders=split.count().over(group),
        together=split.value.sum().over(group).cast(TOTAL),
        first=split.ordered.min().over(group),
        last=split.ordered.max().over(group),
    )
    return split.filter(split.together > split.ceiling)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines of the orders, by supplier, user and limit; the exposure is what they come to together."""
    split = _split(books, parameters)
    lines = population(books, parameters).drop("value")
    rows = lines.inner_join(split, ["PO_ID", "Supplier_Account_ID", "Currency"])
    by = ibis.ifelse(rows.by == "", "", ibis.literal(" by ") + rows.by)
    return flagged(
        rows,
        table="Purchase_Orders",
        key=ibis.literal("Orders from ")
        + rows.Supplier_Account_ID
        + by
        + " under "
        + rows.ceiling.cast("string")
        + " "
        + rows.Currency,
        amount=rows.together,
        currency=rows.Currency,
        day=rows.PO_Date,
        weight=rows.together,
        fields=("PO_ID", "Supplier_Account_ID", "Entered_By", "PO_Date"),
        figures={"orders": rows.orders, "limit": rows.ceiling, "first": rows["first"], "last": rows["last"]},
        dismissed=first_of(parameters.dismiss, {_BLANKET.id: rows.blanket}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many orders lie just under a limit, split or not."""
    known = bool(parameters.limit) or books.has("Approval_Limits")
    return Measures({"Orders just under a limit": count(_near(books, parameters)) if known else "no limit is known"})


def remark(measures: Measures, parameters: Parameters) -> str:
    """What keeps the test from finding anything."""
    if measures.statistics["Orders just under a limit"] == "no limit is known":
        return "No limit is known: give the parameter `limit`, or the table Approval_Limits."
    return ""


def reason(row: Row, parameters: Parameters) -> str:
    """How many, what they come to, and when."""
    currency = row["exception_currency"]
    who = f" by {row['Entered_By']}" if row["Entered_By"] else ""
    return (
        f"{row['orders']:,} orders from supplier {row['Supplier_Account_ID']}{who} between {row['first']} and "
        f"{row['last']} come to {show(row['exception_amount'], currency)}, each at or just under the limit of "
        f"{show(row['limit'], currency)}."
    )


PROCEDURE = Procedure(
    id="P2P-07",
    version="1",
    title="Orders split under an approval limit",
    purpose="Find orders of one user from one supplier within days of each other, each just under an approval limit "
    "and together above it.",
    standard="ACFE Fraud Examiners Manual (purchasing schemes)",
    inputs=(
        TableNeed(
            table="Purchase_Orders",
            columns=("PO_ID", "PO_Date", "Supplier_Account_ID"),
            optional_columns=("Amount", "Quantity", "Unit_Price", "Entered_By", "Description", "Amount_Currency"),
        ),
        TableNeed(
            table="Approval_Limits",
            columns=("Limit_Amount",),
            optional_columns=("Document_Type", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Calls on blanket orders, standard lots whose price lies near the limit.",
    wording=Wording(
        one="group of orders looks split",
        many="groups of orders look split",
        none="No orders look split under a limit.",
    ),
    facts=("PO_ID", "Supplier_Account_ID", "Entered_By", "PO_Date"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
    dismissals=(_BLANKET,),
)
