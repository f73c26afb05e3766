"""P2P-06: orders whose receipt, invoice and payment did not come in the order declared for their kind."""

from decimal import Decimal
from typing import Literal

import ibis
from pydantic import field_validator

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import money
from audit_agent.procedures.flagging import flagged, without
from audit_agent.procedures.flows import Flow, parse_flow, parse_flows, shown
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.purchase_events import ITEM, TABLES, purchase_events, purchase_items

_AHEAD = DismissalRule(
    id="paid-in-advance",
    title="Agreed to be paid in advance",
    because="The type of its invoice or payment says that it is in advance; the order was there before, and the goods "
    "came later.",
)
_TAKEN_BACK = DismissalRule(
    id="taken-back",
    title="Credited in full and not paid",
    because="Credit notes take back all that was invoiced, and nothing was paid.",
)
_NEVER_EXTRA = ("order", "receipt")
"""Steps that do no harm where a flow does not have them: a receipt more is evidence more."""


class Parameters(ParameterSet):
    """Which flow belongs to which kind of order. Steps are order, receipt, invoice and payment."""

    flows: tuple[str, ...] = parameter(
        (
            "before gr=order>receipt+invoice>payment",
            "2-way=order>invoice>payment",
            "two-way=order>invoice>payment",
            "consignment=order>receipt",
            "service=order>invoice>payment",
            "limit=order>invoice>payment",
        ),
        "Flows by a word in the kind of order (Item_Category), the first that fits; `>` is before, `+` in any order.",
    )
    default_flow: str = parameter(
        "order>receipt>invoice>payment", "The flow of all other orders, and of those whose kind the books do not tell."
    )
    grace_days: int = parameter(
        0, "A step may come this long before one it should follow.", unit="days", minimum="0", maximum="366"
    )
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest order that is looked at.", unit="books' currency", minimum="0"
    )
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )
    advance_words: tuple[str, ...] = parameter(
        ("prepayment", "advance", "down payment", "deposit", "anzahlung", "vorauskasse", "acompte"),
        "Words in the type of an invoice or payment that say it is in advance.",
    )
    dismiss: tuple[Literal["paid-in-advance", "taken-back"], ...] = dismiss_parameter(_AHEAD, _TAKEN_BACK)

    @field_validator("flows")
    @classmethod
    def _flows_are_flows(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if not parse_flow(text).word:
                raise ValueError(f"{text!r} names no word of a kind of order, as `service=order>invoice` does")
        return value

    @field_validator("default_flow")
    @classmethod
    def _default_is_a_flow(cls, value: str) -> str:
        parse_flow(value)
        return value


def _events(books: Books, parameters: Parameters) -> ibis.Table:
    return purchase_events(books, parameters.credit_note_words, parameters.advance_words)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders, or their lines, to which something happened in the audit's period."""
    events = _events(books, parameters)
    items = purchase_items(events)
    items = items.filter(items.worth.fill_null(0) >= money(parameters.minimum_amount))
    if books.period is None:
        return items
    first, last = (ibis.date(day.isoformat()) for day in (books.period.start, books.period.end))
    return items.semi_join(events.filter(events.day.between(first, last)), ITEM)


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Each purchase with the number of its `flow`, and `before`, `missing` and `extra`: what deviates, in words."""
    rows = population(books, parameters)
    flows = parse_flows(parameters.flows, parameters.default_flow)
    kind = rows.category.fill_null("").lower()
    words = ((kind.contains(flow.word), number) for number, flow in enumerate(flows[:-1]))
    rows = rows.mutate(flow=ibis.cases(*words, else_=len(flows) - 1) if flows[:-1] else ibis.literal(0))
    before, missing = [], []
    for first, second in _pairs(flows):
        must = rows.flow.isin([number for number, flow in enumerate(flows) if (first, second) in set(flow.pairs())])
        early = rows[f"first_{first}"].delta(rows[f"first_{second}"], unit="day") > parameters.grace_days
        before.append(((must & early).fill_null(False), f"{second} before {first}"))
        none = (rows[f"count_{second}"] > 0) & (rows[f"count_{first}"] == 0)
        missing.append((must & none, f"{second} without {first}"))
    extra = []
    for step in TABLES:
        if step not in _NEVER_EXTRA:
            lacks = rows.flow.isin([number for number, flow in enumerate(flows) if step not in flow.steps])
            extra.append((lacks & (rows[f"count_{step}"] > 0), f"{step} that the flow does not have"))
    return rows.mutate(before=_joined(before), missing=_joined(missing), extra=_joined(extra))


def _pairs(flows: tuple[Flow, ...]) -> list[tuple[str, str]]:
    order = tuple(TABLES)
    every = {pair for flow in flows for pair in flow.pairs()}
    return sorted(every, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))


def _joined(deviations: list[tuple[ibis.Value, str]]) -> ibis.Value:
    """The texts whose condition holds, each with a semicolon behind it; empty where none does."""
    text = ibis.literal("")
    for holds, said in deviations:
        text = text + ibis.ifelse(holds, f"{said}; ", "")
    return text


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Every event of purchases that deviate, the largest first."""
    found = _judged(books, parameters)
    found = found.filter((found.before + found.missing + found.extra) != "")
    figures = ["first_order", "first_receipt", "first_invoice", "first_payment", "flow", "before", "missing", "extra"]
    found = found.select(
        *ITEM, *figures, "category", "worth", "worth_currency", "ahead", "invoiced", "credited", "count_payment",
        vendor="supplier",
    )  # fmt: skip
    rows = without(_events(books, parameters), "category", "ahead").inner_join(found, ITEM)
    line = ibis.ifelse(rows.line == "", "", ibis.literal(", line ") + rows.line)
    told = None
    for number, (step, table) in enumerate(TABLES.items()):
        if not books.has(table):
            continue
        of_step = rows.filter(rows.step.isin(["invoice", "credit"]) if step == "invoice" else rows.step == step)
        part = flagged(
            of_step,
            table=table,
            key=ibis.literal("Purchase order ") + of_step.PO_ID + line,
            amount=of_step.worth,
            currency=of_step.worth_currency,
            day=of_step.day,
            weight=of_step.worth.fill_null(0),
            fields=("PO_ID",),
            figures={name: of_step[name] for name in ("document", "vendor", "line", "category", *figures)},
            part=number,
            dismissed=first_of(
                parameters.dismiss,
                {
                    _AHEAD.id: of_step.ahead
                    & ((of_step.missing + of_step.extra) == "")
                    & ~of_step.before.contains("before order"),
                    _TAKEN_BACK.id: (of_step.credited >= of_step.invoiced) & (of_step.count_payment == 0),
                },
            ),
        )
        told = part if told is None else told.union(part)
    return told


def measures(books: Books, parameters: Parameters) -> Measures:
    """How many follow each flow, and what could not be looked at."""
    rows, flows = _judged(books, parameters), parse_flows(parameters.flows, parameters.default_flow)
    found = counts(rows, **{f"flow_{number}": rows.flow == number for number in range(len(flows))})
    events = _events(books, parameters)
    statistics = {
        f"Purchases to go by {shown(flow)} ({flow.word or 'all other kinds'})": found[f"flow_{number}"]
        for number, flow in enumerate(flows)
        if found[f"flow_{number}"] != "0"
    }
    orders = books.whole("Purchase_Orders").select("PO_ID")
    unknown = events.anti_join(orders, "PO_ID").select("PO_ID").distinct()
    statistics["Order numbers that the books do not carry, not tested"] = count(unknown)
    if not books.filled("Purchase_Orders", "Item_Category"):
        statistics["Kinds of order"] = "not in the books; every order is taken to go by the default flow"
    if not books.has("Payments_Made"):
        statistics["Payments"] = "not in the books, not looked at"
    return Measures(statistics)


def reason(row: Row, parameters: Parameters) -> str:
    """What deviates from which flow, with the day of each step."""
    flow = parse_flows(parameters.flows, parameters.default_flow)[row["flow"]]
    line = f", line {row['line']}," if row["line"] else ""
    kind = f" ({row['category']})" if row["category"] else ""
    worth = row["exception_amount"]
    over = "" if worth is None else f" over {show(worth, row['exception_currency'])}"
    deviates = (row["before"] + row["missing"] + row["extra"]).removesuffix("; ")
    days = ", ".join(f"{step} {row[f'first_{step}'] or 'never'}" for step in TABLES)
    return (
        f"Purchase order {row['PO_ID']}{line}{kind} of supplier {row['vendor']}{over} does not go by {shown(flow)}: "
        f"{deviates} ({days})."
    )


PROCEDURE = Procedure(
    id="P2P-06",
    version="1",
    title="Sequence of order, receipt, invoice and payment",
    purpose="Check that the steps of each purchase came in the order that is declared for its kind, and that none was "
    "left out which a later step needs.",
    standard="ISA 330.A8; COSO principles 10-12; BPI Challenge 2019 (matching of purchases by item category)",
    inputs=(
        TableNeed(
            table="Purchase_Orders",
            columns=("PO_ID", "PO_Date"),
            optional_columns=("PO_Line", "Item_Category", "Supplier_Account_ID", "Amount", "Amount_Currency"),
        ),
        TableNeed(table="Goods_Received", columns=("PO_ID", "Receipt_Date", "Quantity"), optional_columns=("PO_Line",)),
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "PO_ID", "Invoice_Date", "Supplier_Account_ID", "Invoice_Amount"),
            optional_columns=("PO_Line", "Entered_Date", "Invoice_Number", "Invoice_Type_Name", "Amount_Currency"),
        ),
        TableNeed(
            table="Payments_Made",
            columns=("Payment_ID", "Supplier_Account_ID", "Payment_Date", "Payment_Amount"),
            optional_columns=("Reference_Number", "Payment_Type", "Voided"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Receipts recorded late, services and fees that nobody receives, prepayments, orders whose kind "
    "the books do not tell, invoices of collective payments.",
    wording=Wording(
        one="purchase did not go by its declared flow",
        many="purchases did not go by their declared flow",
        none="Every purchase went by its declared flow.",
    ),
    facts=("PO_ID", "document"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_AHEAD, _TAKEN_BACK),
)
