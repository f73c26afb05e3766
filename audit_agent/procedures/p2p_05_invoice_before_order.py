"""P2P-05: orders made only after the invoice had come."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count
from audit_agent.procedures.exact import money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoices import CREDIT_NOTE_WORDS, INVOICE_FACTS, is_credit_note, received_invoices
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording


class Parameters(ParameterSet):
    """How late an order may be."""

    grace_days: int = parameter(
        0, "An order dated at most this long after the invoice is let pass.", unit="days", minimum="0", maximum="366"
    )
    minimum_amount: Decimal = parameter(
        Decimal(0), "Smallest invoice that is looked at.", unit="books' currency", minimum="0"
    )
    credit_note_words: tuple[str, ...] = parameter(
        CREDIT_NOTE_WORDS, "Words in the invoice type that mark a credit note; so does a negative amount."
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices that name an order and are no credit notes."""
    invoices = received_invoices(books)
    large = invoices.Invoice_Amount >= money(parameters.minimum_amount)
    return invoices.filter(invoices.PO_ID.notnull() & large & ~is_credit_note(invoices, parameters.credit_note_words))


def _dated(books: Books, parameters: Parameters) -> ibis.Table:
    """Those invoices with the day of their order's first line (`ordered`) and the days it came too late."""
    orders = books.table("Purchase_Orders")
    days = orders.group_by("PO_ID").aggregate(ordered=orders.PO_Date.min(), orderer=orders.Entered_By.min())
    rows = population(books, parameters).inner_join(days.filter(days.ordered.notnull()), "PO_ID")
    return rows.mutate(late=rows.ordered.delta(rows.Invoice_Date, unit="day"))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Each invoice that is older than its order."""
    rows = _dated(books, parameters)
    rows = rows.filter(rows.late > parameters.grace_days)
    return flagged(
        rows,
        table="Invoices_Received",
        key=ibis.literal("Invoice ") + rows.Invoice_ID,
        amount=rows.Invoice_Amount,
        currency=rows.Currency,
        day=rows.Invoice_Date,
        weight=rows.late,
        fields=(*INVOICE_FACTS, "Invoice_Amount"),
        figures={"ordered": rows.ordered, "late": rows.late, "orderer": rows.orderer},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """What could not be compared."""
    tested = population(books, parameters)
    undated = tested.anti_join(_dated(books, parameters).select("Invoice_ID"), "Invoice_ID")
    return Measures({"Invoices whose order is not in the books or not dated, not tested": count(undated)})


def reason(row: Row, parameters: Parameters) -> str:
    """How late the order is, over how much, by whom."""
    amount = show(row["Invoice_Amount"], row["exception_currency"])
    by = f" by {row['orderer']}" if row["orderer"] else ""
    return (
        f"Purchase order {row['PO_ID']} was made{by} on {row['ordered']}, {counted(row['late'], 'day')} after the "
        f"date of the invoice {row['Invoice_Number'] or row['Invoice_ID']} over {amount} ({row['Invoice_Date']})."
    )


PROCEDURE = Procedure(
    id="P2P-05",
    version="1",
    title="Invoices older than their order",
    purpose="Find orders that were made only after the invoice had come, so that nobody agreed to the purchase before.",
    standard="ISA 315.26; COSO principles 10-12",
    inputs=(
        TableNeed(
            table="Invoices_Received",
            columns=("Invoice_ID", "Invoice_Date", "Invoice_Amount", "PO_ID"),
            optional_columns=("Invoice_Number", "Invoice_Type_Name", "Amount_Currency"),
        ),
        TableNeed(table="Purchase_Orders", columns=("PO_ID", "PO_Date"), optional_columns=("Entered_By",)),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Emergency purchases, orders moved from another system with new dates.",
    wording=Wording(
        one="invoice is older than its order",
        many="invoices are older than their order",
        none="Every order was made before its invoice came.",
    ),
    facts=(*INVOICE_FACTS, "Invoice_Amount"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
