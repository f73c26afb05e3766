"""P2P-05: invoices that are older than their purchase order."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import INVOICE_FACTS, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_BLANKET = DismissalRule(
    id="blanket-order",
    title="Blanket order or contract",
    because="The order says that it is a blanket order or contract, which is often written up once deliveries have "
    "begun.",
)


class Parameters(ParameterSet):
    """How late an order may be."""

    grace_days: int = parameter(
        0, "An order may be this much younger than its invoice.", unit="days", minimum="0", maximum="366"
    )
    blanket_words: tuple[str, ...] = parameter(
        ("blanket", "framework", "contract", "rahmen", "abruf"),
        "Words in an order's description that mark such orders.",
    )
    dismiss: tuple[Literal["blanket-order"], ...] = dismiss_parameter(_BLANKET)


def _orders(books: Books, parameters: Parameters) -> ibis.Table:
    """Orders with their first date, and whether they say to be a blanket order."""
    orders = books.whole("Purchase_Orders")
    text = orders.Description.fill_null("").lower()
    blanket = ibis.literal(False)
    for word in parameters.blanket_words:
        blanket = blanket | text.contains(word.lower())
    dated = orders.filter(orders.PO_Date.notnull())
    return dated.group_by("PO_ID").aggregate(ordered=dated.PO_Date.min(), blanket=blanket.cast("int64").max() == 1)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices whose order is in the books and dated."""
    return received_invoices(books).inner_join(_orders(books, parameters), "PO_ID")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices older than their order, those of the latest orders first."""
    rows = population(books, parameters)
    rows = rows.mutate(late=rows.ordered.delta(rows.Invoice_Date, unit="day"))
    rows = rows.filter((rows.late > parameters.grace_days) & (rows.Invoice_Amount > 0))
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Invoice ") + rows.Invoice_ID,
        amount=rows.Invoice_Amount,
        currency=rows.Currency,
        day=rows.Invoice_Date,
        weight=rows.late,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={"ordered": rows.ordered, "late": rows.late},
        dismissed=first_of(parameters.dismiss, {_BLANKET.id: rows.blanket}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Invoices that could not be tested."""
    invoices = received_invoices(books)
    without = invoices.filter(invoices.PO_ID.isnull())
    unknown = invoices.filter(invoices.PO_ID.notnull()).anti_join(_orders(books, parameters), "PO_ID")
    return Measures(
        {
            "Invoices without an order, not tested": count(without),
            "Invoices whose order is unknown or undated, not tested": count(unknown),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Both dates."""
    amount = show(row["Invoice_Amount"], row["exception_currency"])
    return (
        f"Invoice {row['Invoice_Number'] or row['Invoice_ID']} of supplier {row['Supplier_Account_ID']} over {amount} "
        f"is dated {row['Invoice_Date']}; its order {row['PO_ID']} was made on {row['ordered']}, "
        f"{counted(row['late'], 'day')} later."
    )


PROCEDURE = Procedure(
    id="P2P-05",
    version="1",
    title="Orders made after the invoice",
    purpose="Find purchases that were ordered only when the invoice was there, so that nobody had approved them.",
    standard="SOX 404 (procure to pay)",
    inputs=(
        TableNeed(table="Purchase_Orders", columns=("PO_ID", "PO_Date"), optional_columns=("Description",)),
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Date", "PO_ID", "Invoice_Amount"),
            optional_columns=("Invoice_Number", "Amount_Currency", "Supplier_Account_ID"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Blanket orders written up later, invoices dated ahead of delivery.",
    wording=Wording(
        one="invoice is older than its order",
        many="invoices are older than their order",
        none="No order is younger than its invoice.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_BLANKET,),
)
