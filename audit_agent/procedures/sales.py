"""What procedures on sales share: customers' invoices with a currency, their revenue, and what was shipped for them."""

from collections.abc import Sequence

import ibis

from audit_agent.procedures.exact import MONEY
from audit_agent.procedures.invoices import is_credit_note
from audit_agent.procedures.procedure import Books

SALES_FACTS = ("Invoice_ID", "Invoice_Number", "Invoice_Date", "Customer_Account_ID", "Entered_By")
"""Fields of a customer's invoice that readers of an exception ask for first."""


def sales_invoices(books: Books, credit_note_words: Sequence[str]) -> ibis.Table:
    """Every row of Invoices_Generated with `Currency`, never empty, `net` of the tax it states, and `credit_note`."""
    invoices = books.whole("Invoices_Generated")
    return invoices.mutate(
        Currency=invoices.Amount_Currency.fill_null(books.currency),
        net=(invoices.Invoice_Amount - invoices.Tax_Amount.fill_null(0)).cast(MONEY),
        credit_note=is_credit_note(invoices, credit_note_words),
    )


def with_shipments(invoices: ibis.Table, books: Books) -> ibis.Table:
    """Add `first_shipped`, `last_shipped` and `shipments` of each invoice, NULL where none is known.

    A shipment belongs to the invoice that names it, else to the one it names, else to the only one of its sales order.
    """
    shipments = books.whole("Shipments_Made").select("Shipment_ID", "Shipment_Date", "Sales_Order_ID", "Invoice_ID")
    named = shipments.inner_join(
        invoices.filter(invoices.Shipment_ID.notnull()).select("Shipment_ID", billed="Invoice_ID"), "Shipment_ID"
    ).select("billed", "Shipment_ID", "Shipment_Date")
    rest = shipments.anti_join(named, "Shipment_ID")
    own = rest.filter(rest.Invoice_ID.notnull()).select("Shipment_ID", "Shipment_Date", billed="Invoice_ID")
    sales = invoices.filter(invoices.Sales_Order_ID.notnull() & ~invoices.credit_note)
    orders = sales.group_by("Sales_Order_ID").aggregate(billed=sales.Invoice_ID.min(), bills=sales.count())
    through = rest.filter(rest.Invoice_ID.isnull()).inner_join(orders.filter(orders.bills == 1), "Sales_Order_ID")
    every = named.union(own.select(*named.columns)).union(through.select(*named.columns))
    found = every.group_by("billed").aggregate(
        first_shipped=every.Shipment_Date.min(), last_shipped=every.Shipment_Date.max(), shipments=every.count()
    )
    return invoices.left_join(found, invoices.Invoice_ID == found.billed).drop("billed")
