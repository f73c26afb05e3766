"""P2P-04: invoices against orders and receipts."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.exact import MONEY, TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import INVOICE_FACTS, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording


class Parameters(ParameterSet):
    """How far an invoice may exceed its order and its receipt."""

    price_percent: Decimal = parameter(
        Decimal(5), "Excess over the order that is let pass.", unit="percent", minimum="0", maximum="1000"
    )
    price_amount: Decimal = parameter(
        Decimal(100),
        "Excess over the order that is let pass; the smaller of this and the percentage counts.",
        unit="books' currency",
        minimum="0",
    )
    quantity_percent: Decimal = parameter(
        Decimal(0),
        "Excess over what was received, valued at the order's price, that is let pass beside the price tolerance.",
        unit="percent",
        minimum="0",
        maximum="1000",
    )
    net_of_tax: bool = parameter(True, "Compare invoices without the tax they state, as orders are net.")


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices that name an order."""
    invoices = received_invoices(books)
    return invoices.filter(invoices.PO_ID.notnull())


def _ordered(books: Books) -> ibis.Table:
    orders = books.table("Purchase_Orders")
    value = orders.Amount.fill_null((orders.Quantity * orders.Unit_Price).cast(MONEY))
    return orders.group_by("PO_ID").aggregate(
        ordered=value.sum().cast(TOTAL), order_currency=orders.Amount_Currency.max()
    )


def _received(books: Books) -> ibis.Table:
    """What was received on each order, at the order's prices."""
    orders, receipts = books.table("Purchase_Orders"), books.table("Goods_Received")
    orders = orders.mutate(line=orders.PO_Line.fill_null(""))
    receipts = receipts.mutate(line=receipts.PO_Line.fill_null(""))
    arrived = receipts.group_by(["PO_ID", "line"]).aggregate(arrived=receipts.Quantity.sum())
    prices = orders.group_by(["PO_ID", "line"]).aggregate(price=orders.Unit_Price.max())
    joined = arrived.inner_join(prices, ["PO_ID", "line"])
    value = (joined.arrived.cast("decimal(18, 6)") * joined.price).cast(TOTAL)
    return joined.group_by("PO_ID").aggregate(received=value.sum().cast(TOTAL))


def _matched(books: Books, parameters: Parameters) -> ibis.Table:
    """Each order with an invoice in the period: invoiced (in all periods), ordered and received, in one currency."""
    invoices = received_invoices(books, whole=True)
    tax = invoices.Tax_Amount.fill_null(money(Decimal(0))) if parameters.net_of_tax else money(Decimal(0))
    billed = invoices.group_by(["PO_ID", "Currency"]).aggregate(
        invoiced=(invoices.Invoice_Amount - tax).sum().cast(TOTAL), invoice_count=invoices.count()
    )
    billed = billed.filter(billed.PO_ID.isin(population(books, parameters).PO_ID))
    ordered, received = _ordered(books), _received(books)
    joined = billed.left_join(ordered, "PO_ID").drop("PO_ID_right").left_join(received, "PO_ID").drop("PO_ID_right")
    return joined.mutate(received=joined.received.fill_null(money(Decimal(0)).cast(TOTAL)))


def _differences(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders over-invoiced by more than tolerated, and order numbers that do not exist."""
    matched = _matched(books, parameters)
    no_order, zero = matched.ordered.isnull(), money(Decimal(0)).cast(TOTAL)
    comparable = matched.order_currency.fill_null(books.currency) == matched.Currency
    over_order = (matched.invoiced - matched.ordered).fill_null(0)
    over_receipt = (matched.invoiced - matched.received).fill_null(0)
    kinds = matched.mutate(
        no_order=no_order,
        over_order=~no_order & comparable & _beyond(over_order, matched.ordered, zero, parameters),
        over_receipt=~no_order & comparable & _beyond(over_receipt, matched.ordered, matched.received, parameters),
        exposure=ibis.ifelse(no_order, matched.invoiced, ibis.greatest(over_order, over_receipt)),
    )
    return kinds.filter(kinds.no_order | kinds.over_order | kinds.over_receipt)


def _beyond(excess: ibis.Value, ordered: ibis.Value, received: ibis.Value, parameters: Parameters) -> ibis.Value:
    """Whether an excess is above the smaller price tolerance, after the quantity tolerance on what was received.

    Everything is multiplied by 1,000,000 (100 percent times the four places of a rate), so that nothing is divided.
    """
    price, quantity = (int(rate * 10_000) for rate in (parameters.price_percent, parameters.quantity_percent))
    beyond = excess * 1_000_000 - received * quantity
    return (beyond > ordered * price) | (beyond > money(parameters.price_amount).cast(TOTAL) * 1_000_000)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The invoices of each such order, latest first, then the order's lines and its receipts."""
    found = _differences(books, parameters)
    invoices = received_invoices(books, whole=True).inner_join(found, ["PO_ID", "Currency"])
    window = ibis.window(group_by=["PO_ID", "Currency"], order_by=[invoices.Invoice_Date.desc(), "Invoice_ID"])
    invoices = invoices.mutate(position=ibis.row_number().over(window), day=invoices.Invoice_Date)
    orders = _as_invoices(books.table("Purchase_Orders"), found, "PO_Date")
    receipts = _as_invoices(books.table("Goods_Received"), found, "Receipt_Date")
    return (
        _rows(invoices, "Invoices_Received", invoices.position)
        .union(_rows(orders, "Purchase_Orders", ibis.literal(10**9)))
        .union(_rows(receipts, "Goods_Received", ibis.literal(10**9 + 1)))
    )


def _as_invoices(table: ibis.Table, found: ibis.Table, day: str) -> ibis.Table:
    """Rows of another table that belong to such an order, with the invoice's fields left empty."""
    rows = table.select("PO_ID", "Supplier_Account_ID", "Source_File", "Source_File_SHA256", "Source_Row", day=day)
    empty = {name: ibis.null("string") for name in ("Invoice_ID", "Invoice_Number", "Entered_By")}
    return rows.inner_join(found, "PO_ID").mutate(**empty, Invoice_Date=ibis.null("date"))


def _rows(rows: ibis.Table, table: str, part: ibis.Value) -> ibis.Table:
    return flagged(
        rows,
        table=table,
        key=ibis.literal("Purchase order ") + rows.PO_ID + " in " + rows.Currency,
        amount=rows.exposure,
        currency=rows.Currency,
        day=rows.day,
        weight=rows.exposure,
        fields=INVOICE_FACTS,
        figures={
            "invoiced": rows.invoiced,
            "invoice_count": rows.invoice_count,
            "ordered": rows.ordered,
            "received": rows.received,
            "no_order": rows.no_order,
            "over_order": rows.over_order,
            "over_receipt": rows.over_receipt,
        },
        part=part,
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Orders by kind of difference, and what could not be matched."""
    found, matched, invoices = _differences(books, parameters), _matched(books, parameters), received_invoices(books)
    kinds = counts(found, no_order=found.no_order, over_order=found.over_order, over_receipt=found.over_receipt)
    orders = counts(matched, foreign=matched.order_currency.fill_null(books.currency) != matched.Currency)
    return Measures(
        {
            "Orders matched": orders["all"],
            "Order numbers that do not exist": kinds["no_order"],
            "Orders invoiced above their amount": kinds["over_order"],
            "Orders invoiced above what was received": kinds["over_receipt"],
            "Orders invoiced in another currency, not tested": orders["foreign"],
            "Invoices without an order, not tested": count(invoices.filter(invoices.PO_ID.isnull())),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """All three figures and what does not fit."""
    currency = row["exception_currency"]
    invoiced = f"{show(row['invoiced'], currency)} invoiced on {counted(row['invoice_count'], 'invoice')}"
    if row["no_order"]:
        return f"Purchase order {row['PO_ID']} does not exist: {invoiced}."
    wrong = []
    if row["over_order"]:
        wrong.append(f"{show(row['invoiced'] - row['ordered'], currency)} above the order")
    if row["over_receipt"]:
        wrong.append(f"{show(row['invoiced'] - row['received'], currency)} above what was received")
    return (
        f"Purchase order {row['PO_ID']} over {show(row['ordered'], currency)}, of which "
        f"{show(row['received'], currency)} was received: {invoiced}, {' and '.join(wrong)}."
    )


PROCEDURE = Procedure(
    id="P2P-04",
    version="1",
    title="Three-way match of orders, receipts and invoices",
    purpose="Compare what was invoiced on each purchase order with what was ordered and with what was received.",
    standard="COSO principles 10-12; ISA 330.A8",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Supplier_Account_ID", "Invoice_Amount", "PO_ID"),
            optional_columns=("Tax_Amount", "Amount_Currency"),
        ),
        TableNeed(
            table="Purchase_Orders",
            columns=("PO_ID", "Quantity", "Unit_Price"),
            optional_columns=("PO_Line", "Amount", "Amount_Currency"),
        ),
        TableNeed(table="Goods_Received", columns=("PO_ID", "Quantity"), optional_columns=("PO_Line",)),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Freight and other charges on the invoice, prepayments, services that nobody receives, receipts "
    "recorded late.",
    wording=Wording(
        one="purchase order does not match its invoices",
        many="purchase orders do not match their invoices",
        none="Every invoice matches its order and receipt.",
    ),
    facts=INVOICE_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
