"""P2P-07: purchases split to stay under an approval limit."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.purchases import limits, may_approve, purchase_rows, purchases
from audit_agent.procedures.recurring import RECURRING_BECAUSE, with_regularity

_HIGHER = DismissalRule(
    id="approved-for-total",
    title="Approved by somebody who may approve the total",
    because="Somebody else than who entered it approved each of them, and may alone approve what they add up to.",
)
_BLANKET = DismissalRule(
    id="blanket-order",
    title="Called off a blanket order",
    because="The description of each says that it is called off a blanket order, which was agreed to as a whole.",
)
_RECURRING = DismissalRule(id="recurring", title="Recurring schedule", because=RECURRING_BECAUSE)
_RUN = ["who", "Currency", "ceiling", "run"]


class Parameters(ParameterSet):
    """What lies just under a limit, and what belongs together."""

    limit_percent: int = parameter(
        90,
        "Purchases of at least this share of the next limit are looked at.",
        unit="percent",
        minimum="1",
        maximum="100",
    )
    days: int = parameter(
        14, "Purchases belong together when they lie within this many days.", unit="days", minimum="1", maximum="366"
    )
    same: Literal["supplier", "supplier_and_user", "user"] = parameter(
        "supplier", "What purchases that belong together share: the supplier, who entered them, or both."
    )
    blanket_words: tuple[str, ...] = parameter(
        ("blanket", "framework", "call-off", "rahmen", "abruf", "contrat-cadre"),
        "Words in an order's description that mark a blanket order.",
    )
    dismiss: tuple[Literal["approved-for-total", "blanket-order", "recurring"], ...] = dismiss_parameter(
        _HIGHER, _BLANKET, _RECURRING
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders, and invoices without one."""
    return purchases(books)


def _just_under(books: Books, parameters: Parameters) -> ibis.Table:
    """Purchases from `limit_percent` of the next limit up to the limit itself, with that `ceiling` and `who`."""
    bought, steps = population(books, parameters), limits(books)
    joined = bought.inner_join(
        steps,
        [
            bought.Currency == steps.limit_currency,
            bought.amount <= steps.limit_amount,
            bought.day >= steps.valid_from,
            bought.day <= steps.valid_to,
        ],
    )
    nearest = joined.group_by("document", "kind").aggregate(ceiling=joined.limit_amount.min())
    rows = bought.inner_join(nearest, ["document", "kind"])
    rows = rows.filter(rows.amount.cast(TOTAL) * 100 >= rows.ceiling.cast(TOTAL) * parameters.limit_percent)
    supplier, user = rows.supplier.fill_null(""), rows.user.fill_null("")
    who = {
        "supplier": ibis.literal("supplier ") + supplier,
        "user": ibis.literal("user ") + user,
        "supplier_and_user": ibis.literal("supplier ") + supplier + " by " + user,
    }[parameters.same]
    known = {"supplier": supplier != "", "user": user != "", "supplier_and_user": (supplier != "") & (user != "")}
    return rows.mutate(who=who).filter(known[parameters.same])


def _split(books: Books, parameters: Parameters) -> ibis.Table:
    """Those that with others within the days exceed the limit: `run` tells groups apart, `total` is a run's sum."""
    rows = _just_under(books, parameters)
    rows = rows.mutate(number=rows.day.delta(ibis.date("1900-01-01"), unit="day").cast("int64"))
    same, span = ["who", "Currency", "ceiling"], parameters.days - 1
    before = ibis.range_window(group_by=same, order_by="number", preceding=span, following=0)
    after = ibis.range_window(group_by=same, order_by="number", preceding=0, following=span)
    rows = rows.mutate(
        over=((rows.amount.cast(TOTAL).sum().over(before) > rows.ceiling) & (rows.count().over(before) > 1)).cast(
            "int64"
        )
    )
    rows = rows.mutate(split=rows.over.max().over(after))
    rows = rows.filter(rows.split == 1)
    order = ibis.window(group_by=same, order_by=["number", "kind", "document"])
    gap = rows.number - rows.number.lag().over(order)
    rows = rows.mutate(starts=(gap.fill_null(0) > span).cast("int64"))
    rows = rows.mutate(run=rows.starts.cumsum().over(order))
    group = ibis.window(group_by=_RUN)
    return rows.mutate(
        total=rows.amount.cast(TOTAL).sum().over(group),
        count=rows.count().over(group),
        first_day=rows.day.min().over(group),
        last_day=rows.day.max().over(group),
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The rows of the purchases of each run, the latest first; the exposure is what they add up to."""
    split = with_regularity(_split(books, parameters), _RUN, "day", "amount")
    split = split.mutate(
        position=ibis.row_number().over(
            ibis.window(group_by=_RUN, order_by=[split.day.desc(), split.kind, split.document.desc()])
        ),
        higher=may_approve(split, books),
    )
    parts = purchase_rows(books, split)
    found = None
    for table, rows in parts.items():
        described = rows.text.fill_null("").lower()
        blanket = ibis.literal(False)
        for word in parameters.blanket_words:
            blanket = blanket | described.contains(word.lower())
        part = flagged(
            rows,
            table=table,
            key=ibis.literal("Purchases of ")
            + rows.who
            + " from "
            + rows.first_day.cast("string")
            + " under "
            + rows.ceiling.cast("string")
            + " "
            + rows.Currency,
            amount=rows.total,
            currency=rows.Currency,
            day=rows.day,
            weight=rows.total,
            fields=("PO_ID", "Invoice_ID", "Supplier_Account_ID", "Entered_By", "Approved_By"),
            figures={name: rows[name] for name in ("who", "ceiling", "total", "count", "first_day", "last_day")},
            part=rows.position,
            dismissed=first_of(
                parameters.dismiss,
                {_HIGHER.id: rows.higher, _BLANKET.id: blanket, _RECURRING.id: rows.recurring},
            ),
        )
        found = part if found is None else found.union(part)
    return found


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many lie just under a limit."""
    near = _just_under(books, parameters)
    found = counts(near, orders=near.kind == "order", invoices=near.kind == "invoice")
    return Measures(
        {
            "Orders just under a limit": found["orders"],
            "Invoices without an order just under a limit": found["invoices"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """How many, when, how much together, and which limit each stays under."""
    currency = row["exception_currency"]
    return (
        f"{counted(row['count'], 'purchase')} of {row['who']} from {row['first_day']} to {row['last_day']} add up to "
        f"{show(row['total'], currency)}; each is at least {parameters.limit_percent} % of the approval limit of "
        f"{show(row['ceiling'], currency)} and none is above it."
    )


PROCEDURE = Procedure(
    id="P2P-07",
    version="1",
    title="Purchases split under an approval limit",
    purpose="Find purchases that each lie just under an approval limit and together exceed it within a few days: "
    "orders, and invoices without an order.",
    standard="ISA 240.A1; ACFE Fraud Examiners Manual",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Date", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("PO_ID", "Amount_Currency", "Entered_By", "Approved_By", "Invoice_Type_Name"),
        ),
        TableNeed(
            table="Approval_Limits",
            columns=("Limit_Amount",),
            optional_columns=("User_ID", "Document_Type", "Amount_Currency", "Valid_From", "Valid_To"),
        ),
        TableNeed(
            table="Purchase_Orders",
            columns=("PO_ID", "PO_Date", "Supplier_Account_ID"),
            optional_columns=(
                "Amount",
                "Quantity",
                "Unit_Price",
                "Amount_Currency",
                "Entered_By",
                "Approved_By",
                "Description",
            ),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Blanket orders, weekly deliveries at standard prices, purchases of different departments.",
    wording=Wording(
        one="group of purchases looks split to stay under an approval limit",
        many="groups of purchases look split to stay under an approval limit",
        none="No purchase looks split to stay under an approval limit.",
    ),
    facts=("PO_ID", "Invoice_ID", "Supplier_Account_ID", "Entered_By", "Approved_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_HIGHER, _BLANKET, _RECURRING),
)
